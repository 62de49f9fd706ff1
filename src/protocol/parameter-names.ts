import { type ExactJson, memberNames } from '../json/exact-json.ts';
import { type JsonObject, type JsonValue, ownMember } from '../json/json.ts';

/** Parameters of a success that are looked for under other names too (RFC 6749 §4.1.2, §5.1; OIDC Core §3.1.3.3). */
export type StandardParameter =
  | 'access_token'
  | 'token_type'
  | 'expires_in'
  | 'refresh_token'
  | 'scope'
  | 'id_token'
  | 'code';

/** A parameter that was found, under whatever name. */
export interface FoundParameter {
  /** The name it came under. */
  readonly name: string;
  readonly value: JsonValue;
}

interface Alias {
  /** Without letter case, `_` and `-`. */
  readonly name: string;
  /** Whether it stands for something else in other places, so that its mere presence says nothing. */
  readonly ambiguous?: boolean;
  readonly accepts?: (value: JsonValue) => boolean;
}

/** A plain `expires` from here on is taken for a moment: so many seconds are 31 years. */
export const firstEpochSeconds = 1_000_000_000;

const aliases: Readonly<Record<StandardParameter, readonly Alias[]>> = {
  access_token: [{ name: 'accesstoken' }, { name: 'token', ambiguous: true }, { name: 'oauthtoken' }],
  token_type: [{ name: 'tokentype' }],
  expires_in: [
    { name: 'expiresin' },
    { name: 'expires', ambiguous: true, accepts: (value) => Number(value) < firstEpochSeconds },
    { name: 'expirein' },
    { name: 'expire', ambiguous: true },
  ],
  refresh_token: [{ name: 'refreshtoken' }],
  scope: [{ name: 'scope' }, { name: 'scopes' }],
  id_token: [{ name: 'idtoken' }],
  code: [{ name: 'code' }, { name: 'authcode' }, { name: 'authorizationcode' }, { name: 'spapioauthcode' }],
};

/** A name as names are compared: without letter case, `_` and `-`. */
export function comparableName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

/**
 * Finds a parameter in an object by its own name, else by an accepted other one. A value that is not usable is passed
 * over, so that a null beside a renamed value does not hide it.
 */
export function findParameter(
  json: ExactJson,
  object: JsonObject,
  parameter: StandardParameter,
  usable: (value: JsonValue) => boolean,
): FoundParameter | undefined {
  const own = ownMember(object, parameter);
  if (own !== undefined && usable(own)) {
    return { name: parameter, value: own };
  }
  let best: (FoundParameter & { rank: number }) | undefined;
  for (const name of memberNames(json, object)) {
    const value = object[name];
    const rank = value === undefined || !usable(value) ? -1 : aliasRank(parameter, name, value);
    if (value !== undefined && rank !== -1 && (best === undefined || rank < best.rank)) {
      best = { name, value, rank };
    }
  }
  return best && { name: best.name, value: best.value };
}

/** Tells whether a name can only mean this parameter: its own, or an alias that stands for nothing else. */
export function isNameOf(parameter: StandardParameter, name: string): boolean {
  const compared = comparableName(name);
  return aliases[parameter].some((alias) => alias.name === compared && alias.ambiguous !== true);
}

function aliasRank(parameter: StandardParameter, name: string, value: JsonValue): number {
  const compared = comparableName(name);
  return aliases[parameter].findIndex((alias) => alias.name === compared && (alias.accepts?.(value) ?? true));
}
