import { parameterValue } from '../protocol/parameters.ts';
import type { Captured, CapturedExchange, CapturedResponse } from './captured.ts';
import { endpointOfExchange } from './endpoint-of-exchange.ts';
import { callbackInLocation, callbackOf, type MessageBase } from './find-callbacks.ts';
import { isChallenged } from './is-oauth-exchange.ts';
import { askedOf, type KnownSoFar, learnMetadata, nothingKnown, scopeAskedFor } from './known-so-far.ts';
import type { Conversation, Message, MessageOf } from './message.ts';
import {
  readPushedRequest,
  readSentAuthorizationRequest,
  readSentTokenRequest,
  type SentAuthorizationRequest,
} from './sent-request.ts';

/**
 * Sorts captured messages by what they are for, in the order they were sent, and gives each what earlier ones say
 * about it: the state and the scope that were asked for. What belongs to no OAuth conversation is left out.
 */
export function sortConversation(captured: readonly Captured[]): Conversation {
  const known = nothingKnown(captured.length === 1);
  const inOrder = orderByTime(captured);
  learnMetadata(inOrder, known);
  for (const item of inOrder) if (item.type === 'exchange') learnCodes(item, known);
  const messages = inOrder.flatMap((item) => sortOne(item, known));
  return { messages, metadata: known.metadata, keySet: known.keySet };
}

/** Captured messages in the order they were sent: files of proxies are in that of the answers. Without times as they are. */
export function orderByTime(captured: readonly Captured[]): readonly Captured[] {
  const times = captured.map((item) => (item.type === 'exchange' ? item.startedAt : null));
  return times.every((time) => time !== null)
    ? captured
        .map((item, index) => ({ item, at: times[index]?.getTime() ?? 0, index }))
        .sort((a, b) => a.at - b.at || a.index - b.index)
        .map(({ item }) => item)
    : captured;
}

/** A code that is redeemed later was brought by a callback, whether or not its request was recorded. */
function learnCodes(exchange: CapturedExchange, known: KnownSoFar): void {
  const { request, endpoint } = exchange;
  if (request === null || (endpoint ?? endpointOfExchange(exchange, known)) !== 'token') return;
  const { parameters } = readSentTokenRequest(request);
  const code = parameterValue(parameters, 'code');
  if (code !== undefined) known.codes.add(code);
  known.hasUnreadCode ||= parameters.length === 0;
}

function sortOne(item: Captured, known: KnownSoFar): readonly Message[] {
  const base = { source: item.source, at: null, durationMs: null };
  switch (item.type) {
    case 'run':
      return [];
    case 'jwt':
      return [{ ...base, kind: 'jwt', text: item.text }];
    case 'authorization_request':
      return [authorizationRequest(base, readSentAuthorizationRequest(item.url), null, known)];
    case 'callback':
      return [{ ...base, kind: 'callback', received: item.received, asked: askedOf(item.asked, known) }];
    case 'exchange':
      return sortExchange(item, known);
  }
}

function sortExchange(exchange: CapturedExchange, known: KnownSoFar): readonly Message[] {
  const { request, response, source } = exchange;
  const base: MessageBase = { source, at: exchange.startedAt, durationMs: exchange.durationMs };
  const asked = exchange.asked;
  const redirected = () => callbackInLocation(base, exchange, known);
  switch (exchange.endpoint ?? endpointOfExchange(exchange, known)) {
    case 'authorization': {
      if (request === null) return [];
      const sent =
        request.method === 'POST' && !/[?&]client_id=/.test(request.url)
          ? readPushedRequest(request)
          : readSentAuthorizationRequest(request.url);
      const isRedirect = (response?.status ?? 0) >= 300 && (response?.status ?? 0) < 400;
      // A login page often carries the parameters along.
      if (isRepeated(sent, known)) return redirected();
      const message = authorizationRequest(base, sent, isRedirect ? null : response, known);
      return [message, ...redirected()];
    }
    case 'callback':
      return request === null ? [] : callbackOf(base, exchange, known);
    case 'token':
      return tokenExchange(base, exchange, known);
    case 'userinfo':
      if (response === null || (response.body === null && !isChallenged(response))) return [];
      return response.body === null
        ? [{ ...base, kind: 'challenge', request, response }]
        : [{ ...base, kind: 'userinfo', request, response, asked: askedOf(asked, known) }];
    case 'discovery':
      return response === null ? [] : [{ ...base, kind: 'metadata', request, response, asked }];
    case 'challenge':
      return response === null
        ? redirected()
        : [{ ...base, kind: 'challenge', request, response }, ...redirected()];
    default:
      return redirected();
  }
}

function isRepeated({ parameters }: SentAuthorizationRequest, { sent }: KnownSoFar): boolean {
  const state = parameterValue(parameters, 'state');
  return sent.some(
    (other) =>
      state !== undefined &&
      parameterValue(other.parameters, 'state') === state &&
      parameterValue(other.parameters, 'client_id') === parameterValue(parameters, 'client_id') &&
      !other.pushed,
  );
}

function authorizationRequest(
  base: MessageBase,
  sent: SentAuthorizationRequest,
  response: CapturedResponse | null,
  known: KnownSoFar,
): MessageOf<'authorization_request'> {
  known.sent.push(sent);
  return { ...base, kind: 'authorization_request', sent, response };
}

function tokenExchange(
  base: MessageBase,
  { request, response, asked }: CapturedExchange,
  known: KnownSoFar,
): readonly Message[] {
  const sent = request === null ? null : readSentTokenRequest(request);
  if (response === null || (response.body === null && response.status === null)) {
    return sent === null ? [] : [{ ...base, kind: 'token_request', sent }];
  }
  const grant = asked.grant ?? (sent === null ? undefined : parameterValue(sent.parameters, 'grant_type'));
  const scope =
    asked.scope ?? scopeAskedFor(sent === null ? undefined : parameterValue(sent.parameters, 'scope'));
  const fromBrowser = grant === 'authorization_code' || grant === undefined ? askedOf({}, known) : {};
  return [
    {
      ...base,
      kind: 'token_response',
      sent,
      response,
      asked: {
        ...fromBrowser,
        ...asked,
        ...(grant === undefined ? {} : { grant }),
        ...(scope === undefined ? {} : { scope }),
      },
    },
  ];
}
