import type { Command } from 'commander';
import { grantInputs, inputOptions } from '../client/grant-inputs.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { JsonValue } from '../json/json.ts';
import { say } from '../say.ts';
import type { ProfilePart, SelectedProfile } from '../storage/load-settings.ts';
import { absolutePath, pathsOf, type Surroundings } from '../storage/places.ts';
import { namesServer } from '../storage/project-rules.ts';
import { keychainAccount, readSavedSecret, type SettingKey } from '../storage/settings.ts';

/** Where a setting can be given, the strongest place first; `answer` and `default` are those of a command itself. */
export type SettingPlace = 'answer' | 'flag' | 'variable' | 'project' | 'profile' | 'default';

/** A setting as one place gives it. */
export interface GivenSetting {
  /** The long option without dashes. */
  readonly name: string;
  /** One at least; a switch has `true` or `false`. */
  readonly values: readonly string[];
  readonly place: SettingPlace;
  /** Its name in a message. */
  readonly source: string;
}

/** One place that settings are read from. */
export interface SettingLayer {
  readonly place: SettingPlace;
  read(name: string): GivenSetting | undefined;
}

/** A setting that a command found out itself. */
export type FurtherSetting = Pick<GivenSetting, 'name' | 'values' | 'source'>;

/** Settings that a command found out itself. */
export function layerOf(place: 'answer' | 'default', settings: readonly FurtherSetting[]): SettingLayer {
  const given = new Map(settings.map((setting) => [setting.name, { ...setting, place }]));
  return { place, read: (name) => given.get(name) };
}

/** The settings of the command line. */
export function flagLayer(command: Command): SettingLayer {
  const parsed: Readonly<Record<string, unknown>> = command.opts();
  return {
    place: 'flag',
    read(name) {
      const values = flagValues(name, parsed[attributeName(name)]);
      return values === undefined ? undefined : { name, values, place: 'flag', source: `--${name}` };
    },
  };
}

/** The settings of the OAUTH_CODE_ variables; an empty one counts as not set. */
export function variableLayer(env: Context['env']): SettingLayer {
  return {
    place: 'variable',
    read(name) {
      const value = env[variableName(name)];
      if (value === undefined || value === '') return undefined;
      return { name, values: [value], place: 'variable', source: variableName(name) };
    },
  };
}

/** The settings of the parts of a profile. */
export function profileLayers(
  { name: profile, parts }: SelectedProfile,
  keys: readonly SettingKey[],
  surroundings: Surroundings,
): readonly SettingLayer[] {
  return parts.map((part) => {
    const given = new Map(
      keys
        .flatMap((key) => givenBy(part, key, profile, surroundings))
        .map((setting) => [setting.name, setting]),
    );
    return { place: part.place, read: (name) => given.get(name) };
  });
}

function givenBy(
  { settings, file, place }: ProfilePart,
  key: SettingKey,
  profile: string,
  surroundings: Surroundings,
): GivenSetting[] {
  const value = settings.get(key.name);
  if (value === undefined) return [];
  const setting = (name: string, ...values: readonly string[]): GivenSetting[] => {
    const source = `"${key.name}" of profile "${profile}" in ${file}`;
    return values.length === 0 ? [] : [{ name, values, place, source }];
  };
  const path = (text: string) => absolutePath(text, pathsOf(surroundings).dirname(file), surroundings);
  if (key.kind === 'path') return setting(key.option, path(String(value)));
  if (key.kind !== 'secret') return setting(key.option, ...textsOf(key, value));
  const secret = readSavedSecret(value);
  switch (secret.type) {
    case 'variable':
      return setting('client-secret-env', secret.name);
    case 'file':
      return setting('client-secret-file', path(secret.path));
    case 'keychain':
      return setting('client-secret-keychain', keychainAccount(profile, file));
    case 'literal':
      return setting('client-secret', secret.value);
  }
}

/** A value as it would have been given by options. */
function textsOf({ kind }: SettingKey, value: JsonValue): readonly string[] {
  if (kind === 'json') return [JSON.stringify(value)];
  if (kind === 'parameters' && typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([name, text]) => (text === null ? name : `${name}=${text}`));
  }
  return (Array.isArray(value) ? value : [value]).map(String);
}

function flagValues(name: string, value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value;
  // `--browser CMD` takes back a `--no-browser` before it: commander keeps both under one name.
  if (typeof value === 'string') return [name.startsWith('no-') ? 'false' : value];
  return value === !name.startsWith('no-') ? ['true'] : undefined;
}

