import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import type { ServerMetadata } from '../protocol/metadata.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import {
  answerKinds,
  askedOf,
  callbackInLocation,
  callbackOfRequest,
  endpointOfExchange,
  isChallenged,
  isErrorPage,
  isPushAt,
  type KnownSoFar,
  lastSent,
  learnMetadata,
  nothingKnown,
  scopeAskedFor,
} from './exchange-purpose.ts';
import { isTransportFailure, type TransportFailure } from './failure-in-text.ts';
import type {
  Asked,
  RecordedCheck,
  RecordedEvent,
  RecordedExchange,
  RecordedRequest,
  RecordedResponse,
} from './recording.ts';
import { checksOf, receivedCallback } from './recording.ts';
import { refusedByClient } from './refusal-in-text.ts';
import {
  readPushedRequest,
  readSentAuthorizationRequest,
  readSentProof,
  readSentTokenRequest,
  type SentAuthorizationRequest,
  type SentProof,
  type SentTokenRequest,
} from './sent-request.ts';

interface MessageFacts {
  /** Where it was found, in words for a person. */
  readonly source: string;
  /** When its request was sent, by the clock of the client. */
  readonly at: Date | null;
  readonly durationMs: number | null;
  /** The text that quotes it, where it was not recorded itself. */
  readonly quoted?: string | undefined;
  /** That of its request. */
  readonly proof?: SentProof | undefined;
}

interface Answered {
  readonly request: RecordedRequest | null;
  readonly response: RecordedResponse;
}

/** One message of an OAuth conversation, with what was asked for it. */
export type Message = MessageFacts &
  (
    | {
        readonly kind: 'authorization_request';
        readonly sent: SentAuthorizationRequest;
        /** An answer that is not a redirect: a page for the person, or that of a pushed request (RFC 9126 §2.2). */
        readonly response: RecordedResponse | null;
        /** How the client proved itself beside a pushed request, as a token request would; absent in the browser. */
        readonly pushedBy?: SentTokenRequest;
      }
    | {
        readonly kind: 'callback';
        readonly received: ReceivedAuthorizationResponse;
        readonly asked: Asked;
        /** Of the authorization request; undefined when it is not known. */
        readonly requested: Parameters | undefined;
        /** The status by which the client refused it; null when it did not, or that is not known. */
        readonly refusedBy: number | null;
      }
    /** A token request whose answer is not there. */
    | { readonly kind: 'token_request'; readonly sent: SentTokenRequest }
    | {
        readonly kind: 'token_response';
        readonly sent: SentTokenRequest | null;
        readonly asked: Asked;
        /** The authorization_details that were asked for in the browser (RFC 9396 §2). */
        readonly details?: string;
        readonly response: RecordedResponse;
      }
    | ({ readonly kind: 'userinfo'; readonly asked: Asked } & Answered)
    | ({ readonly kind: 'metadata'; readonly asked: Asked } & Answered)
    /** An answer with codes for a device (RFC 8628 §3.2), that begins a sign-in (CIBA §7.3), or describes a client. */
    | { [Kind in AnswerKind]: { readonly kind: Kind } & Answered }[AnswerKind]
    /** A protected resource that refused a token (RFC 6750 §3). */
    | ({ readonly kind: 'challenge' } & Answered)
    /** An answer that the client library did not accept, in its own words. */
    | { readonly kind: 'client_refusal'; readonly text: string }
    /** A request that no server answered. */
    | {
        readonly kind: 'failure';
        readonly failure: TransportFailure;
        readonly text: string;
        readonly request: RecordedRequest | null;
      }
    | { readonly kind: 'jwt'; readonly text: string }
  );

/** The kinds of messages that are known by their answer alone. */
export type AnswerKind = (typeof answerKinds)[keyof typeof answerKinds];

/** The kind of a message. */
export type MessageKind = Message['kind'];

/** A message of one kind. */
export type MessageOf<Kind extends MessageKind> = Extract<Message, { readonly kind: Kind }>;

/** Messages that belong together, in the order they were sent, and what else was seen of their server. */
export interface Conversation {
  readonly messages: readonly Message[];
  readonly metadata: ServerMetadata | null;
  /** The client authentication methods the server lists, where they are known without its metadata. */
  readonly advertisedAuthMethods?: readonly string[] | undefined;
  /** What a run of this tool has checked itself. */
  readonly checks?: readonly RecordedCheck[];
  /** The last key set that was fetched, where from and the key IDs in it; null when none was seen. */
  readonly keySet: KnownSoFar['keySet'];
}

