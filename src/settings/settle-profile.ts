import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { holdsSecret } from '../output/shown-settings.ts';
import { say } from '../say.ts';
import type { Imported } from '../storage/import/other-command-line.ts';
import { absolutePath } from '../storage/places.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { profileKeys } from './profile-keys.ts';
import { clientSecretSetting, readClientSecret, type Settling, secretFrom } from './settle-client.ts';
import { settleConnection } from './settle-server.ts';

/** Settings to be written into a profile. */
export interface SettingsToSave {
  /** Never with a secret itself, only with where it is. */
  readonly settings: JsonObject;
  /** Options that give a secret itself and are left out. */
  readonly leftOut: readonly string[];
  /** The client secret for the keychain. */
  readonly secret?: string;
}

/** Settles `profile list` and `profile remove`. @throws UsageError */
export function settleProfile(options: OptionReader) {
  return {
    /** The settings file, when the user names one. */
    config: options.text('config'),
    yes: options.isOn('yes'),
  };
}

/** Settings that all commands of `profile` have. */
export type ProfileCommandSettings = Settled<typeof settleProfile>;

/** Settles `profile show`. @throws UsageError */
export function settleShow(options: OptionReader) {
  return { ...settleProfile(options), sources: options.isOn('sources') };
}

/** Settings of `profile show`. */
export type ShowSettings = Settled<typeof settleShow>;

/** Settles `profile schema`. @throws UsageError */
export function settleSchema(options: OptionReader): { readonly project: boolean } {
  return { project: options.isOn('project') };
}

/** Settles how the settings of a login are saved. @throws UsageError */
export function settleSave(options: OptionReader, run: Settling) {
  return {
    ...settleProfile(options),
    makeDefault: options.isOn('default'),
    /**
     * The given options as a profile holds them. The client secret goes into the keychain with `--store keychain`, and
     * from another profile's entry there in any case.
     * @throws UsageError for a value that a profile cannot hold; what reading the secret throws
     */
    toSave: () => settingsToSave(options, run, keepsInKeychain(options)),
  };
}

/** Settings of a command that saves a profile. */
export type SaveSettings = Settled<typeof settleSave>;

/** Settles `profile save`, which saves flags alone. @throws UsageError */
export function settleProfileSave(options: OptionReader, run: Settling): SaveSettings {
  return {
    ...settleSave(options, run),
    toSave: () => settingsToSave(options.flagsOnly(), run, keepsInKeychain(options)),
  };
}

/** Settles `profile edit`. @throws UsageError */
export function settleEdit(options: OptionReader, run: Settling) {
  return {
    ...settleProfile(options),
    makeDefault: options.isOn('default'),
    /** `KEY=VALUE` */
    set: options.list('set'),
    unset: options.list('unset'),
    /** The client secret alone; undefined when no option gives one. @throws as `SaveSettings.toSave` */
    secretToSave: async () =>
      clientSecretSetting(options) === undefined
        ? undefined
        : settingsToSave(options, run, keepsInKeychain(options)),
  };
}

/** Settings of `profile edit`. */
export type EditSettings = Settled<typeof settleEdit>;

/** Settles `profile import`. @throws UsageError */
export function settleImport(options: OptionReader, run: Settling) {
  return {
    ...settleProfile(options),
    makeDefault: options.isOn('default'),
    name: options.text('name'),
    /** The user of a kubeconfig. */
    user: options.text('user'),
    /** The server of an MCP client. */
    server: options.text('server'),
    /** @throws UsageError, ConfigError */
    connection: () => settleConnection(options, run.context),
    /**
     * The imported settings together with the options, which override them.
     * @throws UsageError for a secret that the source holds itself and no option keeps; as `SaveSettings.toSave`
     */
    async adopt(imported: Imported) {
      if (imported.secret !== undefined) {
        run.journal.secrets.push({ kind: 'client_secret', value: imported.secret });
      }
      const above = importedSettings(imported, options).map(([name, values]) => ({
        name,
        values,
        source: `${imported.from} (${name})`,
      }));
      const own = options.flagsOnly().with({ above });
      return {
        issuer: own.text('issuer') ?? own.text('token-endpoint'),
        clientId: own.text('client-id'),
        grantType: own.text('grant-type'),
        toSave: await settingsToSave(own, run, keepsInKeychain(options)),
      };
    },
  };
}

/** Settings of `profile import`. */
export type ImportSettings = Settled<typeof settleImport>;

function keepsInKeychain(options: OptionReader): boolean {
  return options.text('store') === 'keychain';
}

/** Imported settings that no flag overrides; a secret that the source holds goes into the keychain or is refused. */
function importedSettings(
  { settings, secret, from }: Imported,
  options: OptionReader,
): (readonly [name: string, values: readonly string[]])[] {
  const kept = [...settings].filter(([name]) => options.place(name) !== 'flag');
  if (secret === undefined || clientSecretSetting(options)?.place === 'flag') return kept;
  if (keepsInKeychain(options)) return [...kept, ['client-secret', [secret]]];
  throw new UsageError(say`A client secret is in ${from}; a settings file should not hold it.`, {
    hint: 'Add --store keychain to put it there, or name where else it is: --client-secret-env NAME or --client-secret-file FILE.',
  });
}

/** A client secret as it can be saved. */
type SecretToSave =
  | { readonly type: 'none' }
  | { readonly type: 'reference'; readonly value: JsonValue }
  | { readonly type: 'keychain'; readonly secret: string }
  | { readonly type: 'left-out'; readonly source: string };

async function settingsToSave(
  options: OptionReader,
  { context, journal }: Settling,
  intoKeychain: boolean,
): Promise<SettingsToSave> {
  const { settingFromTexts } = await import('../storage/parse-settings.ts');
  const absolute = (path: string) => absolutePath(path, context.workingDirectory(), context);
  const secret = await secretToSave(options, context, intoKeychain);
  const given = profileKeys.flatMap((key): { name: string; value: JsonValue; source: string }[] => {
    const { name, kind, option } = key;
    if (kind === 'secret') {
      if (secret.type === 'keychain') return [{ name, value: { keychain: true }, source: name }];
      return secret.type === 'reference' ? [{ name, value: secret.value, source: name }] : [];
    }
    const isOn = kind === 'switch' && options.isOn(option);
    const texts = kind === 'switch' ? (isOn ? ['true'] : []) : options.list(option);
    if (texts.length === 0) return [];
    const source = options.source(option);
    return [
      { name, value: settingFromTexts(key, kind === 'path' ? texts.map(absolute) : texts, source), source },
    ];
  });
  if (secret.type === 'keychain') journal.secrets.push({ kind: 'client_secret', value: secret.secret });
  const open = given.filter(({ name, value }) => !holdsSecret(name, value));
  return {
    settings: Object.fromEntries(open.map(({ name, value }) => [name, value])),
    leftOut: [
      ...(secret.type === 'left-out' ? [secret.source] : []),
      ...given.flatMap((setting) => (open.includes(setting) ? [] : [setting.source])),
    ],
    ...(secret.type === 'keychain' ? { secret: secret.secret } : {}),
  };
}

async function secretToSave(
  options: OptionReader,
  context: Context,
  intoKeychain: boolean,
): Promise<SecretToSave> {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return { type: 'none' };
  const { name, source, values } = setting;
  if (intoKeychain || name === 'client-secret-keychain') {
    return { type: 'keychain', secret: (await readClientSecret(options, context)) ?? '' };
  }
  const value = secretFrom(options, context);
  if (value !== undefined) return { type: 'reference', value };
  return { type: 'left-out', source: values[0] === '-' ? 'the client secret from stdin' : source };
}
