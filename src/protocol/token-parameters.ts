import {
  type ExactJson,
  memberNames,
  objectsByLevel,
  type PlacedObject,
  pathOf,
} from '../json/exact-json.ts';
import { decimalDigits, numberText } from '../json/exact-number.ts';
import { type JsonObject, type JsonValue, textOf } from '../json/json.ts';
import {
  comparableName,
  type FoundParameter,
  findParameter,
  firstEpochSeconds,
  isDigits,
  isNameOf,
  type StandardParameter,
} from './parameter-names.ts';

/** The parameters of a success as a client would use them (RFC 6749 §5.1). */
export interface TokenParameters {
  /** null when there is only an ID token. */
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
  /** Registered types in canonical letter case, any other as received. */
  readonly tokenType: string | null;
  /** The number on the wire; no unit is guessed. */
  readonly expiresInSeconds: number | null;
  /** The absolute expiry when it can be interpreted. */
  readonly expiresAt: Date | null;
  /** The absolute expiry as received, beside or instead of a lifetime. */
  readonly absoluteExpiry: AbsoluteExpiry | null;
  readonly scope: readonly string[] | null;
  /** Path of the object that holds the tokens; empty for the top level. */
  readonly path: string;
  /** Parameters that came under another name. */
  readonly renamed: readonly { readonly parameter: StandardParameter; readonly name: string }[];
  /** The JSON type the lifetime had. */
  readonly lifetimeType: 'number' | 'string' | null;
  /** How scope was written; null when it is absent. */
  readonly scopeForm: 'spaces' | 'commas' | 'array' | null;
  /** scope as it came where it is an array, whatever is in it; null otherwise. */
  readonly scopeArray: readonly JsonValue[] | null;
  /** Paths of objects with a further, different access token. */
  readonly additionalTokens: readonly string[];
}

/** Levels below the top that are searched for tokens. */
const deepestSearch = 3;

/** Finds the object that holds the tokens: the first with an access token, else the first with an ID token. */
export function findTokenHolder(json: ExactJson): PlacedObject | undefined {
  for (const parameter of ['access_token', 'id_token'] as const) {
    for (const place of objectsByLevel(json, deepestSearch)) {
      if (findString(json, place.object, parameter) !== undefined) return place;
    }
  }
  return undefined;
}

/** Reads the parameters beside the tokens; `top` is the top-level object, where an ID token may stand too. */
export function readTokenParameters(
  json: ExactJson,
  holder: PlacedObject,
  top: JsonObject | undefined,
): TokenParameters {
  const { object } = holder;
  const accessToken = findString(json, object, 'access_token');
  const refreshToken = findString(json, object, 'refresh_token');
  const idToken = findString(json, object, 'id_token') ?? (top && findString(json, top, 'id_token'));
  const tokenType = findString(json, object, 'token_type');
  const lifetime = findParameter(
    json,
    object,
    'expires_in',
    (value) => typeof value === 'number' || isDigits(value),
  );
  const scope = findParameter(
    json,
    object,
    'scope',
    (value) => Array.isArray(value) || (typeof value === 'string' && value !== ''),
  );
  const absoluteExpiry = findAbsoluteExpiry(json, object, lifetime?.name);
  const found = {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: lifetime,
    refresh_token: refreshToken,
    scope,
    id_token: idToken,
  };
  return {
    accessToken: accessToken?.value ?? null,
    refreshToken: refreshToken?.value ?? null,
    idToken: idToken?.value ?? null,
    tokenType: tokenType === undefined ? null : canonicalTokenType(tokenType.value),
    expiresInSeconds: lifetime === undefined ? null : Number(lifetime.value),
    expiresAt: absoluteExpiry?.at ?? null,
    absoluteExpiry,
    ...readScope(scope?.value),
    path: pathOf(holder),
    renamed: renamedParameters(found),
    lifetimeType: lifetime === undefined ? null : typeof lifetime.value === 'string' ? 'string' : 'number',
    additionalTokens: findAdditionalTokens(json, object, accessToken?.value),
  };
}

/** Finds a parameter whose value must be a non-empty string. */
function findString(
  json: ExactJson,
  object: JsonObject,
  parameter: StandardParameter,
): { readonly name: string; readonly value: string } | undefined {
  const found = findParameter(json, object, parameter, (value) => typeof value === 'string' && value !== '');
  return typeof found?.value === 'string' ? { name: found.name, value: found.value } : undefined;
}

const registeredTypes: ReadonlyMap<string, string> = new Map(
  ['Bearer', 'DPoP', 'PoP', 'N_A'].map((type) => [type.toLowerCase(), type]),
);