/**
 * Sorts the events of a recording by what they are for, in the order they were sent, and gives each what earlier ones
 * say about it: the state and the scope that were asked for. Messages of no OAuth conversation are left out.
 */
export function sortConversation(events: readonly RecordedEvent[]): Conversation {
  const known = nothingKnown(events.length === 1);
  const inOrder = orderByTime(events);
  learnMetadata(inOrder, known);
  for (const event of inOrder) if (event.type === 'exchange') learnCodes(event, known);
  const messages = inOrder.flatMap((event) => sortOne(event, known));
  const told = events.findLast((event) => event.type === 'client_authentication');
  return {
    messages: messages.length > 0 ? messages : inOrder.flatMap(refusal),
    metadata: known.metadata,
    advertisedAuthMethods: told?.advertised ?? undefined,
    checks: checksOf({ events }),
    keySet: known.keySet,
  };
}

const jwtInField = /\be[wy][\w-]{6,}={0,2}\.[\w-]+={0,2}\.[\w-]*={0,2}/g;

/** Where nothing tells of OAuth, what an API or something in front of it refuses is all there is. */
function refusal(event: RecordedEvent): readonly Message[] {
  // A browser records pages of all kinds, with their times.
  if (event.type !== 'exchange' || event.started_at !== null) return [];
  const { request, response, source = '', duration_ms: durationMs } = event;
  // A request by itself may carry tokens for the server behind.
  if (response === null) {
    const tokens = (request?.headers ?? []).flatMap(([, value]) => value.match(jwtInField) ?? []);
    return tokens.map((text) => ({ kind: 'jwt', source, at: null, durationMs, text }));
  }
  if ((response.status ?? 400) < 300) return [];
  return [{ kind: 'challenge', source, at: null, durationMs, request, response }];
}

