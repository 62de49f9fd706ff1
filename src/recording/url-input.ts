import { parseUrl, withoutQuery } from '../http-message.ts';
import { type Parameters, parseForm } from '../protocol/parameters.ts';

/** The kind of a URL, judged by its parameters. */
export type UrlKind = 'authorization_request' | 'callback' | 'callback_in_fragment' | 'metadata' | 'other';

const callbackNames =
  /^(?:code|error|error_description|access_token|id_token|authCode|auth_code|authorization_code|spapi_oauth_code|error_code|error_reason|errorCode|response)$/;

/** Tells an authorization request from a callback: by the names of its parameters, never by its host. */
export function urlKind(url: string): UrlKind {
  const { query, fragment } = urlParameters(url);
  const names = new Set(query.map(([name]) => name));
  if (names.has('response_type') || (names.has('client_id') && asksForSomething(names))) {
    return 'authorization_request';
  }
  if (isCallback(query)) return 'callback';
  if (isCallback(fragment)) return 'callback_in_fragment';
  if (names.has('client_id')) return 'authorization_request';
  return isMetadataUrl(url) ? 'metadata' : 'other';
}

/** Whether a URL is where a server has its metadata (OIDC Discovery §4; RFC 8414 §3). */
export function isMetadataUrl(url: string): boolean {
  return /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(url);
}

/** Whether a URL is a link to a page that explains an error by its number: its `code` is no authorization code. */
export function isErrorPageLink(url: string): boolean {
  return /\/error\/?\?code=\d+$/.test(url);
}

function asksForSomething(names: ReadonlySet<string>): boolean {
  const asking = ['redirect_uri', 'request_uri', 'request', 'scope', 'code_challenge'];
  return asking.some((name) => names.has(name));
}

function isCallback(parameters: Parameters): boolean {
  return (
    parameters.some(([name, value]) => callbackNames.test(name) && value !== '') || isStateAlone(parameters)
  );
}

/** An answer whose code went missing still has its state. */
function isStateAlone(parameters: Parameters): boolean {
  return parameters.some(([name]) => name === 'state') && parameters.length <= 3;
}

/** The parameters of query and fragment; further literal `?` in a query are read as `&`. */
export function urlParameters(url: string): { readonly query: Parameters; readonly fragment: Parameters } {
  const hash = url.indexOf('#');
  const base = hash === -1 ? url : url.slice(0, hash);
  const mark = base.indexOf('?');
  const query = mark === -1 ? '' : base.slice(mark + 1);
  return {
    query: parseForm(query.replaceAll('?', '&')),
    fragment: parseForm(hash === -1 ? '' : url.slice(hash + 1).replace(/^[?&]/, '')),
  };
}

/** Tells whether a URL is at an endpoint, or one of several, whatever its query. */
export function isAt(url: string, endpoint: string | readonly string[] | undefined): boolean {
  return [endpoint ?? []].flat().some((one) => withoutQuery(url) === withoutQuery(one));
}

/** Tells whether two URLs have one origin; what is not a URL equals itself alone. */
export function isSameOrigin(one: string, other: string): boolean {
  const [first, second] = [one, other].map((url) => parseUrl(url)?.origin ?? url);
  return first === second;
}

/** A URL taken apart as text, however odd it is: nothing is decoded or normalised. */
export interface UrlParts {
  /** Such as `https://host:port`; empty for a relative URL. */
  readonly origin: string;
  /** `host:port`. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Takes a URL apart without judging it. */
export function splitUrl(url: string): UrlParts {
  const [, origin = '', host = '', path = '', query = '', fragment = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/i.exec(url) ?? [];
  return { origin, host, path: path === '' ? '/' : path, query, fragment };
}
