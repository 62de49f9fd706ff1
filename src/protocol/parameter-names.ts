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
  if (own !== undefined && usable(own)) return { name: parameter, value: own };
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

/** A parameter whose JSON type the specification does not allow. */
export interface WrongType {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'object' | 'array' | 'string';
}

/** The problems with the values of standard parameters, by the names they came under. */
export interface ParameterProblems {
  readonly nullParameters: readonly string[];
  readonly emptyParameters: readonly string[];
  /** Without those that have a finding of their own: scope arrays, lifetimes as digits. */
  readonly wrongTypes: readonly WrongType[];
}

const judged = (Object.keys(aliases) as StandardParameter[]).filter((parameter) => parameter !== 'code');
const judgedErrorMembers = ['error', 'error_description', 'error_uri'];

/** Judges the standard parameters of some objects for null, emptiness and type (RFC 6749 §5.1, §5.2, Appendix A). */
export function findParameterProblems(json: ExactJson, objects: readonly JsonObject[]): ParameterProblems {
  const nullParameters = new Set<string>();
  const emptyParameters = new Set<string>();
  const wrongTypes = new Map<string, WrongType>();
  for (const object of objects) {
    for (const name of memberNames(json, object)) {
      const parameter = judgedParameter(name);
      const value = object[name];
      if (parameter === undefined || value === undefined) continue;
      if (value === null) {
        nullParameters.add(name);
      } else if (value === '') {
        emptyParameters.add(name);
      } else if (!isAllowed(parameter, value)) {
        wrongTypes.set(name, { name, type: jsonType(value) });
      }
    }
  }
  return {
    nullParameters: [...nullParameters],
    emptyParameters: [...emptyParameters],
    wrongTypes: [...wrongTypes.values()],
  };
}

/** The JSON type of a value that is not null. */
export function jsonType(value: Exclude<JsonValue, null>): WrongType['type'] {
  return Array.isArray(value) ? 'array' : (typeof value as WrongType['type']);
}

function judgedParameter(name: string): string | undefined {
  return judgedErrorMembers.includes(name) ? name : judged.find((parameter) => isNameOf(parameter, name));
}

function isAllowed(parameter: string, value: Exclude<JsonValue, null>): boolean {
  switch (parameter) {
    case 'expires_in':
      return typeof value === 'number' || isDigits(value);
    case 'scope':
      return typeof value === 'string' || Array.isArray(value);
    default:
      return typeof value === 'string';
  }
}

/** Tells whether a value is a whole number written as a string. */
export function isDigits(value: JsonValue): value is string {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}
