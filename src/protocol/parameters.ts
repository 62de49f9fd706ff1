import { Buffer } from 'node:buffer';
import { attempt } from '../errors/attempt.ts';
import { type HttpRequest, mediaType } from '../http-message.ts';
import type { JsonValue } from '../json/json.ts';

/** Request parameters in the order they are sent; a name may stand more than once (`resource`, RFC 8707 §2). */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** Those parameters that have a value. */
export function presentParameters(wanted: readonly (readonly [string, string | undefined])[]): Parameters {
  return wanted.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
}

/** A change of a request that the user wants: `set` replaces or adds, `remove` takes the name out. */
export type ParameterOverride =
  | { readonly type: 'set'; readonly name: string; readonly value: string }
  | { readonly type: 'remove'; readonly name: string };

/** Reads `name=value`, `name=` (sent empty) or `name` (removed); undefined when the name is empty. */
export function readParameterOverride(text: string): ParameterOverride | undefined {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (name === '') return undefined;
  return at === -1 ? { type: 'remove', name } : { type: 'set', name, value: text.slice(at + 1) };
}

/**
 * Applies overrides in order. The first `set` of a name replaces every value it had, further ones add to it, so
 * that a repeated option sends a repeated parameter.
 */
export function overrideParameters(
  parameters: Parameters,
  overrides: readonly ParameterOverride[],
): Parameters {
  const touched = new Set<string>();
  let result = [...parameters];
  for (const override of overrides) {
    const at = result.findIndex(([name]) => name === override.name);
    if (override.type === 'remove' || !touched.has(override.name)) {
      result = result.filter(([name]) => name !== override.name);
    }
    if (override.type === 'set') {
      const replaces = at !== -1 && !touched.has(override.name);
      result.splice(replaces ? at : result.length, 0, [override.name, override.value]);
      touched.add(override.name);
    }
  }
  return result;
}

/** The first value of a parameter. */
export function parameterValue(parameters: Parameters, name: string): string | undefined {
  return parameters.find(([candidate]) => candidate === name)?.[1];
}

/** A member of a JWT as the parameter it stands for. */
export function parameterText(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Serialises as application/x-www-form-urlencoded (RFC 6749 Appendix B). */
export function encodeForm(parameters: Parameters): string {
  return new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Serialises a query with spaces as `%20`: every server reads that, while some take a `+` literally. */
export function encodeQuery(parameters: Parameters): string {
  return parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes application/x-www-form-urlencoded data in order (RFC 6749 Appendix B). A plus sign is a space, a percent
 * sign that starts no octet stands for itself, octets that are not UTF-8 become U+FFFD, and empty parts are left out.
 */
export function parseForm(text: string): Parameters {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [decodeComponent(name), decodeComponent(value)];
    });
}

function decodeComponent(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return spaced.includes('%')
    ? spaced.replace(/(?:%[\da-f]{2})+/gi, (octets) =>
        utf8.decode(Buffer.from(octets.replaceAll('%', ''), 'hex')),
      )
    : spaced;
}

/** The parameters of a request: those of its form when it has one, else those of its query. */
export function requestParameters({ url, headers, body }: HttpRequest): Parameters {
  if (isForm({ headers })) return parseForm(body ?? '');
  return parseForm(splitQuery(url).query);
}

/** A request with one parameter changed, in its form when it has one, else in its query. */
export function changeParameter(request: HttpRequest, override: ParameterOverride): HttpRequest {
  const parameters = overrideParameters(requestParameters(request), [override]);
  if (isForm(request)) return { ...request, body: encodeForm(parameters) };
  const { base, fragment } = splitQuery(request.url);
  const query = encodeQuery(parameters);
  return { ...request, url: `${base}${query === '' ? '' : `?${query}`}${fragment}` };
}

/** A request with a header field set, or taken out when the value is empty. */
export function changeHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  const at = request.headers.findIndex(([candidate]) => sameName(candidate, name));
  const others = request.headers.filter(([candidate]) => !sameName(candidate, name));
  const place = at === -1 ? others.length : at;
  const headers =
    value === '' ? others : [...others.slice(0, place), [name, value] as const, ...others.slice(place)];
  return { ...request, headers };
}

function isForm({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return mediaType(headers) === 'application/x-www-form-urlencoded';
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function splitQuery(url: string): {
  readonly base: string;
  readonly query: string;
  readonly fragment: string;
} {
  const [, base = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#[\s\S]*)?$/.exec(url) ?? [];
  return { base, query, fragment };
}

/** The scope tokens of a scope value (RFC 6749 §3.3). */
export function splitScope(scope: string): readonly string[] {
  return scope.split(/\s+/).filter((token) => token !== '');
}

/** A text with its percent-encoding undone (RFC 3986 §2.1); one that is malformed stays as it is. */
export function percentDecoded(text: string): string {
  return attempt(() => decodeURIComponent(text)) ?? text;
}

/** A URL with the names of its parameters alone: a token or code may be a value of theirs. */
export function urlWithoutValues(url: string): string {
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(url) ?? [];
  const names = query.split('&').map((pair) => pair.replace(/=.*$/s, '=…'));
  return query === '' ? path : `${path}?${names.join('&')}`;
}
