import type { FlowStep } from '../client/middleware.ts';
import type { BrowserLaunch } from '../context.ts';
import { NamedError } from '../errors.ts';
import type { WireFacts } from '../http-message.ts';
import { type RecordedEvent, type RecordedWire, recordedCallback } from '../recording/recording.ts';
import type { FlowEvent } from './conversation.ts';

/**
 * What a recording keeps of an event, secrets included; undefined for what leaves no trace.
 * @param atMs since the beginning of the recording
 */
export function recordedEvent(event: FlowEvent, atMs: number, now: Date): RecordedEvent | undefined {
  const at_ms = rounded(atMs);
  switch (event.type) {
    case 'exchange': {
      const { request, response, startedAt, durationMs, wire } = event.exchange;
      return {
        type: typeOf(event.step),
        at_ms: rounded(Math.max(0, atMs - durationMs)),
        step: event.step,
        started_at: startedAt.toISOString(),
        duration_ms: rounded(durationMs),
        request: { ...request, headers: wire?.sentHeaders ?? request.headers },
        response,
        ...(wire === undefined ? {} : { wire: recordedWire(wire) }),
      };
    }
    case 'request-failed': {
      const { step, request, durationMs, error } = event;
      return {
        type: typeOf(step),
        at_ms: rounded(Math.max(0, atMs - durationMs)),
        step,
        started_at: new Date(now.getTime() - durationMs).toISOString(),
        duration_ms: rounded(durationMs),
        request,
        response: null,
        error:
          error instanceof NamedError
            ? { code: error.code, message: error.message }
            : { code: 'bug', message: 'Something went wrong in oauth-code.' },
      };
    }
    case 'authorization-url':
      return { type: 'authorization_request', at_ms, url: event.url, redirect_uri: event.redirectUri };
    case 'browser':
      return { type: 'browser', at_ms, text: launchText(event.launch) };
    case 'callback':
      return event.received === undefined
        ? undefined
        : recordedCallback(event.received, {
            at_ms,
            waited_ms: rounded(event.waitedMs),
            // A pasted answer came earlier.
            ...(event.by === 'browser' &&
              event.receivedAt && { received_at: event.receivedAt.toISOString() }),
          });
    case 'checks':
      if (event.checks.length === 0) return undefined;
      break;
    case 'awaiting':
    case 'browser-started':
    case 'secret':
    case 'user-code':
      return undefined;
  }
  const { type, ...members } = event;
  return { type, at_ms, ...members } as RecordedEvent;
}

function recordedWire({ sentHeaders: _, times, tls, ...wire }: WireFacts): RecordedWire {
  return inWireNames({ ...wire, ...times, ...(tls === undefined ? {} : { tls }) }) as RecordedWire;
}

/** Members under the names of a file: `validFrom` is `valid_from`, moments are RFC 3339. */
function inWireNames(value: unknown): unknown {
  if (typeof value === 'number') return rounded(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        inWireNames(member),
      ]),
  );
}

function launchText(launch: BrowserLaunch): string {
  switch (launch.type) {
    case 'opened':
      return `opened with ${launch.command}`;
    case 'failed':
      return `not opened: ${launch.command}: ${launch.reason}`;
    case 'not-launched':
      return `not opened: ${launch.obstacle}`;
    case 'played':
      return 'played by oauth-code';
  }
}

/** To the microsecond: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Requests of the tool itself are told apart from the conversation. */
function typeOf(step: FlowStep): 'probe' | 'exchange' {
  return step === 'probe' ? 'probe' : 'exchange';
}
