import { decodeJwt } from '../../jose/jwt.ts';
import type { ReceivedAuthorizationResponse } from '../../protocol/authorization-response.ts';
import { parameterValue } from '../../protocol/parameters.ts';
import type { Captured, CapturedExchange } from '../../recording/captured.ts';
import { orderByTime } from '../../recording/sort-conversation.ts';
import type { Trace, TraceEvent, TraceToken } from '../../recording/trace.ts';
import { type ExchangeRole, exchangeRoles } from './exchange-roles.ts';
import { splitUrl } from './leg.ts';

/** Saved messages as if they had been recorded; nothing in them is redacted yet. */
export function traceOfCaptured(captured: readonly Captured[]): Trace {
  const moments = captured.flatMap((one) =>
    one.type === 'exchange' && one.startedAt !== null ? [one.startedAt.getTime()] : [],
  );
  const start = new Date(moments.reduce((first, moment) => Math.min(first, moment), moments[0] ?? 0));
  const roleOf = exchangeRoles(captured);
  const events = orderByTime(captured).flatMap((one) => toEvents(one, start, roleOf));
  const last = events.at(-1);
  return {
    version: 1,
    kind: 'trace',
    recorded_by: '',
    command: '',
    started_at: start.toISOString(),
    duration_ms: last === undefined ? 0 : last.at_ms + (last.type === 'exchange' ? last.duration_ms : 0),
    secrets: 'shown',
    outcome: { status: events.some(isRefusal) ? 'failed' : 'done' },
    events,
    tokens: captured.flatMap(toToken),
  };
}

/** The captured messages without the exchanges that are no part of an OAuth conversation; all where there is none. */
export function conversationIn(captured: readonly Captured[]): readonly Captured[] {
  const roleOf = exchangeRoles(captured);
  const kept = captured.filter((one) => one.type !== 'exchange' || roleOf(one) !== undefined);
  return kept.length === 0 ? captured : kept;
}

function isRefusal(event: TraceEvent): boolean {
  return event.type === 'exchange' && event.response !== null && event.response.status >= 400;
}

function toToken(captured: Captured): TraceToken[] {
  const decoded = captured.type === 'jwt' ? decodeJwt(captured.text) : undefined;
  if (captured.type !== 'jwt' || decoded === undefined || decoded.type === 'invalid') return [];
  const claims = decoded.type === 'jws' ? decoded.claims : null;
  return [{ token: captured.text, header: decoded.header, claims }];
}

function toEvents(
  captured: Captured,
  start: Date,
  roleOf: (exchange: CapturedExchange) => ExchangeRole | undefined,
): readonly TraceEvent[] {
  switch (captured.type) {
    case 'exchange':
      return exchangeEvents(captured, start, roleOf(captured));
    case 'authorization_request':
      return [{ type: 'authorization_request', at_ms: 0, url: captured.url, redirect_uri: '' }];
    case 'callback':
      return [toCallback(captured.received, 0)];
    case 'jwt':
    case 'run':
      return [];
  }
}

function toCallback(received: ReceivedAuthorizationResponse, at_ms: number): TraceEvent {
  const fragment = received.method === 'FRAGMENT' ? `#${received.fragment}` : '';
  return {
    type: 'callback',
    at_ms,
    method: received.method,
    url: received.url + fragment,
    ...(received.method === 'POST' ? { body: received.body } : {}),
    waited_ms: 0,
  };
}

/**
 * What went through a browser is told as a run of our own tells it, so that both can be compared. What has no time was
 * not recorded by one, but asked for by hand.
 */
function exchangeEvents(
  captured: CapturedExchange,
  start: Date,
  role: ExchangeRole | undefined,
): readonly TraceEvent[] {
  const { request, startedAt, durationMs } = captured;
  const at_ms = startedAt === null ? 0 : Math.max(0, startedAt.getTime() - start.getTime());
  if (startedAt === null || (role?.request === undefined && role?.callback === undefined)) {
    return [toExchange(captured, start, at_ms, role?.step)];
  }
  const redirectUri = parameterValue(role.request?.sent.parameters ?? [], 'redirect_uri');
  const isRefused = (captured.response?.status ?? 0) >= 400 && role.request !== undefined;
  return [
    ...(role.request === undefined || request === null
      ? []
      : [
          {
            type: 'authorization_request' as const,
            at_ms,
            url: request.url,
            redirect_uri: redirectUri ?? '',
          },
        ]),
    ...(isRefused ? [toExchange(captured, start, at_ms, 'authorization')] : []),
    ...(role.callback === undefined ? [] : [toCallback(role.callback.received, at_ms + (durationMs ?? 0))]),
  ];
}

function toExchange(
  { request, response, endpoint, startedAt, durationMs }: CapturedExchange,
  start: Date,
  at_ms: number,
  known: string | undefined,
): TraceEvent {
  const [name] = splitUrl(request?.url ?? '')
    .path.split('/')
    .slice(-1);
  return {
    type: 'exchange',
    at_ms,
    step: known ?? endpoint ?? name ?? '',
    started_at: (startedAt ?? start).toISOString(),
    duration_ms: durationMs ?? 0,
    request: {
      method: request?.method ?? '',
      url: request?.url ?? '',
      headers: request?.headers ?? [],
      ...(typeof request?.body === 'string' ? { body: request.body } : {}),
    },
    response:
      response === null
        ? null
        : { status: response.status ?? 0, headers: response.headers ?? [], body: response.body ?? '' },
  };
}
