import { headerValue } from '../http-message.ts';
import { callbackErrorCodes } from '../protocol/error-codes.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import type { CapturedExchange } from './captured.ts';
import { askedOf, isAt, type KnownSoFar } from './known-so-far.ts';
import type { Message, MessageOf } from './message.ts';
import { bodyParameters } from './sent-request.ts';
import { urlKind, urlParameters } from './url-input.ts';

/** What every message has. */
export type MessageBase = Pick<Message, 'source' | 'at' | 'durationMs'>;

/** A request that brings the answer to a redirect URI or a state that was sent. */
export function isCallbackRequest({ request }: CapturedExchange, known: KnownSoFar): boolean {
  if (request === null) return false;
  const { query, fragment } = urlParameters(request.url);
  const body = request.method === 'POST' ? bodyParameters(request).parameters : [];
  const parameters = [...query, ...fragment, ...body];
  const has = (name: string) => (parameterValue(parameters, name) ?? '') !== '';
  if (!has('code') && !has('error') && !has('id_token') && !has('access_token')) return false;
  const state = parameterValue(parameters, 'state');
  const knowsOne = known.sent.some(
    ({ parameters: own }) =>
      (state !== undefined && parameterValue(own, 'state') === state) ||
      isAt(request.url, parameterValue(own, 'redirect_uri')),
  );
  return knowsOne || (known.sent.length === 0 && has('state') && speaksForItself(parameters, known));
}

/**
 * Where the authorization request was not recorded, a code and a state alone make no callback: other pages have
 * parameters of that name. It is one when its code is redeemed later, when it names its issuer (RFC 9207 §2) or an
 * error of the registry, or when it is all there is.
 */
function speaksForItself(parameters: Parameters, known: KnownSoFar): boolean {
  const code = parameterValue(parameters, 'code');
  const error = parameterValue(parameters, 'error');
  if (code === undefined && error === undefined) return false;
  return (
    known.isAlone ||
    known.hasUnreadCode ||
    (code !== undefined && known.codes.has(code)) ||
    /^https?:\/\//.test(parameterValue(parameters, 'iss') ?? '') ||
    (error !== undefined && callbackErrorCodes.has(error))
  );
}

/** The callback a request brought; none when it was seen in a redirect before. */
export function callbackOf(
  base: MessageBase,
  exchange: CapturedExchange,
  known: KnownSoFar,
): readonly Message[] {
  const { request } = exchange;
  if (request === null || known.callbacks.has(request.url)) return [];
  known.callbacks.add(request.url);
  const asked = askedOf(exchange.asked, known);
  const kind = urlKind(request.url);
  const hash = request.url.indexOf('#');
  const received =
    request.method === 'POST' && request.body !== null
      ? ({ method: 'POST', url: request.url, body: request.body } as const)
      : kind === 'callback_in_fragment'
        ? ({
            method: 'FRAGMENT',
            url: request.url.slice(0, hash),
            fragment: request.url.slice(hash + 1),
          } as const)
        : ({ method: 'GET', url: request.url } as const);
  return [{ ...base, kind: 'callback', received, asked }];
}

/** A redirect to the redirect URI is the answer, whether the browser could follow it or not. */
export function callbackInLocation(
  base: MessageBase,
  { request, response, asked }: CapturedExchange,
  known: KnownSoFar,
): readonly MessageOf<'callback'>[] {
  const location = response?.headers == null ? undefined : headerValue(response.headers, 'location');
  if (location === undefined || !isCallbackUrl(location, request?.url, known)) return [];
  known.callbacks.add(location);
  const hash = location.indexOf('#');
  const received =
    urlKind(location) === 'callback_in_fragment'
      ? ({ method: 'FRAGMENT', url: location.slice(0, hash), fragment: location.slice(hash + 1) } as const)
      : ({ method: 'GET', url: location } as const);
  return [{ ...base, kind: 'callback', received, asked: askedOf(asked, known) }];
}

function isCallbackUrl(location: string, from: string | undefined, known: KnownSoFar): boolean {
  const { sent, callbacks } = known;
  const kind = urlKind(location);
  if (callbacks.has(location) || (kind !== 'callback' && kind !== 'callback_in_fragment')) return false;
  const { query, fragment } = urlParameters(location);
  const parameters = [...query, ...fragment];
  const has = (name: string) => (parameterValue(parameters, name) ?? '') !== '';
  if (!has('code') && !has('error') && !has('id_token') && !has('access_token')) return false;
  return (
    (sent.length === 0 &&
      has('state') &&
      (from === undefined ||
        isAt(from, known.metadata?.authorization_endpoint) ||
        leavesOrigin(from, location) ||
        speaksForItself(parameters, known))) ||
    sent.some(
      ({ parameters: own }) =>
        isAt(location, parameterValue(own, 'redirect_uri')) ||
        (has('state') && parameterValue(own, 'state') === parameterValue(parameters, 'state')),
    )
  );
}

/** A site sends its visitors about with any parameters; what it sends to another one is an answer. */
function leavesOrigin(from: string, location: string): boolean {
  const origin = (url: string) => /^[a-z][a-z\d+.-]*:(?:\/\/[^/?#]*)?/i.exec(url)?.[0].toLowerCase();
  return origin(location) !== undefined && origin(location) !== origin(from);
}
