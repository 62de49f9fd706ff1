import { closestName } from '../closest-name.ts';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { say } from '../say.ts';

/** What an options file says, read and checked as far as that is possible without the server. */
export interface IdpConfig {
  /** How to name the file in an error. */
  readonly source: string;
  /** Client metadata (RFC 7591 §2); each has a `client_id`. */
  readonly clients: readonly JsonObject[];
  /** Claims of a user (OpenID Connect Core 1.0 §5.1); each has a `sub`, which is the user name too. */
  readonly users: readonly JsonObject[];
  readonly accessTokenFormat: 'jwt' | 'opaque';
  /** The configuration members of oidc-provider, to be merged over the ready ones. */
  readonly provider: JsonObject;
}

/** The configuration of a start without an options file. */
export const emptyIdpConfig: IdpConfig = {
  source: 'no options file',
  clients: [],
  users: [],
  accessTokenFormat: 'jwt',
  provider: {},
};

/** The configuration members of oidc-provider that JSON can express. */
export const providerMembers: readonly string[] = (
  'acceptQueryParamAccessTokens acrValues allowOmittingSingleRegisteredRedirectUri claims ' +
  'clientAuthMethods clientDefaults clockTolerance conformIdTokenClaims cookies discovery ' +
  'enableHttpPostMethods enabledJWA extraClientMetadata extraParams features fetchResponseBodyLimits ' +
  'formats jwks responseTypes rotateRefreshToken routes scopes subjectTypes ttl'
).split(' ');

/** What settings of oidc-provider say of a feature. */
export function featureOf({ features }: { readonly features?: unknown }, name: string): JsonObject {
  const feature = isJsonObject(features) ? features[name] : undefined;
  return isJsonObject(feature) ? feature : {};
}

const ownMembers = ['clients', 'users', 'accessTokenFormat'] as const;

/**
 * Reads an options file of the embedded authorization server: one JSON object, every member optional.
 *
 * - `clients`: client metadata objects as in dynamic registration (RFC 7591 §2). One with the `client_id` of a ready
 *   client is merged over it, any other is added. A `private_key_jwt` client brings its public keys in `jwks`. On
 *   loopback the port and scheme of `redirect_uris` are free.
 * - `users`: objects of claims. `sub` is required and is the user name; one with the `sub` of a ready user is merged
 *   over it, any other is added.
 * - `accessTokenFormat`: `"jwt"` (default) or `"opaque"`.
 * - any member of oidc-provider's configuration that JSON can express (`features`, `ttl`, `scopes`, `claims`, `jwks`,
 *   `enabledJWA`, …): objects are merged over the ready configuration, anything else replaces it.
 *
 * Example: `{"features": {"encryption": {"enabled": true}}, "ttl": {"AccessToken": 5}}`
 *
 * @param source how to name the file in an error
 * @throws ConfigError naming the place and what is wrong; it never quotes the file
 */
export function readIdpConfig(text: string, source: string): IdpConfig {
  const options = readObject(text, source);
  const known = [...ownMembers, ...providerMembers];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = closestName(name, known);
    throw new ConfigError(say`${source} has the unknown member ${JSON.stringify(name)}.`, {
      hint:
        meant === undefined
          ? say`Known members: ${known.join(', ')}.`
          : say`Did you mean ${JSON.stringify(meant)}?`,
    });
  }
  const { clients, users, accessTokenFormat = 'jwt', ...provider } = options;
  if (accessTokenFormat !== 'jwt' && accessTokenFormat !== 'opaque') {
    throw new ConfigError(say`${source}: accessTokenFormat must be "jwt" or "opaque".`);
  }
  return {
    source,
    clients: readList(clients, 'clients', 'client_id', source),
    users: readList(users, 'users', 'sub', source),
    accessTokenFormat,
    provider,
  };
}

function readObject(text: string, source: string): JsonObject {
  const value = parsePlainJson(text);
  if (value === undefined) {
    const { line, column } = locateJsonSyntaxError(text);
    throw new ConfigError(say`${source} is not JSON: something is wrong at line ${line}, column ${column}.`);
  }
  if (!isJsonObject(value)) throw new ConfigError(say`${source} must hold one JSON object.`);
  return value;
}

/** Reads a list of objects that are told apart by one string member. */
function readList(value: JsonValue | undefined, name: string, idName: string, source: string): JsonObject[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(say`${source}: ${name} must be an array of objects.`);
  const seen = new Set<string>();
  return value.map((entry, index) => {
    const place = `${source}: ${name}[${index}]`;
    if (!isJsonObject(entry)) throw new ConfigError(say`${place} must be an object.`);
    const id = entry[idName];
    if (typeof id !== 'string' || id === '')
      throw new ConfigError(say`${place} needs a ${idName}, a string.`);
    if (seen.has(id)) throw new ConfigError(say`${place} repeats the ${idName} ${JSON.stringify(id)}.`);
    seen.add(id);
    return entry;
  });
}

/** Lays objects over ready ones with the same id, member by member, and appends the others. */
export function mergeById(
  ready: readonly JsonObject[],
  given: readonly JsonObject[],
  idName: string,
): readonly JsonObject[] {
  const byId = new Map(ready.map((entry) => [entry[idName], entry]));
  for (const entry of given) byId.set(entry[idName], { ...byId.get(entry[idName]), ...entry });
  return [...byId.values()];
}

/** Where a JSON text stops being JSON, both counted from 1. */
export interface JsonSyntaxError {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where a text that `JSON.parse` refuses stops being JSON (RFC 8259). The parser's own message is of no use: on
 * some versions it has no position, on others it quotes the text, which may hold secrets.
 */
export function locateJsonSyntaxError(text: string): JsonSyntaxError {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const before = text.slice(0, good).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Tells whether a text is JSON or only lacks its end. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return /^(?:Unexpected end|Unterminated string)/.test(message) || Number(position) >= text.length;
  }
}
