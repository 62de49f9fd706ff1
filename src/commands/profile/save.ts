import { ConfigError, UsageError } from '../../errors.ts';
import { say } from '../../say.ts';
import { hasConsent } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import type { ProfileCommandSettings, SaveSettings } from '../../settings/settle-profile.ts';
import { loadSettings, unknownProfile } from '../../storage/load-settings.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { tellLine, tellStep } from '../tell.ts';
import {
  forgetSecret,
  mayReplace,
  requireWhole,
  saveTarget,
  storeProfile,
  tellWritten,
  writeSettings,
  writtenProfile,
} from './write-profile.ts';

/** Saves the flags as a profile; an existing one is replaced when the user agrees. */
export async function saveProfile(
  { config, yes, makeDefault, toSave }: SaveSettings,
  invocation: Invocation,
  [name = '']: readonly string[],
): Promise<void> {
  const { context } = invocation;
  requireProfileName(name);
  const target = await saveTarget(config, context, name);
  const saved = await toSave();
  requireWhole(saved);
  if (Object.keys(saved.settings).length === 0) {
    throw new UsageError('No settings were given to save.', {
      hint: say`For example: oauth-code profile save ${name} --issuer https://login.example.com --client-id my-app`,
    });
  }
  if (!(await mayReplace(yes, invocation, target, saved.settings))) return;
  await storeProfile(context, target, saved, makeDefault);
  const written = new Map(Object.entries(saved.settings));
  tellWritten(writtenProfile(name, target.file, written), invocation);
}

/**
 * Finds out before a login what would keep its settings from being saved; the function that is returned saves them.
 * undefined when the user does not want an existing profile to be replaced.
 * @throws UsageError, ConfigError
 */
export async function prepareSave(
  { config, yes, toSave }: Omit<SaveSettings, 'makeDefault'>,
  invocation: Invocation,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  const { context, output } = invocation;
  requireProfileName(name);
  const target = await saveTarget(config, context, name);
  const saved = await toSave();
  if (!(await mayReplace(yes, invocation, target, saved.settings))) return undefined;
  const tell = (mark: 'pass' | 'warn', text: string) => {
    if (!output.quiet) tellStep(context.terminal.stderr, { mark, name: 'Profile', text });
  };
  return async () => {
    await storeProfile(context, target, saved, false);
    tell('pass', `saved as ${name} in ${target.file}`);
    for (const source of saved.leftOut) tell('warn', `${source} holds the secret itself and was not saved`);
  };
}

/** Removes a profile of the user's, its secret in the keychain and its place as the default one. */
export async function removeProfile(
  { config, yes }: ProfileCommandSettings,
  invocation: Invocation,
  [name = '']: readonly string[],
): Promise<void> {
  const { context, output } = invocation;
  const loaded = await loadSettings(context, config, profileKeys);
  const { file, user, project } = loaded;
  const existing = user?.profiles.get(name);
  if (existing === undefined && project?.profiles.has(name)) {
    throw new ConfigError(say`Profile ${name} is the project's, in ${project.file}.`, {
      hint: 'Remove it there, in your editor.',
    });
  }
  if (existing === undefined) throw unknownProfile(loaded, name);
  const mayRemove = await hasConsent(yes, invocation, {
    question: `Remove profile ${name}?`,
    loss: say`This would remove profile ${name} from ${file}.`,
  });
  if (!mayRemove) return;
  await writeSettings(context, file, [
    { path: ['profiles', name] },
    ...(user?.defaultProfile === name ? [{ path: ['default_profile'] }] : []),
  ]);
  await forgetSecret(context, name, file, existing);
  const { stdout, stderr } = context.terminal;
  if (output.json) stdout.write(`${JSON.stringify({ version: 1, removed: name })}\n`);
  else if (!output.quiet) tellLine(stderr, `Removed profile ${name}.`);
}
