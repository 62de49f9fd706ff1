import { Buffer } from 'node:buffer';
import type { Entry, Har, Header, PostData, QueryString, Timings } from 'har-format';
import { type HeaderList, headerValue, mediaType } from '../../http-message.ts';
import {
  type RecordedEvent,
  type RecordedExchange,
  type RecordedRequest,
  type RecordedWire,
  type Recording,
  unknownMoment,
} from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { renderJson } from '../render-json.ts';
import { type Leg, legName, legsOf, parametersOf } from './leg.ts';
import { missingText } from './message-text.ts';

/**
 * A trace as HAR 1.2, which browser devtools and proxies open: every exchange, and what is known of the two legs that
 * went through the browser. A status of 0 says that no answer was seen.
 */
export function renderTraceHar(trace: Recording): string {
  const [name = '', version = ''] = (trace.recorded_by || 'oauth-code').split(' ');
  const har: Har = {
    log: {
      version: '1.2',
      creator: { name, version },
      pages: [
        {
          id: 'run',
          startedDateTime: trace.started_at ?? unknownMoment,
          title: trace.command,
          pageTimings: { onContentLoad: -1, onLoad: trace.duration_ms },
        },
      ],
      entries: legsOf(trace).flatMap((leg) => toEntry(leg, trace) ?? []),
      comment:
        trace.secrets === 'shown'
          ? 'This file holds tokens and other secrets.'
          : 'Secrets are placeholders such as ‹access_token›; the same one stands for the same secret.',
    },
  };
  return renderJson(har, { pretty: true });
}

/** The leg is noted in a field of our own (HAR 1.2 §2), so that the file can be read back as it was recorded. */
function toEntry(leg: Leg, trace: Recording): (Entry & { readonly _step?: string }) | undefined {
  const { event } = leg;
  switch (event.type) {
    case 'exchange':
      return {
        ...exchangeEntry(event),
        pageref: 'run',
        _resourceType: 'fetch',
        _step: event.step,
        comment: [legName(leg), missingText(event)].filter((text) => text !== undefined).join('. '),
      };
    case 'authorization_request':
      return { ...authorizationEntry(event, trace), pageref: 'run', _resourceType: 'document' };
    case 'callback':
      return { ...callbackEntry(event, trace), pageref: 'run', _resourceType: 'document' };
    default:
      return undefined;
  }
}

function exchangeEntry(event: RecordedExchange): Entry {
  const { response, error } = event;
  const request = event.request ?? { method: '', url: '', headers: [] };
  const post = postData(request);
  const duration_ms = event.duration_ms ?? 0;
  return {
    startedDateTime: event.started_at ?? unknownMoment,
    time: duration_ms,
    request: {
      method: request.method,
      url: asUri(request.url),
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: toHeaders(request.headers),
      queryString: toQuery(request.url),
      headersSize: -1,
      bodySize: request.body === null ? -1 : octets(request.body ?? ''),
      ...(post === undefined ? {} : { postData: post }),
    },
    response: {
      status: response?.status ?? 0,
      statusText: '',
      httpVersion: response === null ? '' : 'HTTP/1.1',
      cookies: [],
      headers: toHeaders(response?.headers ?? []),
      content: {
        size: octets(response?.body ?? ''),
        mimeType: headerValue(response?.headers ?? [], 'content-type') ?? '',
        text: response?.body ?? '',
      },
      redirectURL: headerValue(response?.headers ?? [], 'location') ?? '',
      headersSize: -1,
      bodySize: octets(response?.body ?? ''),
      ...(error === undefined ? {} : { comment: error.message }),
    },
    cache: {},
    timings: toTimings(event.wire, duration_ms),
    ...addressOf(event),
  };
}

