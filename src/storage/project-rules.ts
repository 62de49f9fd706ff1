import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { isRegisteredParameter } from '../protocol/parameter-meanings.ts';
import { own, type Said, say } from '../say.ts';
import type { ProfileSettings, Settings } from './settings.ts';

/** Settings that say which server is talked to, and so where credentials and tokens go. */
export function namesServer(key: string): boolean {
  return key === 'issuer' || key === 'metadata_url' || key === 'jwks_uri' || key.endsWith('_endpoint');
}

/** What a project may ask for, by its own keys or in other parameters of a request. */
const openParameters = new Set(
  'scope resource audience prompt login_hint max_age acr_values ui_locales claims'.split(' '),
);

/**
 * Settings that a project may add to a profile of the user's: the requested access, but not the server, the client, the
 * connection or the checks.
 */
const additions = new Set([...openParameters, 'authorization_details']);

/** Further settings of a profile of the project's own. A setting that is not listed is refused, new ones too. */
const ownSettings = new Set(
  (
    'issuer authorization_endpoint token_endpoint jwks_uri client_id auth_method redirect_uri port pkce ' +
    'response_mode params token_params no_userinfo no_probe timeout browser_timeout grant_type'
  ).split(' '),
);

const reasons: Readonly<Record<string, string>> = {
  metadata_url: 'it could pass its own endpoints off as those of another issuer',
  client_secret: 'it could have any secret of yours sent to its own server',
  signing_key: 'it could have any key of yours used at its own server',
  decryption_key: 'it could have any key of yours used at its own server',
  key_passphrase_file: 'it could have any key of yours used at its own server',
  key_passphrase_env: 'it could have any key of yours used at its own server',
  assertion_audience: 'it could have an assertion of yours made for another server',
  cert: 'it could have any certificate of yours used at its own server',
  key: 'it could have any key of yours used at its own server',
  browser: 'it could run any command',
  proxy: 'it could have everything sent through its own proxy',
  ca_file: 'it could have its own server trusted',
  listen: 'it could open a port to the network',
  no_verify: 'it could switch off checks',
  trust_audience: 'it could have ID tokens for others accepted',
  id_token_alg: 'it could have weaker signatures accepted',
  clock_tolerance: 'it could weaken checks',
  state: 'a fixed value does not protect the login',
  nonce: 'a fixed value does not protect the login',
};

/** Tells whether a file that came with a project may hold a setting at all. */
export function mayStandInProject(key: string): boolean {
  return additions.has(key) || ownSettings.has(key);
}

/**
 * Checks a project file, which came with the project and may be written by a stranger.
 * @throws ConfigError naming the first setting it may not hold
 */
export function requireHarmless({ file, profiles }: Settings): void {
  for (const [profile, settings] of profiles) {
    requireOneServer(file, profile, settings);
    for (const [key, value] of settings) {
      const refusal = refusalOf(key, value);
      if (refusal === undefined) continue;
      const [what, reason] = refusal;
      throw new ConfigError(say`${what} may not stand in a project file: ${reason}.`, {
        hint: say`Remove it from profile "${profile}" in ${file}. Settings of your own go into a profile of yours: oauth-code profile save NAME.`,
      });
    }
  }
}

/** What of a setting may not stand there, and why; undefined when it may. */
function refusalOf(key: string, value: JsonValue): readonly [what: Said, reason: Said] | undefined {
  if (!mayStandInProject(key)) {
    const byKind = namesServer(key)
      ? 'it could have tokens of yours sent to its own server'
      : 'it is for you to decide';
    return [say`"${key}"`, own(reasons[key] ?? byKind)];
  }
  if (key === 'pkce' && value !== 'S256')
    return [say`"pkce": "${String(value)}"`, own('it could weaken the protection of the code')];
  const parameter =
    /^(?:token_)?params$/.test(key) && isJsonObject(value) ? Object.keys(value).find(isReserved) : undefined;
  return parameter === undefined
    ? undefined
    : [
        say`"${parameter}" of "${key}"`,
        own('it could change what the request means or where its answer goes'),
      ];
}

/** Parameters that no project sets or removes. Some servers read `redirect.uri` and `Redirect_URI[]` as redirect_uri. */
function isReserved(parameter: string): boolean {
  const spelt = parameter.normalize('NFKC').toLowerCase();
  // `grant_type[0]` and `grant_type.x` are read as members of grant_type.
  const [whole = '', ...parts] = spelt.split(/[[.(]/);
  return [spelt, ...(parts.length === 0 ? [] : [whole])].some((one) => {
    const name = one.replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
    return isRegisteredParameter(name) && !openParameters.has(name);
  });
}

/** With an issuer the endpoints are the ones it publishes; others beside it would borrow its name. */
function requireOneServer(file: string, profile: string, settings: ProfileSettings): void {
  const endpoint = [...settings.keys()].find((key) => key !== 'issuer' && namesServer(key));
  if (!settings.has('issuer') || endpoint === undefined) return;
  throw new ConfigError(
    say`A project file may not give an "issuer" and another "${endpoint}" than it publishes.`,
    { hint: say`Remove one of them from profile "${profile}" in ${file}.` },
  );
}

/**
 * The settings that a project adds to a profile of the user's of the same name. A setting that could lead a saved
 * secret or token elsewhere has to have the value that the user saved.
 * @throws ConfigError naming the setting in which they differ
 */
export function additionsTo(
  name: string,
  own: ProfileSettings,
  { file, settings }: { readonly file: string; readonly settings: ProfileSettings },
): ProfileSettings {
  const differing = [...settings].find(([key, value]) => !additions.has(key) && !isSame(value, own.get(key)));
  if (differing === undefined) return new Map([...settings].filter(([key]) => additions.has(key)));
  throw new ConfigError(
    say`The project file gives another "${differing[0]}" for profile "${name}" than the one you saved.`,
    {
      hint: say`A project file may not redirect one of your profiles, so nothing was sent. Look at ${file}; when it is right, save it yourself under another name, or name yours there with "default_profile".`,
    },
  );
}

function isSame(left: JsonValue, right: JsonValue | undefined): boolean {
  return right !== undefined && JSON.stringify(left) === JSON.stringify(right);
}