/** Token types are compared without letter case (RFC 6749 §5.1). */
function canonicalTokenType(received: string): string {
  return registeredTypes.get(received.toLowerCase()) ?? received;
}

/**
 * The scheme that an access token is sent with; undefined where its type is not known here (RFC 6749 §7.1), unless the
 * check `token-type` is waived. A missing type is Bearer, as nearly every server that leaves it out means.
 */
export function schemeOf(
  tokenType: string | null,
  waived: ReadonlySet<string> = new Set(),
): 'Bearer' | 'DPoP' | undefined {
  const type = (tokenType ?? 'Bearer').toLowerCase();
  const known = (['Bearer', 'DPoP'] as const).find((scheme) => scheme.toLowerCase() === type);
  return known ?? (waived.has('token-type') ? 'Bearer' : undefined);
}

/** Tells whether a token type in canonical letter case is in the registry of access token types. */
export function isRegisteredTokenType(tokenType: string): boolean {
  return registeredTypes.get(tokenType.toLowerCase()) === tokenType;
}

function readScope(
  value: JsonValue | undefined,
): Pick<TokenParameters, 'scope' | 'scopeForm' | 'scopeArray'> {
  if (Array.isArray(value)) {
    const scope = value.map((item, index) =>
      typeof item === 'number' ? decimalDigits(numberText(value, index)) : textOf(item),
    );
    return { scope, scopeForm: 'array', scopeArray: value };
  }
  if (typeof value !== 'string') return { scope: null, scopeForm: null, scopeArray: null };
  const form = value.includes(',') && !/\s/.test(value) ? 'commas' : 'spaces';
  return {
    scope: value.split(form === 'commas' ? ',' : /\s+/).filter((token) => token !== ''),
    scopeForm: form,
    scopeArray: null,
  };
}

function renamedParameters(
  found: Readonly<Partial<Record<StandardParameter, FoundParameter | undefined>>>,
): TokenParameters['renamed'] {
  return (Object.keys(found) as StandardParameter[]).flatMap((parameter) => {
    const name = found[parameter]?.name;
    return name === undefined || name === parameter ? [] : [{ parameter, name }];
  });
}

/** A name such as `token` is no sign of a further one: in other objects it stands for many things. */
function findAdditionalTokens(
  json: ExactJson,
  holder: JsonObject,
  first: string | undefined,
): readonly string[] {
  const isAnother = (name: string, value: JsonValue) =>
    isNameOf('access_token', name) && typeof value === 'string' && value !== '' && value !== first;
  return first === undefined
    ? []
    : [...objectsByLevel(json, deepestSearch)]
        .filter(({ object }) => object !== holder)
        .filter(({ object }) => Object.entries(object).some(([name, value]) => isAnother(name, value)))
        .map(pathOf);
}

/** A moment at which the access token expires, as some servers give it beside or instead of a lifetime. */
export interface AbsoluteExpiry {
  readonly name: string;
  /** As received; a number by its digits. */
  readonly raw: string;
  /** null when the value is not an epoch in seconds or milliseconds and no RFC 3339 date and time. */
  readonly at: Date | null;
}

const names = new Set([
  'expiresat',
  'expireson',
  'accesstokenexpiration',
  'expirationdate',
  'expiration',
  'expiretime',
  'expires',
]);

/** Finds the first absolute expiry in an object; `lifetimeName` is the member already taken as the lifetime. */
function findAbsoluteExpiry(
  json: ExactJson,
  object: JsonObject,
  lifetimeName: string | undefined,
): AbsoluteExpiry | null {
  for (const name of memberNames(json, object)) {
    const value = object[name];
    const usable = typeof value === 'number' || (typeof value === 'string' && value !== '');
    const compared = comparableName(name);
    const isLifetime = name === lifetimeName || (compared === 'expires' && Number(value) < firstEpochSeconds);
    if (usable && !isLifetime && names.has(compared)) {
      const raw = typeof value === 'number' ? numberText(object, name) : value;
      return { name, raw, at: readMoment(raw) };
    }
  }
  return null;
}

const firstEpochMilliseconds = firstEpochSeconds * 100;
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)([Zz]|[+-]\d\d:\d\d)$/;

/** Reads an epoch in seconds or milliseconds, or a date and time (RFC 3339 §5.6). */
function readMoment(raw: string): Date | null {
  if (/^\d+(?:\.\d+)?$/.test(raw)) {
    const value = Number(raw);
    return value < firstEpochSeconds
      ? null
      : validDate(value < firstEpochMilliseconds ? value * 1000 : value);
  }
  const [, date, time, zone] = rfc3339.exec(raw) ?? [];
  return date === undefined ? null : validDate(Date.parse(`${date}T${time}${zone?.toUpperCase()}`));
}

function validDate(epochMs: number): Date | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date;
}
