import type { BrowserLaunch } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import type { FlowEvent } from '../../flows/conversation.ts';
import type { HttpExchange, WireFacts } from '../../http-message.ts';
import type { ReceivedAuthorizationResponse } from '../../protocol/authorization-response.ts';
import type { RecordedEvent, RecordedExchange, RecordedWire } from '../../recording/recording.ts';

/** What an event of a flow is in a trace, secrets included; undefined for what leaves none. */
export function recordedEvent(event: FlowEvent, atMs: number, now: Date): RecordedEvent | undefined {
  const at_ms = rounded(atMs);
  switch (event.type) {
    case 'exchange':
      return traceExchange(event.step, event.exchange, atMs);
    case 'request-failed': {
      const { step, request, durationMs, error } = event;
      return {
        type: 'exchange',
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
    case 'checks':
      return event.checks.length === 0
        ? undefined
        : { type: 'checks', at_ms, step: event.step, checks: event.checks };
    case 'remark':
      return { type: 'remark', at_ms, step: event.step, text: event.text };
    case 'listening':
      return { type: 'listening', at_ms, redirect_uri: event.redirectUri, addresses: event.addresses };
    case 'authorization-url':
      return { type: 'authorization_request', at_ms, url: event.url, redirect_uri: event.redirectUri };
    case 'browser':
      return { type: 'browser', at_ms, text: launchText(event.launch) };
    case 'callback-ignored':
      return { type: 'callback_ignored', at_ms, reason: event.reason };
    case 'callback':
      return event.received === undefined
        ? undefined
        : traceCallback(event.received, at_ms, rounded(event.waitedMs));
    case 'page':
      return { type: 'page', at_ms, outcome: event.outcome };
    case 'client-authentication':
      return {
        type: 'client_authentication',
        at_ms,
        method: event.method,
        advertised: event.advertised ?? null,
      };
    default:
      return undefined;
  }
}

function traceExchange(step: string, exchange: HttpExchange, endedMs: number): RecordedExchange {
  const { request, response, startedAt, durationMs, wire } = exchange;
  return {
    type: 'exchange',
    at_ms: rounded(Math.max(0, endedMs - durationMs)),
    step,
    started_at: startedAt.toISOString(),
    duration_ms: rounded(durationMs),
    request: { ...request, headers: wire?.sentHeaders ?? request.headers },
    response,
    ...(wire === undefined ? {} : { wire: traceWire(wire) }),
  };
}

function traceWire({ reused, remoteAddress, proxy, tls, times }: WireFacts): RecordedWire {
  const parts = [
    ['dns_ms', times.dnsMs],
    ['connect_ms', times.connectMs],
    ['tls_ms', times.tlsMs],
    ['sent_after_ms', times.sentAfterMs],
    ['first_byte_after_ms', times.firstByteAfterMs],
  ] as const;
  const certificate = tls?.certificate;
  return {
    reused,
    ...(remoteAddress === undefined ? {} : { remote_address: remoteAddress }),
    ...(proxy === undefined ? {} : { proxy }),
    ...Object.fromEntries(
      parts.flatMap(([name, value]) => (value === undefined ? [] : [[name, rounded(value)]])),
    ),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            protocol: tls.protocol,
            cipher: tls.cipher,
            ...(certificate === undefined
              ? {}
              : {
                  certificate: {
                    subject: certificate.subject,
                    issuer: certificate.issuer,
                    names: certificate.names,
                    valid_from: moment(certificate.validFrom),
                    valid_to: moment(certificate.validTo),
                    fingerprint: certificate.fingerprint,
                  },
                }),
          },
        }),
  };
}

function traceCallback(
  received: ReceivedAuthorizationResponse,
  at_ms: number,
  waited_ms: number,
): RecordedEvent<'callback'> {
  const { method, url } = received;
  switch (method) {
    case 'POST':
      return { type: 'callback', at_ms, method, url, body: received.body, waited_ms };
    case 'FRAGMENT':
      return { type: 'callback', at_ms, method, url: `${url}#${received.fragment}`, waited_ms };
    default:
      return { type: 'callback', at_ms, method, url, waited_ms };
  }
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

function moment(at: Date): string {
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** To the microsecond: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
