import type { HttpRequest } from '../http-message.ts';
import { mediaType } from './media-type.ts';
import { encodeForm, overrideParameters, type ParameterOverride, type Parameters } from './parameters.ts';
import { parseForm } from './parse-form.ts';

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
  const query = parameters
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
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
