import type { Captured, CapturedExchange } from '../../protocol/captured/captured.ts';
import type { Trace, TraceEvent } from '../../protocol/trace.ts';
import { splitUrl } from './leg.ts';

/** Saved messages as if they had been recorded; nothing in them is redacted yet. */
export function traceOfCaptured(captured: readonly Captured[]): Trace {
  const moments = captured.flatMap((one) =>
    one.type === 'exchange' && one.startedAt !== null ? [one.startedAt.getTime()] : [],
  );
  const start = new Date(moments.length === 0 ? 0 : Math.min(...moments));
  const events = captured.flatMap((one) => toEvent(one, start) ?? []);
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
    tokens: [],
  };
}

function isRefusal(event: TraceEvent): boolean {
  return event.type === 'exchange' && event.response !== null && event.response.status >= 400;
}

function toEvent(captured: Captured, start: Date): TraceEvent | undefined {
  switch (captured.type) {
    case 'exchange':
      return toExchange(captured, start);
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

function toExchange(captured: CapturedExchange, start: Date): TraceEvent {
  const { request, response, endpoint, startedAt, durationMs } = captured;
  const [name] = splitUrl(request?.url ?? '')
    .path.split('/')
    .slice(-1);
  return {
    type: 'exchange',
    at_ms: startedAt === null ? 0 : Math.max(0, startedAt.getTime() - start.getTime()),
    step: endpoint ?? name ?? '',
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