/** Events in the order they were sent: files of proxies are in that of the answers. Without times as they are. */
export function orderByTime(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const times = events.map((event) => (event.type === 'exchange' ? event.started_at : null));
  if (times.includes(null)) return events;
  return events
    .map((event, index) => ({ event, at: Date.parse(times[index] ?? '') }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event);
}

/** A code that is redeemed later was brought by a callback, whether or not its request was recorded. */
function learnCodes(exchange: RecordedExchange, known: KnownSoFar): void {
  const { request } = exchange;
  if (request === null || endpointOfExchange(exchange, known) !== 'token') return;
  const { parameters } = readSentTokenRequest(request);
  const code = parameterValue(parameters, 'code');
  if (code !== undefined) known.codes.add(code);
  known.hasUnreadCode ||= parameters.length === 0;
}

function sortOne(event: RecordedEvent, known: KnownSoFar): readonly Message[] {
  const base = { source: event.source ?? 'this run', at: null, durationMs: null, quoted: event.quoted };
  switch (event.type) {
    case 'jwt':
      return [{ ...base, kind: 'jwt', text: event.text }];
    case 'authorization_request':
      return [authorizationRequest(base, readSentAuthorizationRequest(event.url), null, known)];
    case 'callback':
      return callback(
        { ...base, at: event.received_at === undefined ? null : new Date(event.received_at) },
        receivedCallback(event),
        event.asked,
        known,
      );
    case 'exchange':
      return sortExchange(event, known);
    default:
      return [];
  }
}

function callback(
  base: MessageFacts,
  received: ReceivedAuthorizationResponse | undefined,
  asked: Asked | undefined,
  known: KnownSoFar,
  status: number | null = null,
): readonly MessageOf<'callback'>[] {
  if (received === undefined) return [];
  // An error page of the server brings no state to compare.
  const isPage = known.sent.length > 0 && asked?.state === undefined && isErrorPage(received.url, known);
  const compared = isPage
    ? { asked: {}, requested: undefined, quoted: base.quoted ?? received.url }
    : { asked: askedOf(asked, known), requested: lastSent(known)?.parameters };
  return [
    {
      ...base,
      kind: 'callback',
      received,
      ...compared,
      refusedBy: status !== null && status >= 400 ? status : null,
    },
  ];
}

function sortExchange(exchange: RecordedExchange, known: KnownSoFar): readonly Message[] {
  const {
    request,
    response,
    source = 'this run',
    started_at,
    duration_ms: durationMs,
    asked = {},
    quoted,
  } = exchange;
  const base: MessageFacts = {
    source,
    at: started_at === null ? null : new Date(started_at),
    durationMs,
    quoted,
    proof: request === null ? undefined : readSentProof(request, known.proofs),
  };
  const { code, message } = exchange.error ?? { code: '', message: '' };
  // Of what a browser saved, only that of a login counts.
  const endpoint = endpointOfExchange(exchange, known);
  const isOurs = started_at === null || endpoint !== undefined;
  if (code === refusedByClient) return [{ ...base, kind: 'client_refusal', text: message }];
  if (response === null && quoted !== undefined && isOurs && isTransportFailure(code)) {
    const failed: Message = { ...base, kind: 'failure', failure: code, text: message, request };
    // The answer that the browser was to bring is known all the same.
    const received =
      endpoint === 'callback' && request !== null ? callbackOfRequest(request, known) : undefined;
    return [failed, ...callback(base, received, asked, known)];
  }
  const redirected = () => callback(base, callbackInLocation(exchange, known), asked, known);
  switch (endpoint) {
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
      const pushedBy = isPushAt(exchange, known.metadata) ? { pushedBy: readSentTokenRequest(request) } : {};
      return [{ ...message, ...pushedBy }, ...redirected()];
    }
    case 'callback':
      return request === null
        ? []
        : callback(base, callbackOfRequest(request, known), asked, known, response?.status);
    case 'token':
      return tokenExchange(base, exchange, known);
    case 'userinfo':
      if (response === null) return [];
      if (response.body === null && !isChallenged(response) && (response.status ?? 0) < 400) return [];
      return response.body === null
        ? [{ ...base, kind: 'challenge', request, response }]
        : [{ ...base, kind: 'userinfo', request, response, asked: askedOf(asked, known) }];
    case 'discovery':
      // A place at which nothing is counts where no other has the metadata.
      if (response === null || (response.status === 404 && known.metadata !== null)) return [];
      return [{ ...base, kind: 'metadata', request, response, asked }];
    case 'device_authorization':
    case 'backchannel_authentication':
    case 'registration':
      // A client that was deleted is described no more (RFC 7592 §2.3).
      if (response === null || (response.status === 204 && !response.body)) return [];
      return [{ ...base, kind: answerKinds[endpoint], request, response }];
    case 'challenge':
      // Asked without a token, to learn where there is one (RFC 9728 §5): nothing was refused.
      return response === null || exchange.step === 'resource'
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
  base: MessageFacts,
  sent: SentAuthorizationRequest,
  response: RecordedResponse | null,
  known: KnownSoFar,
): MessageOf<'authorization_request'> {
  known.sent.push(sent);
  return { ...base, kind: 'authorization_request', sent, response };
}

function tokenExchange(
  base: MessageFacts,
  { request, response, asked = {} }: RecordedExchange,
  known: KnownSoFar,
): readonly Message[] {
  const sent = request === null ? null : readSentTokenRequest(request);
  if (response === null || (response.body === null && response.status === null)) {
    return sent === null ? [] : [{ ...base, kind: 'token_request', sent }];
  }
  const grant = asked.grant ?? (sent === null ? undefined : parameterValue(sent.parameters, 'grant_type'));
  const scope =
    asked.scope ?? scopeAskedFor(sent === null ? undefined : parameterValue(sent.parameters, 'scope'));
  const isOfBrowser = grant === 'authorization_code' || grant === undefined;
  const fromBrowser = isOfBrowser ? askedOf({}, known) : {};
  const asking = isOfBrowser ? lastSent(known)?.parameters : undefined;
  const details = parameterValue(asking ?? [], 'authorization_details');
  return [
    {
      ...base,
      kind: 'token_response',
      sent,
      response,
      ...(details === undefined ? {} : { details }),
      asked: {
        ...fromBrowser,
        ...asked,
        ...(grant === undefined ? {} : { grant }),
        ...(scope === undefined ? {} : { scope }),
      },
    },
  ];
}
