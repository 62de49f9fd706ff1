import { version } from '../../../package.json';
import type { Context } from '../../context.ts';
import { isJsonObject, type JsonObject } from '../../json/json.ts';
import type { ProfileDocument } from '../../output/documents.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { changeSettings, type SettingsChange } from '../../storage/change-settings.ts';
import { keychainAccount, type ProfileSettings } from '../../storage/settings.ts';
import { shownSettings } from './profile-document.ts';

/** Where the schema of the settings file of this version is published. */
const schemaUrl = `https://unpkg.com/oauth-code@${version}/dist/config.schema.json`;

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
  const secret = settings?.get('client_secret');
  if (isJsonObject(secret) && secret.keychain === true) await keychain.remove(keychainAccount(profile, file));
}

/** A profile that was just written. */
export function writtenProfile(name: string, file: string, settings: JsonObject): ProfileDocument {
  return {
    version: 1,
    name,
    files: [file],
    settings: shownSettings(new Map(Object.entries(settings)), false),
  };
}
