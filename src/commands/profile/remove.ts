import { ConfigError } from '../../errors.ts';
import { hasConsent, settleConsent } from '../../settings/consent.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { loadSettings, unknownProfile } from '../../storage/load-settings.ts';
import type { Invocation } from '../command.ts';
import { forgetSecret, writeSettings } from './write-profile.ts';

/** Removes a profile of the user's, its secret in the keychain and its place as the default one. */
export async function removeProfile(
  options: OptionReader,
  { context }: Invocation,
  name = '',
): Promise<void> {
  const loaded = await loadSettings(context, options.text('config'), profileKeys);
  const { file, user, project } = loaded;
  const existing = user?.profiles.get(name);
  if (existing === undefined && project?.profiles.has(name)) {
    throw new ConfigError(`Profile ${name} is the project's, in ${project.file}.`, {
      hint: 'Remove it there, in your editor.',
    });
  }
  if (existing === undefined) throw unknownProfile(loaded, name);
  const consent = await hasConsent(settleConsent(options), context, {
    question: `Remove profile ${name}?`,
    loss: `This would remove profile ${name} from ${file}.`,
  });
  if (!consent) return;
  await writeSettings(context, file, [
    { path: ['profiles', name] },
    ...(user?.defaultProfile === name ? [{ path: ['default_profile'] }] : []),
  ]);
  await forgetSecret(context, name, file, existing);
  if (settleOutput(options).json)
    context.terminal.stdout.write(`${JSON.stringify({ version: 1, removed: name })}\n`);
  else if (!options.isOn('quiet')) context.terminal.stderr.write(`Removed profile ${name}.\n`);
}
