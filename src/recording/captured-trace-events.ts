import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { ownMember } from '../json/own-member.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import { type Captured, type Endpoint, exchangeOf } from './captured.ts';
import { readTraceEvent } from './read-trace.ts';
import { readOutcome } from './read-trace-outcome.ts';
import type { TraceCallback } from './trace.ts';
import { object, text } from './trace-members.ts';

/** Tells whether a JSON value is a trace of this tool. */
export function isTrace(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && value.kind === 'trace' && Array.isArray(value.events);
}

/** How the run of a trace ended, and its messages in their order. */
export function capturedOfTrace(trace: JsonObject, source: string): readonly Captured[] {
  const events = Array.isArray(trace.events) ? trace.events : [];
  return [
    { type: 'run', source, command: text(trace.command), outcome: readOutcome(object(trace.outcome)) },
    ...events.flatMap((event, index) => capturedOfEvent(event, `${source}, event ${index + 1}`)),
  ];
}

const endpoints: Readonly<Record<string, Endpoint>> = {
  discovery: 'discovery',
  token: 'token',
  userinfo: 'userinfo',
};

/** The message of one event of a trace; none for what is no message. */
export function capturedOfEvent(value: JsonValue, source: string): readonly Captured[] {
  const event = isJsonObject(value) ? readTraceEvent(value) : undefined;
  switch (event?.type) {
    case 'exchange': {
      const { request, response, step } = event;
      const startedAt = new Date(event.started_at);
      return [
        exchangeOf({
          source,
          // What has no response has no reading either, but its request counts.
          endpoint: ownMember(endpoints, step) ?? null,
          request: { ...request, body: request.body ?? null },
          response,
          startedAt: Number.isNaN(startedAt.getTime()) ? null : startedAt,
          durationMs: event.duration_ms,
        }),
      ];
    }
    case 'authorization_request':
      return [{ type: 'authorization_request', source, url: event.url }];
    case 'callback':
      return [{ type: 'callback', source, received: receivedOf(event), asked: {} }];
    default:
      return [];
  }
}

function receivedOf({ method, url, body }: TraceCallback): ReceivedAuthorizationResponse {
  switch (method) {
    case 'POST':
      return { method, url, body: body ?? '' };
    case 'FRAGMENT': {
      const hash = url.indexOf('#');
      return {
        method,
        url: url.slice(0, Math.max(0, hash)),
        fragment: hash === -1 ? (body ?? '') : url.slice(hash + 1),
      };
    }
    default:
      return { method, url };
  }
}
