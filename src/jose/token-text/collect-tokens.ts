import { Buffer } from 'node:buffer';
import { type ExactJson, extendPath, memberNames, objectsByLevel, pathOf } from '../../json/exact-json.ts';
import { type Parameters, parseForm } from '../../protocol/parameters.ts';
import type { FoundToken } from './found-token.ts';
import { bareValue } from './strip-wrapping.ts';

/** Names of members and parameters that hold a token, opaque or not, in lower case without `_` and `-`. */
const tokenNames = new Set([
  'accesstoken',
  'actortoken',
  'assertion',
  'clientassertion',
  'idtoken',
  'idtokenhint',
  'jwt',
  'logouttoken',
  'oauthtoken',
  'refreshtoken',
  'registrationaccesstoken',
  'subjecttoken',
  'token',
]);

/** Levels below the top that are searched by name. */
const deepestSearch = 8;

/**
 * A JWS or JWE in running text; `e` and `w` or `y` begin the base64url of every JSON object. Neither `{8,}` nor a
 * repeated group may stand for a whole part, for which the engine's stack is too small.
 */
const jwts = /(?<![\w-])e[wy][\w-]{8}[\w-]*\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?/g;
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
  const isUrl = /^[a-z][\w+.-]*:\/\/\S/i.test(text);
  const isPairs = /^[?#&]?[\w.-]+=[^=\s]/.test(text);
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
  try {
    const header = Buffer.from(text.slice(0, text.indexOf('.')), 'base64url').toString('utf8');
    return header.length < 100_000 && /^\s*\{/.test(header) && typeof JSON.parse(header) === 'object';
  } catch {
    return false;
  }
}
