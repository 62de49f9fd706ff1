import type { Captured, CapturedExchange } from '../../protocol/captured/captured.ts';
import type { MessageKind } from '../../protocol/captured/message.ts';
import { sortConversation } from '../../protocol/captured/sort-conversation.ts';
import { decodeJwt } from '../../protocol/jwt.ts';
import type { Trace, TraceEvent, TraceToken } from '../../protocol/trace.ts';
import { splitUrl } from './leg.ts';

/** Saved messages as if they had been recorded; nothing in them is redacted yet. */
export function traceOfCaptured(captured: readonly Captured[]): Trace {
  const moments = captured.flatMap((one) =>
    one.type === 'exchange' && one.startedAt !== null ? [one.startedAt.getTime()] : [],
  );
  const start = new Date(moments.reduce((first, moment) => Math.min(first, moment), moments[0] ?? 0));
  const steps = stepsBySource(captured);
  const events = captured.flatMap((one) => toEvent(one, start, steps) ?? []);
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

function isRefusal(event: TraceEvent): boolean {
  return event.type === 'exchange' && event.response !== null && event.response.status >= 400;
}

const stepOfKind: Readonly<Partial<Record<MessageKind, string>>> = {
  token_request: 'token',
  token_response: 'token',
  metadata: 'discovery',
  userinfo: 'userinfo',
};

/** What exchanges are for, by where they were found: the names that a run of our own gives them. */
function stepsBySource(captured: readonly Captured[]): ReadonlyMap<string, string> {
  const { messages, metadata } = sortConversation(captured);
  const keys = captured.filter(
    (one) => one.type === 'exchange' && one.request !== null && one.request.url === metadata?.jwks_uri,
  );
  return new Map([
    ...keys.map(({ source }) => [source, 'keys'] as const),
    ...messages.flatMap(({ kind, source }) => {
      const step = stepOfKind[kind];
      return step === undefined ? [] : [[source, step] as const];
    }),
  ]);
}

function toToken(captured: Captured): TraceToken[] {
  const decoded = captured.type === 'jwt' ? decodeJwt(captured.text) : undefined;
  if (captured.type !== 'jwt' || decoded === undefined || decoded.type === 'invalid') return [];
  const claims = decoded.type === 'jws' ? decoded.claims : null;
  return [{ token: captured.text, header: decoded.header, claims }];
}

function toEvent(
  captured: Captured,
  start: Date,
  steps: ReadonlyMap<string, string>,
): TraceEvent | undefined {
  switch (captured.type) {
    case 'exchange':
      return toExchange(captured, start, steps.get(captured.source));
    case 'authorization_request':
      return { type: 'authorization_request', at_ms: 0, url: captured.url, redirect_uri: '' };
    case 'callback': {
      const { received } = captured;
      const fragment = received.method === 'FRAGMENT' ? `#${received.fragment}` : '';
      return {
        type: 'callback',
        at_ms: 0,
        method: received.method,
        url: received.url + fragment,
        ...(received.method === 'POST' ? { body: received.body } : {}),
        waited_ms: 0,
      };
    }
    case 'jwt':
    case 'run':
      return undefined;
  }
}

function toExchange(captured: CapturedExchange, start: Date, known: string | undefined): TraceEvent {
  const { request, response, endpoint, startedAt, durationMs } = captured;
  const [name] = splitUrl(request?.url ?? '')
    .path.split('/')
    .slice(-1);
  return {
    type: 'exchange',
    at_ms: startedAt === null ? 0 : Math.max(0, startedAt.getTime() - start.getTime()),
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
        : { status: response.status ?? 200, headers: response.headers ?? [], body: response.body ?? '' },
  };
}
