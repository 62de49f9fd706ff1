import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import type { JsonObject } from '../../json/json.ts';
import { hasConsent, settleConsent } from '../../settings/consent.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { loadSettings } from '../../storage/load-settings.ts';
import { absolutePath, settingsPath } from '../../storage/places.ts';
import { type ProfileSettings, requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { printProfile } from './profile-document.ts';
import { type SettingsToSave, settingsToSave } from './settings-to-save.ts';
import { forgetSecret, keepSecret, writeSettings, writtenProfile } from './write-profile.ts';

/** Saves what the command line gives as a profile; one that is there is replaced when that is meant. */
export async function saveProfile(
  options: OptionReader,
  { context, journal }: Invocation,
  name = '',
): Promise<void> {
  requireProfileName(name);
  const target = await saveTarget(options, context, name);
  const toSave = await settingsToSave(options.flagsOnly(), context, options.text('store') === 'keychain');
  if (toSave.secret !== undefined) journal.secrets.push({ kind: 'client_secret', value: toSave.secret });
  const [leftOut] = toSave.leftOut;
  if (leftOut !== undefined) {
    throw new UsageError(`A file should not hold a secret itself, and ${leftOut} gives one.`, {
      hint: 'Add --store keychain, or name where it is with --client-secret-env NAME or --client-secret-file FILE.',
    });
  }
  if (Object.keys(toSave.settings).length === 0) {
    throw new UsageError('Nothing was given to be saved.', {
      hint: `For example: oauth-code profile save ${name} --issuer https://login.example.com --client-id my-app`,
    });
  }
  if (!(await mayReplace(options, context, target, toSave.settings))) return;
  await storeProfile(context, target, toSave, options.isOn('default'));
  const document = writtenProfile(name, target.file, toSave.settings);
  if (settleOutput(options).json) printProfile(document, options, context);
  else if (!options.isOn('quiet')) {
    context.terminal.stderr.write(`Saved profile ${name} in ${target.file}.\n`);
  }
}

/** Where a profile goes, and what stands there now. */
export interface SaveTarget {
  readonly name: string;
  readonly file: string;
  readonly existing?: ProfileSettings;
}

/** Finds out where a profile would go. @throws ConfigError when the file there is not sound */
export async function saveTarget(options: OptionReader, context: Context, name: string): Promise<SaveTarget> {
  const named = options.text('config');
  const file =
    named === undefined ? settingsPath(context) : absolutePath(named, context.workingDirectory(), context);
  if (!(await context.files.exists(file))) return { name, file };
  const existing = (await loadSettings(context, file, profileKeys)).user?.profiles.get(name);
  return { name, file, ...(existing === undefined ? {} : { existing }) };
}

/**
 * Asks before other settings of that name are lost.
 * @throws UsageError when nobody can be asked
 */
export async function mayReplace(
  options: OptionReader,
  context: Context,
  { name, file, existing }: SaveTarget,
  settings?: JsonObject,
): Promise<boolean> {
  if (existing === undefined || isSame(existing, settings)) return true;
  return hasConsent(settleConsent(options), context, {
    question: `Replace profile ${name}?`,
    loss: `There is a profile ${name} in ${file} already, which this would replace.`,
  });
}

/** Writes a profile, its secret before it; what it had in the keychain and has no more is removed. */
export async function storeProfile(
  context: Context,
  { name, file, existing }: SaveTarget,
  { settings, secret }: SettingsToSave,
  makeDefault: boolean,
): Promise<void> {
  await keepSecret(context, name, file, secret);
  await writeSettings(context, file, [
    { path: ['profiles', name], value: settings },
    ...(makeDefault ? [{ path: ['default_profile'], value: name }] : []),
  ]);
  if (secret === undefined) await forgetSecret(context, name, file, existing);
}

function isSame(existing: ProfileSettings, settings: JsonObject | undefined): boolean {
  if (settings === undefined || existing.size !== Object.keys(settings).length) return false;
  return [...existing].every(([key, value]) => JSON.stringify(value) === JSON.stringify(settings[key]));
}
