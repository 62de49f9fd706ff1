import { decodeJwt } from '../jose/jwt.ts';
import type { ServerMetadata } from '../protocol/metadata.ts';
import { endpointUrls } from '../protocol/metadata.ts';
import { parameterValue } from '../protocol/parameters.ts';
import {
  type Message,
  type MessageKind,
  type MessageOf,
  orderByTime,
  sortConversation,
} from './conversation.ts';
import {
  type RecordedEvent,
  type RecordedExchange,
  type RecordedToken,
  type Recording,
  recordedCallback,
} from './recording.ts';
import { isAt, splitUrl } from './url-input.ts';

/** The recording of another program as a run of this one would be recorded; nothing in it is redacted yet. */
export function tellAsRun(found: readonly RecordedEvent[]): Recording {
  const moments = found.flatMap((event) =>
    event.type === 'exchange' && event.started_at !== null ? [Date.parse(event.started_at)] : [],
  );
  const startMs = moments.reduce((first, moment) => Math.min(first, moment), moments[0] ?? 0);
  const roleOf = exchangeRoles(found);
  const events = orderByTime(found).flatMap((event) =>
    event.type === 'exchange'
      ? exchangeEvents(event, startMs, roleOf(event))
      : event.type === 'jwt'
        ? []
        : [event],
  );
  const last = events.at(-1);
  const lastMs = last?.type === 'exchange' ? (last.duration_ms ?? 0) : 0;
  return {
    version: 1,
    kind: 'trace',
    recorded_by: '',
    command: '',
    started_at: moments.length === 0 ? null : new Date(startMs).toISOString(),
    duration_ms: (last?.at_ms ?? 0) + lastMs,
    secrets: 'shown',
    outcome: { status: events.some(isRefusal) ? 'failed' : 'done' },
    events,
    tokens: found.flatMap(toToken),
  };
}

/** The events without the exchanges that are not part of an OAuth conversation; all where there is none. */
export function conversationIn(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const roleOf = exchangeRoles(events);
  const kept = events.filter((event) => event.type !== 'exchange' || roleOf(event) !== undefined);
  return kept.length === 0 ? events : kept;
}

function isRefusal(event: RecordedEvent): boolean {
  return event.type === 'exchange' && (event.response?.status ?? 0) >= 400;
}

function toToken(event: RecordedEvent): RecordedToken[] {
  if (event.type !== 'jwt') return [];
  const decoded = decodeJwt(event.text);
  if (decoded.type === 'invalid') return [];
  return [
    { token: event.text, header: decoded.header, claims: decoded.type === 'jws' ? decoded.claims : null },
  ];
}

/**
 * Exchanges of a browser are told as a run of our own tells them, so that both can be compared. An exchange without a
 * time was not recorded by a browser: it was made by hand.
 */
function exchangeEvents(
  exchange: RecordedExchange,
  startMs: number,
  role: ExchangeRole | undefined,
): readonly RecordedEvent[] {
  const { request, response, started_at, duration_ms } = exchange;
  const at_ms = started_at === null ? 0 : Math.max(0, Date.parse(started_at) - startMs);
  const told = (known: string | undefined) => ({ ...exchange, at_ms, step: known ?? stepOf(exchange) });
  if (started_at === null || (role?.request === undefined && role?.callback === undefined)) {
    return [told(role?.step)];
  }
  const redirect_uri = parameterValue(role.request?.sent.parameters ?? [], 'redirect_uri') ?? '';
  const isRefused = (response?.status ?? 0) >= 400 && role.request !== undefined;
  return [
    ...(role.request === undefined || request === null
      ? []
      : [{ type: 'authorization_request' as const, at_ms, url: request.url, redirect_uri }]),
    ...(isRefused ? [told('authorization')] : []),
    ...(role.callback === undefined
      ? []
      : [recordedCallback(role.callback.received, { at_ms: at_ms + (duration_ms ?? 0) })]),
  ];
}

/** The step that the recording names, else the last part of the path. */
function stepOf({ step, request }: RecordedExchange): string {
  return step || splitUrl(request?.url ?? '').path.replace(/^.*\//s, '');
}

/** The purpose of an exchange in its conversation. */
interface ExchangeRole {
  /** The name that a run of our own gives it; undefined where it has none. */
  readonly step: string | undefined;
  /** It sent the user to the authorization server. */
  readonly request: MessageOf<'authorization_request'> | undefined;
  /** It brought the authorization response, or a redirect to it. */
  readonly callback: MessageOf<'callback'> | undefined;
}

const stepOfKind: Readonly<Partial<Record<MessageKind, string>>> = {
  token_request: 'token',
  token_response: 'token',
  metadata: 'discovery',
  device_response: 'device_authorization',
  backchannel_response: 'backchannel_authentication',
  registration: 'registration',
  userinfo: 'userinfo',
};

function stepOfMessage(message: Message): string | undefined {
  return 'pushedBy' in message ? 'par' : stepOfKind[message.kind];
}

/** Finds out what exchanges were for; the function tells it of each, undefined for what is not part of the conversation. */
function exchangeRoles(
  events: readonly RecordedEvent[],
): (exchange: RecordedExchange) => ExchangeRole | undefined {
  const { messages, metadata } = sortConversation(events);
  const bySource = new Map<string, Message[]>();
  for (const message of messages) {
    bySource.set(message.source, [...(bySource.get(message.source) ?? []), message]);
  }
  return (exchange) => {
    const own = bySource.get(exchange.source ?? '') ?? [];
    const step =
      (exchange.step === '' ? undefined : exchange.step) ??
      own.map(stepOfMessage).find((found) => found !== undefined) ??
      stepAt(exchange.request?.url, metadata);
    if (step === undefined && own.length === 0) return undefined;
    const requests = own.filter((message) => message.kind === 'authorization_request');
    return {
      step,
      request: requests.find(({ sent }) => !sent.pushed),
      callback: own.find((message) => message.kind === 'callback'),
    };
  };
}

const stepOfEndpoint = [
  ['introspection_endpoint', 'introspection'],
  ['revocation_endpoint', 'revocation'],
  ['registration_endpoint', 'registration'],
  ['device_authorization_endpoint', 'device_authorization'],
  ['backchannel_authentication_endpoint', 'backchannel_authentication'],
  ['pushed_authorization_request_endpoint', 'par'],
  ['end_session_endpoint', 'end_session'],
] as const;

function stepAt(url: string | undefined, metadata: ServerMetadata | null): string | undefined {
  if (url === undefined || metadata === null) return undefined;
  if (isAt(url, metadata.jwks_uri)) return 'keys';
  return stepOfEndpoint.find(([name]) => isAt(url, endpointUrls(metadata, name)))?.[1];
}
