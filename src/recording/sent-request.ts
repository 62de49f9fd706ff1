import { headerValue, mediaType, withoutQuery } from '../http-message.ts';
import { claimsOf } from '../jose/jwt.ts';
import { isJsonObject, parsePlainJson } from '../json/json.ts';
import { type Parameters, parameterValue, parseForm } from '../protocol/parameters.ts';
import { holdsPlaceholder, variableIn } from '../protocol/placeholder.ts';
import { withRequestObject } from '../protocol/request-object.ts';
import type { RecordedRequest } from './recording.ts';
import { urlParameters } from './url-input.ts';

/** An authorization request as it was sent (RFC 6749 §4.1.1; RFC 9126 §2.1). */
export interface SentAuthorizationRequest {
  /** Without query and fragment. */
  readonly endpoint: string;
  readonly parameters: Parameters;
  /** Whether it went to the server directly (RFC 9126) rather than through the browser. */
  readonly pushed: boolean;
  /** Whether the URL has a fragment. */
  readonly hasFragment: boolean;
}

/** How a client proved itself, as far as that shows in the request (RFC 6749 §2.3; RFC 7521 §4.2). */
export interface SentClientAuthentication {
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'assertion' | 'unreadable_basic';
  readonly clientId: string | null;
  readonly secret: string | null;
  /** A compact JWT. */
  readonly assertion: string | null;
  /** A variable that was to be replaced by the identifier or the secret; null where there is none. */
  readonly variable: string | null;
  /** Whether credentials are in the Authorization header and in the body. */
  readonly twice: boolean;
}

/** A token request as it was sent (RFC 6749 §4.1.3). */
export interface SentTokenRequest {
  readonly method: string;
  /** Empty when only the body is known. */
  readonly url: string;
  readonly parameters: Parameters;
  readonly place: 'form' | 'json' | 'query' | 'unknown';
  readonly mediaType: string | null;
  readonly authentication: SentClientAuthentication;
}

/** A DPoP proof with the request that it went with (RFC 9449 §4.1, §7.1). */
export interface SentProof {
  readonly compact: string;
  readonly method: string;
  readonly url: string;
  /** The token that is bound to its key; undefined at the authorization server. */
  readonly accessToken: string | undefined;
  /** Whether an earlier proof had its jti. */
  readonly isRepeated: boolean;
}

/** Reads the proof of a request; `seen` has the jti of all before and gets this one. */
export function readSentProof(
  { method, url, headers }: RecordedRequest,
  seen: Set<string>,
): SentProof | undefined {
  const compact = headerValue(headers, 'dpop');
  if (compact === undefined) return undefined;
  const { jti } = claimsOf(compact);
  const isRepeated = typeof jti === 'string' && seen.has(jti);
  if (typeof jti === 'string') seen.add(jti);
  const [, accessToken] = /^DPoP\s+(\S+)/i.exec(headerValue(headers, 'authorization') ?? '') ?? [];
  return { compact, method, url, accessToken, isRepeated };
}

/** Reads an authorization request from its URL. */
export function readSentAuthorizationRequest(url: string): SentAuthorizationRequest {
  const isQuery = /^[?#]/.test(url);
  return {
    endpoint: isQuery ? '' : withoutQuery(url),
    parameters: withRequestObject(urlParameters(url).query),
    pushed: false,
    hasFragment: url.includes('#'),
  };
}

/** Reads an authorization request that was pushed, from its body (RFC 9126 §2.1). */
export function readPushedRequest(request: RecordedRequest): SentAuthorizationRequest {
  return {
    endpoint: withoutQuery(request.url),
    parameters: withRequestObject(bodyParameters(request).parameters),
    pushed: true,
    hasFragment: false,
  };
}

/** Reads a token request, wherever its parameters are. */
export function readSentTokenRequest(request: RecordedRequest): SentTokenRequest {
  const inBody = bodyParameters(request);
  const { query } = urlParameters(request.url);
  const found =
    inBody.parameters.length > 0
      ? inBody
      : ['grant_type', 'code', 'client_secret'].some((name) => parameterValue(query, name) !== undefined)
        ? { parameters: query, place: 'query' as const }
        : { parameters: [], place: 'unknown' as const };
  return {
    method: request.method,
    url: request.url,
    ...found,
    ...(request.isCut && { place: 'unknown' as const }),
    mediaType: mediaType(request.headers),
    authentication: readAuthentication(headerValue(request.headers, 'authorization'), found.parameters),
  };
}

/** The parameters of a body, which is form data or, against the specification, a JSON object. */
export function bodyParameters({ body }: RecordedRequest): {
  readonly parameters: Parameters;
  readonly place: 'form' | 'json' | 'unknown';
} {
  const text = body?.trim() ?? '';
  if (text === '') return { parameters: [], place: 'unknown' };
  if (!text.startsWith('{')) return { parameters: parseForm(text), place: 'form' };
  const value = parsePlainJson(text);
  if (!isJsonObject(value)) return { parameters: [], place: 'unknown' };
  const parameters = Object.entries(value).flatMap(([name, item]): [string, string][] =>
    typeof item === 'string' || typeof item === 'number' ? [[name, String(item)]] : [],
  );
  return { parameters, place: 'json' };
}

function readAuthentication(header: string | undefined, parameters: Parameters): SentClientAuthentication {
  const value = (name: string) => parameterValue(parameters, name) ?? null;
  const [clientId, secret, assertion] = [
    value('client_id'),
    value('client_secret'),
    value('client_assertion'),
  ];
  const basic = /^basic\s+(\S.*)$/is.exec(header ?? '')?.[1]?.trim();
  const twice = basic !== undefined && (secret !== null || assertion !== null);
  const variable = variableIn(`${basic} ${clientId} ${secret}`) ?? null;
  const base = { clientId, secret: null, assertion, twice, variable };
  // A redacted recording has a placeholder there.
  if (basic !== undefined && holdsPlaceholder(basic)) return { ...base, method: 'client_secret_basic' };
  if (basic !== undefined) {
    const pair = readBasic(basic);
    const inPair = variable ?? variableIn(`${pair?.clientId} ${pair?.secret}`) ?? null;
    const method = pair === undefined ? 'unreadable_basic' : 'client_secret_basic';
    return { ...base, method, ...pair, variable: inPair };
  }
  if (assertion !== null) return { ...base, method: 'assertion' };
  return { ...base, method: secret === null ? 'none' : 'client_secret_post', secret };
}

/** Both parts are form-encoded before they are joined (RFC 6749 §2.3.1). */
function readBasic(encoded: string): { readonly clientId: string; readonly secret: string } | undefined {
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) return undefined;
  const decode = (text: string) => parseForm(`x=${text.replaceAll('&', '%26')}`)[0]?.[1] ?? text;
  return { clientId: decode(pair.slice(0, colon)), secret: decode(pair.slice(colon + 1)) };
}
