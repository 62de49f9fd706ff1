import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
import { readOutcome } from './read-trace-outcome.ts';
import type {
  Trace,
  TraceCallback,
  TraceCheck,
  TraceEvent,
  TraceExchange,
  TraceTls,
  TraceToken,
  TraceWire,
} from './trace.ts';
import {
  duration,
  headers,
  moment,
  object,
  objects,
  oneOf,
  optionalText,
  status,
  text,
  texts,
} from './trace-members.ts';

/** What reading a file as a trace came to. */
export type TraceReading =
  | { readonly type: 'trace'; readonly trace: Trace }
  /** It is something else. */
  | { readonly type: 'other' }
  /** It is a trace, but not one that can be read; `reason` is one sentence. */
  | { readonly type: 'invalid'; readonly reason: string };

/**
 * Reads a trace that may come from anywhere: members that are missing or of another type become empty, events of an
 * unknown type are left out.
 */
export function readTrace(text: string): TraceReading {
  const parsed = parseJsonExactly(text.replace(/^\ufeff/, ''));
  if (parsed.type === 'malformed') {
    return beginsLikeTrace(text)
      ? { type: 'invalid', reason: `It is no complete JSON: it ${parsed.reason} (offset ${parsed.offset}).` }
      : { type: 'other' };
  }
  return readTraceDocument(parsed.json.value);
}

/** Tells whether the beginning of a text is that of a trace of ours. */
export function beginsLikeTrace(start: string): boolean {
  return /^\ufeff?\s*\{[\s\S]{0,200}"kind"\s*:\s*"trace"/.test(start);
}

/** Reads a trace of which the JSON is parsed already. */
export function readTraceDocument(document: JsonValue): TraceReading {
  if (!isJsonObject(document) || document.kind !== 'trace' || !Array.isArray(document.events)) {
    return { type: 'other' };
  }
  if (document.version !== 1) {
    const reason = `It has version ${JSON.stringify(document.version ?? null)}; this program reads version 1.`;
    return { type: 'invalid', reason };
  }
  return { type: 'trace', trace: readDocument(document, document.events) };
}

function readDocument(document: JsonObject, events: readonly JsonValue[]): Trace {
  const known = objects(document.known_secrets).map((secret) => ({
    kind: text(secret.kind),
    value: text(secret.value),
  }));
  return {
    version: 1,
    kind: 'trace',
    recorded_by: text(document.recorded_by),
    command: text(document.command),
    started_at: moment(document.started_at),
    duration_ms: duration(document.duration_ms),
    secrets: document.secrets === 'redacted' ? 'redacted' : 'shown',
    outcome: readOutcome(object(document.outcome)),
    events: events.filter(isJsonObject).flatMap((event) => readTraceEvent(event) ?? []),
    tokens: objects(document.tokens).map(readToken),
    ...(known.length === 0 ? {} : { known_secrets: known }),
  };
}

function readToken({ token, header, claims }: JsonObject): TraceToken {
  return { token: text(token), header: object(header), claims: isJsonObject(claims) ? claims : null };
}

/** One event of a trace, taken by itself; undefined when its type is unknown. */
export function readTraceEvent(event: JsonObject): TraceEvent | undefined {
  const at_ms = duration(event.at_ms);
  switch (event.type) {
    case 'exchange':
      return readExchange(event, at_ms);
    case 'listening':
      return {
        type: 'listening',
        at_ms,
        redirect_uri: text(event.redirect_uri),
        addresses: texts(event.addresses),
      };
    case 'authorization_request':
      return {
        type: 'authorization_request',
        at_ms,
        url: text(event.url),
        redirect_uri: text(event.redirect_uri),
      };
    case 'browser':
      return { type: 'browser', at_ms, text: text(event.text) };
    case 'callback':
      return readCallback(event, at_ms);
    case 'callback_ignored':
      return { type: 'callback_ignored', at_ms, reason: text(event.reason) };
    case 'page':
      return { type: 'page', at_ms, outcome: oneOf(event.outcome, ['success', 'failure'], 'failure') };
    case 'client_authentication':
      return {
        type: 'client_authentication',
        at_ms,
        method: text(event.method),
        advertised: Array.isArray(event.advertised) ? texts(event.advertised) : null,
      };
    case 'checks':
      return { type: 'checks', at_ms, step: text(event.step), checks: objects(event.checks).map(readCheck) };
    case 'remark':
      return { type: 'remark', at_ms, step: text(event.step), text: text(event.text) };
    default:
      return undefined;
  }
}

function readExchange(event: JsonObject, at_ms: number): TraceExchange {
  const request = object(event.request);
  const { response, error, wire } = event;
  return {
    type: 'exchange',
    at_ms,
    step: text(event.step),
    started_at: moment(event.started_at),
    duration_ms: duration(event.duration_ms),
    request: {
      method: text(request.method),
      url: text(request.url),
      headers: headers(request.headers),
      ...optionalText('body', request.body),
    },
    response: isJsonObject(response)
      ? { status: status(response.status), headers: headers(response.headers), body: text(response.body) }
      : null,
    ...(isJsonObject(error) ? { error: { code: text(error.code), message: text(error.message) } } : {}),
    ...(isJsonObject(wire) ? { wire: readWire(wire) } : {}),
  };
}

const wireTimes = ['dns_ms', 'connect_ms', 'tls_ms', 'sent_after_ms', 'first_byte_after_ms'] as const;

function readWire(wire: JsonObject): TraceWire {
  const times = wireTimes.flatMap((name) =>
    typeof wire[name] === 'number' ? [[name, duration(wire[name])] as const] : [],
  );
  return {
    reused: wire.reused === true,
    ...optionalText('remote_address', wire.remote_address),
    ...optionalText('proxy', wire.proxy),
    ...(Object.fromEntries(times) as Partial<Record<(typeof wireTimes)[number], number>>),
    ...(isJsonObject(wire.tls) ? { tls: readTls(wire.tls) } : {}),
  };
}

function readTls({ protocol, cipher, certificate }: JsonObject): TraceTls {
  return {
    protocol: text(protocol),
    cipher: text(cipher),
    ...(isJsonObject(certificate)
      ? {
          certificate: {
            subject: text(certificate.subject),
            issuer: text(certificate.issuer),
            names: text(certificate.names),
            valid_from: moment(certificate.valid_from),
            valid_to: moment(certificate.valid_to),
            fingerprint: text(certificate.fingerprint),
          },
        }
      : {}),
  };
}

function readCallback(event: JsonObject, at_ms: number): TraceCallback {
  return {
    type: 'callback',
    at_ms,
    method: oneOf(event.method, ['GET', 'POST', 'FRAGMENT', 'PASTE'], 'GET'),
    url: text(event.url),
    ...optionalText('body', event.body),
    waited_ms: duration(event.waited_ms),
  };
}

function readCheck(check: JsonObject): TraceCheck {
  return {
    id: text(check.id),
    outcome: oneOf(check.outcome, ['pass', 'fail', 'warn', 'skipped'], 'skipped'),
    title: text(check.title),
    detail: text(check.detail),
    spec: text(check.spec),
    ...optionalText('expected', check.expected),
    ...optionalText('received', check.received),
  };
}
