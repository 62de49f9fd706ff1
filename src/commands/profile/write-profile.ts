import { version } from '../../../package.json';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { isUrl } from '../../http-message.ts';
import { isJsonObject, type JsonObject } from '../../json/json.ts';
import type { ProfileDocument } from '../../output/documents.ts';
import { renderProfile } from '../../output/render-profile.ts';
import { shownSettings } from '../../output/shown-settings.ts';
import { findProvider } from '../../providers/find-provider.ts';
import { say } from '../../say.ts';
import { hasConsent } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import type { SettingsToSave } from '../../settings/settle-profile.ts';
import { changeSettings, type SettingsChange } from '../../storage/change-settings.ts';
import { loadSettings } from '../../storage/load-settings.ts';
import { absolutePath, settingsPath } from '../../storage/places.ts';
import { keychainAccount, type ProfileSettings } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { printDocument } from '../print-result.ts';
import { tellLine } from '../tell.ts';

/** The address of the schema of this version's settings file. */
const schemaUrl = `https://unpkg.com/oauth-code@${version}/dist/config.schema.json`;

/** Finds the file for a profile, and what has its name there. @throws ConfigError when the file is not sound */
export async function saveTarget(config: string | undefined, context: Context, name: string) {
  const file =
    config === undefined ? settingsPath(context) : absolutePath(config, context.workingDirectory(), context);
  if (!(await context.files.exists(file))) return { name, file, existing: undefined };
  const existing = (await loadSettings(context, file, profileKeys)).user?.profiles.get(name);
  return { name, file, existing };
}

/** Where a profile goes. */
export type SaveTarget = Awaited<ReturnType<typeof saveTarget>>;

/** Asks before other settings of that name are lost. @throws UsageError without a terminal to ask on */
export async function mayReplace(
  yes: boolean,
  invocation: Invocation,
  { name, file, existing }: SaveTarget,
  settings: JsonObject,
): Promise<boolean> {
  if (existing === undefined || isSame(existing, settings)) return true;
  return hasConsent(yes, invocation, {
    question: `Replace profile ${name}?`,
    loss: say`There is a profile ${name} in ${file}, and this would replace it.`,
  });
}

function isSame(existing: ProfileSettings, settings: JsonObject): boolean {
  if (existing.size !== Object.keys(settings).length) return false;
  return [...existing].every(([key, value]) => JSON.stringify(value) === JSON.stringify(settings[key]));
}

/** Writes a profile, its secret before it; a secret that it had in the keychain and no longer has is removed. */
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

/** Changes the user's settings file. @throws ConfigError as changeSettings does */
export async function writeSettings(
  context: Context,
  file: string,
  changes: readonly SettingsChange[],
): Promise<void> {
  await changeSettings(context, file, profileKeys, changes, schemaUrl);
}

/** Puts the secret into the keychain first, so that the file never names one that is not there. */
export async function keepSecret(
  { keychain }: Context,
  profile: string,
  file: string,
  secret: string | undefined,
): Promise<void> {
  if (secret !== undefined) await keychain.set(keychainAccount(profile, file), secret);
}

/** Removes the secret of a profile from the keychain when its settings say that it is there. */
export async function forgetSecret(
  { keychain }: Context,
  profile: string,
  file: string,
  settings: ProfileSettings | undefined,
): Promise<void> {
  if (settings !== undefined && isInKeychain(settings)) await keychain.remove(keychainAccount(profile, file));
}

/** Tells whether the settings of a profile say that its secret is in the keychain. */
export function isInKeychain(settings: ProfileSettings): boolean {
  const secret = settings.get('client_secret');
  return isJsonObject(secret) && secret.keychain === true;
}

/** Refuses to leave out a secret that was given to be saved. @throws UsageError */
export function requireWhole({ leftOut: [leftOut] }: SettingsToSave): void {
  if (leftOut === undefined) return;
  throw new UsageError(say`${leftOut} holds a secret itself, and a settings file should not.`, {
    hint: 'Add --store keychain, or name where it is with --client-secret-env NAME or --client-secret-file FILE.',
  });
}

/** A profile that was just written, as it is shown. */
export function writtenProfile(name: string, file: string, settings: ProfileSettings): ProfileDocument {
  return { version: 1, name, files: [file], settings: shownSettings(settings, false) };
}

/** Prints a profile on stdout, as text or JSON. */
export function printProfile(document: ProfileDocument, invocation: Invocation): void {
  printDocument(document, renderProfile, invocation);
}

/** Tells that a profile was written: as JSON on stdout, or in a line on stderr. */
export function tellWritten(document: ProfileDocument, invocation: Invocation): void {
  const { context, output } = invocation;
  if (output.json) printProfile(document, invocation);
  else if (!output.quiet) {
    tellLine(context.terminal.stderr, `Saved profile ${document.name} in ${document.files[0]}.`);
  }
}

/** A name for a profile, from a URL or from what something was called elsewhere. */
export function suggestProfileName(from: string | undefined): string {
  const text = from !== undefined && isUrl(from) && /^https?:/i.test(from) ? nameOfUrl(from) : from;
  const name = (text ?? '')
    .replace(/[^A-Za-z0-9._:@/+-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 100);
  return name === '' ? 'imported' : name;
}

function nameOfUrl(url: string): string {
  return findProvider(url)?.name.toLowerCase() ?? new URL(url).hostname.replace(/^\[|\]$/g, '');
}
