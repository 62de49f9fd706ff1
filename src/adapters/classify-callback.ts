import { combinedHeaderValue, type HeaderList, headerValue, mediaType } from '../http-message.ts';
import { fragmentMediaType } from '../protocol/redirect-uri.ts';
import type { CallbackPlace } from './callback-place.ts';

/** The head of a request that reached the listener, as on the wire. */
export interface RequestHead {
  readonly method: string;
  /** The request target, not decoded (RFC 9112 §3.2). */
  readonly target: string;
  readonly headers: HeaderList;
  /** `address:port` of our end of the connection. */
  readonly localAuthority: string;
}

/** The kind of a request to the listener, judged by its head alone. */
export type ClassifiedRequest =
  /** Carries an authorization response, or claims to. `url` is absolute. */
  | { readonly type: 'query' | 'form_post' | 'fragment'; readonly url: string }
  /** The redirect URI without anything of an authorization response: the answer may stand behind `#`. */
  | { readonly type: 'relay' }
  | { readonly type: 'not_found' }
  | { readonly type: 'refused'; readonly status: 400 | 403 | 405 | 415 | 421 }
  /** Loaded ahead of time by the browser: the user has not seen it, nothing may happen. */
  | { readonly type: 'prefetch' }
  | { readonly type: 'empty'; readonly status: 200 | 204 };

/**
 * Sorts a request: is it for us (RFC 9110 §7.4, against DNS rebinding), is it the callback, and how does it carry
 * its answer (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2).
 */
export function classifyRequest(head: RequestHead, place: CallbackPlace): ClassifiedRequest {
  const target = splitTarget(head.target);
  if (target === undefined) return { type: 'refused', status: 400 };
  if (!isForUs(head, target, place)) return { type: 'refused', status: 421 };
  if (!place.paths.has(target.path)) {
    return target.path === '/favicon.ico' ? { type: 'empty', status: 204 } : { type: 'not_found' };
  }
  const url = place.origin + target.path + target.query;
  switch (head.method) {
    case 'HEAD':
      return { type: 'empty', status: 200 };
    case 'OPTIONS':
      return { type: 'empty', status: 204 };
    case 'GET':
      if (isPrefetch(head.headers)) return { type: 'prefetch' };
      if (!isNavigation(head.headers)) return { type: 'refused', status: 403 };
      return place.ownQueries.has(target.query) ? { type: 'relay' } : { type: 'query', url };
    case 'POST':
      return classifyPost(head, place, url);
    default:
      return { type: 'refused', status: 405 };
  }
}

function classifyPost(head: RequestHead, place: CallbackPlace, url: string): ClassifiedRequest {
  const type = mediaType(head.headers);
  if (type === 'application/x-www-form-urlencoded') {
    return isNavigation(head.headers) ? { type: 'form_post', url } : { type: 'refused', status: 403 };
  }
  if (type !== fragmentMediaType) return { type: 'refused', status: 415 };
  return isSameOrigin(head, place) ? { type: 'fragment', url } : { type: 'refused', status: 403 };
}

/** Whether a request names us as its host (RFC 9110 §7.4). */
export function isForUs(head: RequestHead, target: { readonly authority?: string }, place: CallbackPlace) {
  const host = target.authority ?? soleValue(head.headers, 'host');
  return host !== undefined && isOurs(host, head, place);
}

/** The parts of an origin-form or absolute-form target (RFC 9112 §3.2.1, §3.2.2). */
export function splitTarget(target: string): { authority?: string; path: string; query: string } | undefined {
  const match = /^(?:https?:\/\/([^/?#]*))?([^?]*)(.*)$/is.exec(target);
  const [, authority, path = '', query = ''] = match ?? [];
  if (authority !== undefined) return { authority, path: path === '' ? '/' : path, query };
  return path.startsWith('/') ? { path, query } : undefined;
}

function isOurs(host: string, head: RequestHead, place: CallbackPlace): boolean {
  const named = host.trim().toLowerCase();
  if (place.authorities.has(named)) return true;
  // An address cannot be rebound; what was bound may be every address of the machine.
  return [named, `${named}:80`, `${named}:443`].includes(head.localAuthority);
}

/** Only our relay page may hand over a fragment: a browser says where a request comes from, other clients cannot. */
function isSameOrigin(head: RequestHead, place: CallbackPlace): boolean {
  const site = headerValue(head.headers, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = headerValue(head.headers, 'origin');
  if (origin === undefined) return true;
  const [, named] = /^https?:\/\/([^/]*)$/.exec(origin) ?? [];
  return named !== undefined && isOurs(named, head, place);
}

function isPrefetch(headers: HeaderList): boolean {
  return ['purpose', 'sec-purpose', 'x-purpose', 'x-moz'].some((name) =>
    /\b(?:prefetch|prerender|preview)\b/i.test(combinedHeaderValue(headers, name) ?? ''),
  );
}

/** No script, image or frame of a page answers for the user; a client that says nothing may be an old browser. */
function isNavigation(headers: HeaderList): boolean {
  const says = (name: string, expected: string) =>
    (combinedHeaderValue(headers, name) ?? expected).trim() === expected;
  return says('sec-fetch-mode', 'navigate') && says('sec-fetch-dest', 'document');
}

/** The value of a field that may stand only once; of two `Host` fields neither counts (RFC 9112 §3.2). */
function soleValue(headers: HeaderList, name: string): string | undefined {
  const values = headers.filter(([candidate]) => candidate.toLowerCase() === name);
  return values.length === 1 ? values[0]?.[1] : undefined;
}
