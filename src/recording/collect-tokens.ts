import { attempt } from '../errors/attempt.ts';
import { type ExactJson, extendPath, memberNames, objectsByLevel, pathOf } from '../json/exact-json.ts';
import { isJsonObject, type JsonObject, parsePlainJson } from '../json/json.ts';
import { type Parameters, parseForm } from '../protocol/parameters.ts';

/** A token in a text, without what stood around it. */
export interface FoundToken {
  readonly text: string;
  /** Path of the member, or name of the parameter or header field it stood in; null when nothing names it. */
  readonly name: string | null;
}

/** What a search came to. */
export type TokenSearch =
  | {
      readonly type: 'found';
      /** In order, each once; one at least, and not more than a hundred. */
      readonly tokens: readonly FoundToken[];
      /** How many more there are. */
      readonly leftOut: number;
    }
  /** `seen` completes "This is …" and quotes nothing. */
  | { readonly type: 'nothing'; readonly seen: string; readonly hint?: string };

/** The last word of the name, which says what a token is: `id_token` of `data.id_token`. */
export function tokenKind({ name }: Pick<FoundToken, 'name'>): string | null {
  return name === null ? null : (/[\w-]+$/.exec(name)?.[0] ?? null);
}

/** Names of members and parameters that hold a token, opaque or not, in lower case without `_` and `-`. */
const tokenNames = new Set(
  (
    'accesstoken actortoken assertion clientassertion idtoken idtokenhint jwt logouttoken oauthtoken ' +
    'refreshtoken registrationaccesstoken subjecttoken token'
  ).split(' '),
);

/** Levels below the top that are searched by name. */
const deepestSearch = 8;

/**
 * A JWS or JWE in running text; `e` and `w` or `y` begin the base64url of every JSON object. Neither `{8,}` nor a
 * repeated group may stand for a whole part, for which the engine's stack is too small.
 */
const jwts = /(?<![\w-])e[wy][\w-]{8}[\w-]*={0,2}\.[\w-]*={0,2}\.[\w-]*={0,2}(?:\.[\w-]*\.[\w-]*)?/g;
/** A disclosure of an SD-JWT, or the JWT that binds it to a key. */
const disclosure = /~[\w-]*(?:\.[\w-]+\.[\w-]+)?/y;

/** Members that are called like a token, or hold a JWT, in document order. */
export function collectMembers(json: ExactJson): readonly FoundToken[] {
  const tokens: FoundToken[] = [];
  for (const place of objectsByLevel(json, deepestSearch)) {
    for (const name of memberNames(json, place.object)) {
      const value = place.object[name];
      if (typeof value !== 'string') continue;
      const text = tokenIn(name, value);
      if (text !== undefined) tokens.push({ text, name: extendPath(pathOf(place), name) });
    }
  }
  return tokens;
}

/** What a URL, a query string or form data holds. */
export interface ParameterSearch {
  readonly tokens: readonly FoundToken[];
  readonly isUrl: boolean;
  readonly hasCode: boolean;
}