/** The variable of an option: `client-id` is OAUTH_CODE_CLIENT_ID. */
export function variableName(name: string): string {
  return `OAUTH_CODE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Commander files `--no-x` under `x` and turns dashes to camel case. */
function attributeName(name: string): string {
  return name.replace(/^no-/, '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Options that hold a credential or say where one is, whichever layer they come from. */
export const clientSecretOptions = [
  'client-secret',
  'client-secret-file',
  'client-secret-env',
  'client-secret-keychain',
] as const;

const credentialOptions: ReadonlySet<string> = new Set([
  ...clientSecretOptions,
  'signing-key',
  'cert',
  'key',
  'decryption-key',
  'key-passphrase-file',
  'key-passphrase-env',
  'assertion-from',
  ...['access-token', 'initial-access-token', 'registration-access-token', 'software-statement'].flatMap(
    (option) => [`${option}-file`, `${option}-env`],
  ),
  ...grantInputs.flatMap((input) => (input.plain === undefined ? inputOptions(input) : [])),
]);

/** The variable that a GitLab job puts its ID token into, where nothing names another. */
export const gitlabVariable = 'GITLAB_OIDC_TOKEN';

/** Variables that hold credentials, as any of the places says. */
export function secretVariables(layers: readonly SettingLayer[]): readonly string[] {
  const values = (name: string) => layers.flatMap((layer) => layer.read(name)?.values ?? []);
  return [
    ...[...credentialOptions].filter((name) => name.endsWith('-env')).flatMap(values),
    ...[...credentialOptions]
      .filter((name) => name.endsWith('-from'))
      .flatMap(values)
      .flatMap(
        (from) => /^(?:env|gitlab):(.+)$/.exec(from)?.[1] ?? (from === 'gitlab' ? [gitlabVariable] : []),
      ),
  ];
}

/** Finds the setting that counts among several places, the most important first. */
export interface LayeredSettings {
  /** @throws UsageError when it is a credential that its owner did not mean for the server that counts. */
  find(name: string): GivenSetting | undefined;
  /** Of options that exclude each other, what the most important place that has any of them gives; throws alike. */
  strongest(names: readonly string[]): readonly GivenSetting[];
  /** The same without that refusal, to be shown and not to be used. */
  effective(names: readonly string[]): readonly GivenSetting[];
}

/**
 * Lays the places over each other. Settings that name the server are taken together: a place that names one is not
 * completed by a lower place that means another. A credential goes only to a server that was named on the command
 * line, or beside the credential, or by the user's own profile; never to one that only a project file names.
 */
export function layerSettings(
  layers: readonly SettingLayer[],
  optionNames: readonly string[],
): LayeredSettings {
  const serverOptions = optionNames.filter(isServerOption);
  const giving = (place: SettingLayer['place']) =>
    serverOptions.flatMap((name) => layers.find((layer) => layer.place === place)?.read(name) ?? []);
  const fromRun = [...giving('answer'), ...giving('flag'), ...giving('variable')];

  return { find: (name) => strongest([name])[0], strongest, effective };

  function strongest(names: readonly string[]): readonly GivenSetting[] {
    const settings = effective(names);
    for (const setting of settings) if (credentialOptions.has(setting.name)) requireMeant(setting);
    return settings;
  }

  function effective(names: readonly string[]): readonly GivenSetting[] {
    for (const layer of layers) {
      // An issuer that is named beside a resource is one of those that the resource names.
      const settings = names.flatMap((name) =>
        isServerOption(name) && name !== 'resource-url' && isOverruled(layer) ? [] : (layer.read(name) ?? []),
      );
      if (settings.length > 0) return settings;
    }
    return [];
  }

  function isOverruled(layer: SettingLayer): boolean {
    if (layer.place === 'project') return fromRun.length > 0;
    if (layer.place !== 'profile') return false;
    return fromRun.some(
      ({ name, values }) =>
        (name === 'issuer' || name === 'metadata-url') && layer.read(name)?.values[0] !== values[0],
    );
  }

  function requireMeant(credential: GivenSetting): void {
    if (/^(answer|flag|default)$/.test(credential.place)) return;
    const servers = serverOptions.flatMap((name) => effective([name]));
    const foreign = servers.find(({ place }) => place === 'project');
    if (foreign !== undefined) {
      throw new UsageError(
        say`${credential.source} is yours, but only a project file names the server it would go to.`,
        {
          hint: say`The server is ${foreign.source}. When that is right, say so with --issuer URL or OAUTH_CODE_ISSUER, or save it as your own: oauth-code profile save NAME.`,
        },
      );
    }
    const own = layers.find(({ place }) => place === credential.place);
    const redirected = servers.find(
      ({ name, place, values }) => place === 'variable' && own?.read(name)?.values[0] !== values[0],
    );
    if (credential.place !== 'profile' || redirected === undefined) return;
    if (serverOptions.every((name) => own?.read(name) === undefined)) return;
    throw new UsageError(
      say`${redirected.source} names another server than the one ${credential.source} was saved for.`,
      { hint: say`Unset ${redirected.source}, or name the server on the command line when you mean it.` },
    );
  }
}

/** Tells whether an option says which server is talked to, be it by the resource that leads there. */
export function isServerOption(name: string): boolean {
  return name === 'resource-url' || namesServer(name.replaceAll('-', '_'));
}
