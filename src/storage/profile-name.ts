import { UsageError } from '../errors.ts';

/** A name of a profile; it stands in commands, messages and other files. */
export const profileName = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,99}$/;

/** What a name of a profile may be, in words. */
export const profileNameRule =
  'the name of a profile starts with a letter or digit and holds letters, digits and ._:@/+- only';

/** @throws UsageError when a profile cannot be called that */
export function requireProfileName(name: string): void {
  if (profileName.test(name)) return;
  throw new UsageError(`A profile cannot be called "${name}": ${profileNameRule}.`);
}