/** Parameters of query and fragment, or of form data, that are called like a token or hold a JWT. */
export function collectParameters(text: string): ParameterSearch {
  // Bounded, as a loop over megabytes takes more stack than a regular expression has.
  const isUrl = /^[a-z][\w+.-]{0,100}:\/\/\S/i.test(text);
  const isPairs = /^[?#&]?[\w.-]{1,100}=[^=\s]/.test(text);
  if (!isUrl && !isPairs) return { tokens: [], isUrl: false, hasCode: false };
  const joined = text.replace(/\s+/g, '');
  const [query = '', fragment = ''] = isUrl
    ? [/\?([^#]*)/.exec(joined)?.[1], /#(.*)/.exec(joined)?.[1]]
    : [joined.replace(/^[?#&]/, '')];
  const pairs: Parameters = [...parseForm(query), ...parseForm(fragment)];
  return {
    isUrl,
    hasCode: pairs.some(([name]) => name === 'code'),
    tokens: pairs.flatMap(([name, value]) => {
      const found = tokenIn(name, value);
      return found === undefined ? [] : [{ text: found, name }];
    }),
  };
}

/** Everything that has the outer form of a JWT and a header that is JSON. */
export function scanForJwts(text: string): readonly FoundToken[] {
  return jwtsIn(text)
    .filter(hasJsonHeader)
    .map((match) => ({ text: match, name: null }));
}

/** Whatever has the outer form of a JWT, with the disclosures behind it. */
function jwtsIn(text: string): readonly string[] {
  const found: string[] = [];
  let end = 0;
  for (const { 0: jwt, index } of text.matchAll(jwts)) {
    // The one that binds the one before to a key.
    if (index < end) continue;
    end = index + jwt.length;
    disclosure.lastIndex = end;
    while (disclosure.test(text)) end = disclosure.lastIndex;
    found.push(text.slice(index, end));
  }
  return found;
}

function tokenIn(name: string, value: string): string | undefined {
  const bare = bareValue(value);
  const [whole] = jwtsIn(bare);
  if (whole === bare && hasJsonHeader(bare)) return bare;
  const opaque = value.trim();
  return opaque !== '' && tokenNames.has(name.toLowerCase().replace(/[_-]/g, '')) ? opaque : undefined;
}

function hasJsonHeader(text: string): boolean {
  const header = Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString('utf8');
  return header.length < 100_000 && /^\s*\{/.test(header) && parsePlainJson(header) !== undefined;
}

/**
 * The compact forms of a JWS or JWE in a JSON serialization, one for each signature or recipient; empty for anything
 * else (RFC 7515 §7.2, RFC 7516 §7.2). An unprotected header is left out: no signature covers it.
 */
export function compactFromJson(value: JsonObject): readonly FoundToken[] {
  const { payload, signatures, ciphertext, recipients } = value;
  if (typeof payload === 'string') {
    return partsOf(signatures, value).flatMap((part, index) =>
      typeof part.signature === 'string' && typeof part.protected === 'string'
        ? [named(`${part.protected}.${payload}.${part.signature}`, signatures, 'signatures', index)]
        : [],
    );
  }
  if (typeof ciphertext !== 'string' || typeof value.protected !== 'string' || value.aad !== undefined)
    return [];
  const { protected: header, iv = '', tag = '' } = value;
  return partsOf(recipients, value).flatMap(({ encrypted_key: key = '' }, index) =>
    [key, iv, tag].every((part) => typeof part === 'string')
      ? [named(`${header}.${key}.${iv}.${ciphertext}.${tag}`, recipients, 'recipients', index)]
      : [],
  );
}

function partsOf(list: unknown, whole: JsonObject): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [whole];
}

function named(text: string, list: unknown, name: string, index: number): FoundToken {
  return { text, name: Array.isArray(list) ? `${name}[${index}]` : null };
}

/** What may stand around a token and belongs to none: quotes, brackets and whatever separates. */
const outside = new Set('"\'`“”‘’()[]{}<>,;| \t\r\n');

/** Takes surrounding whitespace and quotes away, as long as what they quote holds no further ones. */
export function stripQuotes(text: string): string {
  let inner = text.trim();
  for (const quote of ['"', "'", '`']) {
    const isQuoted = inner.length > 1 && inner.startsWith(quote) && inner.endsWith(quote);
    if (isQuoted && inner.indexOf(quote, 1) === inner.length - 1) inner = inner.slice(1, -1).trim();
  }
  return inner;
}

/** Takes everything away around a token that is part of none. */
function stripOutside(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && outside.has(text.charAt(start))) start += 1;
  while (end > start && outside.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Authentication schemes that carry a token (RFC 6750 §2.1, RFC 9449 §7.1). */
const scheme = /^(?:bearer|dpop|token|jwt)(?:\s+|%20|\+(?=ey))/i;
const label = /^([A-Za-z][\w-]{1,60})["']?\s*[:=](?!\/\/)\s*/;

/** Takes the name in front of a value away, and the scheme: `Authorization: Bearer eyJ…`, `"id_token": "eyJ…",`. */
export function labelOf(text: string): { readonly name: string | null; readonly value: string } {
  const bare = stripOutside(text);
  const [whole = '', name = null] = label.exec(bare) ?? [];
  const rest = bare.slice(whole.length);
  // Text before padding (`abc==`) is not a name, and neither is the header of a padded JWT.
  const isNamed = /[^=\s]/.test(rest) && !(name !== null && /^e[wy][\w-]{6}/.test(name));
  return { name: isNamed ? name : null, value: bareValue(isNamed ? rest : bare) };
}

/** Takes the scheme away, and decodes `%XX`, as a token has it that was copied out of a URL. */
function bareValue(text: string): string {
  return decodeBase64Jwt(decodePercents(stripOutside(stripOutside(text).replace(scheme, ''))));
}

/** A JWT that was encoded in base64 once more, as Kubernetes keeps its secrets; any other text stays as it is. */
export function decodeBase64Jwt(text: string): string {
  if (text.length < 40 || !/^ZX[ld][\w+/-]*=*$/.test(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('latin1').trim();
  return /^e[wy][\w-]{8}[\w-]*\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?$/.test(decoded) ? decoded : text;
}

function decodePercents(value: string): string {
  if (!/%[\da-f]{2}/i.test(value)) return value;
  return attempt(() => stripOutside(decodeURIComponent(value).replace(scheme, ''))) ?? value;
}