function addressOf({ wire }: RecordedExchange): Pick<Entry, 'serverIPAddress' | 'connection'> {
  const [, address, port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(wire?.remote_address ?? '') ?? [];
  return address === undefined || port === undefined ? {} : { serverIPAddress: address, connection: port };
}

/** The parts of an exchange; in HAR the TLS handshake counts as part of connecting, and -1 is "does not apply". */
function toTimings(wire: RecordedWire | undefined, duration_ms: number): Timings {
  const { dns_ms, connect_ms, tls_ms, sent_after_ms, first_byte_after_ms } = wire ?? {};
  if (first_byte_after_ms === undefined) {
    return { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: duration_ms, receive: 0 };
  }
  const connecting = connect_ms === undefined ? -1 : connect_ms + (tls_ms ?? 0);
  const ready = sent_after_ms ?? 0;
  const known = Math.max(0, dns_ms ?? 0) + Math.max(0, connecting);
  const rest = duration_ms - first_byte_after_ms;
  return {
    blocked: rounded(Math.max(0, ready - known)),
    dns: dns_ms ?? -1,
    connect: rounded(connecting),
    ssl: tls_ms ?? -1,
    send: 0,
    wait: rounded(Math.max(0, first_byte_after_ms - ready)),
    receive: rounded(Math.max(0, rest)),
  };
}

function authorizationEntry(event: RecordedEvent<'authorization_request'>, trace: Recording): Entry {
  const timed = timeOf(event, 'callback', trace);
  return {
    ...browserEntry('GET', event.url, timed, 0),
    comment: 'Authorization request: opened in the browser, its answer was not seen',
  };
}

function callbackEntry(event: RecordedEvent<'callback'>, trace: Recording): Entry {
  const { method, body } = event;
  const entry = browserEntry(
    method === 'POST' ? 'POST' : 'GET',
    event.url,
    timeOf(event, 'page', trace),
    method === 'PASTE' ? 0 : 200,
  );
  return {
    ...entry,
    request: {
      ...entry.request,
      bodySize: octets(body ?? ''),
      ...(body === undefined
        ? {}
        : { postData: { mimeType: 'application/x-www-form-urlencoded', text: body } }),
    },
    comment: `Authorization response${method === 'PASTE' ? ', pasted' : ''}`,
  };
}

type Timed = Pick<Entry, 'startedDateTime' | 'time'>;

/** A leg of the browser ends with the next event of a type; it took 0 ms when there is none. */
function timeOf(
  { at_ms }: RecordedEvent<'authorization_request'> | RecordedEvent<'callback'>,
  until: 'callback' | 'page',
  trace: Recording,
): Timed {
  const end = trace.events.find((event) => event.type === until && event.at_ms >= at_ms)?.at_ms ?? at_ms;
  return { startedDateTime: momentOf(trace, at_ms), time: rounded(end - at_ms) };
}

function browserEntry(method: string, url: string, timed: Timed, status: number): Entry {
  return {
    ...timed,
    request: {
      method,
      url: asUri(url),
      httpVersion: '',
      cookies: [],
      headers: [],
      queryString: toQuery(url),
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status,
      statusText: '',
      httpVersion: '',
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: '' },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: timed.time, receive: 0 },
  };
}

function momentOf({ started_at }: Recording, atMs: number): string {
  const start = started_at ?? unknownMoment;
  const at = new Date(Date.parse(start) + atMs);
  return Number.isNaN(at.getTime()) ? start : at.toISOString();
}

function postData(request: RecordedRequest): PostData | undefined {
  if (request.body == null) return undefined;
  return { mimeType: mediaType(request.headers) ?? '', text: request.body };
}

function toHeaders(headers: HeaderList): Header[] {
  return headers.map(([name, value]) => ({ name, value }));
}

/** Readers insist on a URI (RFC 3986 §2), which no placeholder is; other characters never went over the wire either. */
function asUri(url: string): string {
  return url.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) =>
    encodeURIComponent(character.replace(/\p{Cs}/u, '\ufffd')),
  );
}

function toQuery(url: string): QueryString[] {
  return parametersOf(splitUrl(url).query).map(([name, value]) => ({ name, value }));
}

function octets(text: string): number {
  return Buffer.byteLength(text);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
