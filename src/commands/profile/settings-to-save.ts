import type { Context } from '../../context.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { clientSecretSetting, readClientSecret } from '../../settings/client-secret.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { settingFromTexts } from '../../storage/parse-settings.ts';
import { absolutePath } from '../../storage/places.ts';
import type { SettingKey } from '../../storage/settings.ts';
import { holdsSecret } from './profile-document.ts';

/** Settings to be written into a profile. */
export interface SettingsToSave {
  /** Never with a secret itself, only with where it is. */
  readonly settings: JsonObject;
  /** What gave a secret that can only be left out. */
  readonly leftOut: readonly string[];
  /** The client secret that is to be put into the keychain. */
  readonly secret?: string;
}

/** A client secret as it can be saved. */
type SecretToSave =
  | { readonly type: 'none' }
  | { readonly type: 'reference'; readonly value: JsonValue }
  | { readonly type: 'keychain'; readonly secret: string }
  | { readonly type: 'left-out'; readonly source: string };

/**
 * What the options give, as a profile holds it. The client secret goes into the keychain when it is to, and from
 * another profile's entry there in any case.
 * @throws UsageError for what a profile cannot hold; what reading the secret throws
 */
export async function settingsToSave(
  options: OptionReader,
  context: Context,
  intoKeychain: boolean,
): Promise<SettingsToSave> {
  const secret = await secretToSave(options, context, intoKeychain);
  const given = profileKeys.flatMap((key) => {
    if (key.kind !== 'secret') return givenSetting(key, options, context);
    if (secret.type === 'keychain') return [{ key, value: { keychain: true }, source: key.name }];
    return secret.type === 'reference' ? [{ key, value: secret.value, source: key.name }] : [];
  });
  const [secrets, open] = [true, false].map((wanted) =>
    given.filter(({ key, value }) => holdsSecret(key.name, value) === wanted),
  );
  return {
    settings: Object.fromEntries((open ?? []).map(({ key, value }) => [key.name, value])),
    leftOut: [
      ...(secret.type === 'left-out' ? [secret.source] : []),
      ...(secrets ?? []).map(({ source }) => source),
    ],
    ...(secret.type === 'keychain' ? { secret: secret.secret } : {}),
  };
}

function givenSetting(
  key: SettingKey,
  options: OptionReader,
  context: Context,
): { readonly key: SettingKey; readonly value: JsonValue; readonly source: string }[] {
  const isOn = key.kind === 'switch' && options.isOn(key.option);
  const texts = key.kind === 'switch' ? (isOn ? ['true'] : []) : options.list(key.option);
  if (texts.length === 0) return [];
  const source = options.source(key.option);
  const absolute =
    key.kind === 'path'
      ? texts.map((path) => absolutePath(path, context.workingDirectory(), context))
      : texts;
  return [{ key, value: settingFromTexts(key, absolute, source), source }];
}

async function secretToSave(
  options: OptionReader,
  context: Context,
  intoKeychain: boolean,
): Promise<SecretToSave> {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return { type: 'none' };
  const { name, place, source, values } = setting;
  const [value = ''] = values;
  if (intoKeychain || name === 'client-secret-keychain') {
    return { type: 'keychain', secret: (await readClientSecret(options, context)) ?? '' };
  }
  if (name === 'client-secret-env') return { type: 'reference', value: { env: value } };
  if (name === 'client-secret' && place === 'variable') return { type: 'reference', value: { env: source } };
  if (name === 'client-secret-file' && value !== '-') {
    const file = absolutePath(value, context.workingDirectory(), context);
    return { type: 'reference', value: { file } };
  }
  return { type: 'left-out', source: value === '-' ? 'the client secret from stdin' : source };
}
