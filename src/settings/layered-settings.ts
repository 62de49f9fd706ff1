import { grants } from '../client/grants.ts';
import { UsageError } from '../errors.ts';
import { namesServer } from '../storage/project-rules.ts';
import type { GivenSetting, SettingLayer } from './setting-layers.ts';

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
  'assertion-from',
  'access-token-file',
  'access-token-env',
  ...grants.flatMap(({ inputs }) => inputs.flatMap(({ option }) => [`${option}-file`, `${option}-env`])),
]);

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
      const settings = names.flatMap((name) =>
        isServerOption(name) && isOverruled(layer) ? [] : (layer.read(name) ?? []),
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
        `${credential.source} is yours, but only a project file says which server it would go to.`,
        {
          hint:
            `The server is ${foreign.source}. When that is right, say so with --issuer URL or OAUTH_CODE_ISSUER, ` +
            'or save it as your own: oauth-code profile save NAME.',
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
      `${redirected.source} names another server than the one ${credential.source} was saved for.`,
      { hint: `Unset ${redirected.source}, or name the server on the command line when you mean it.` },
    );
  }
}

/** Tells whether an option says which server is talked to. */
export function isServerOption(name: string): boolean {
  return namesServer(name.replaceAll('-', '_'));
}
