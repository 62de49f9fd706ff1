import type { Entry, Har, Header, Timings } from 'har-format';
import { type HeaderList, headerValue, mediaType } from '../../http-message.ts';
import {
  type RecordedEvent,
  type RecordedExchange,
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
    case 'authorization_request': {
      const comment = 'Authorization request: opened in the browser, its answer was not seen';
      return browserEntry(event, 'callback', trace, 0, comment);
    }
    case 'callback': {
      const isPasted = event.method === 'PASTE';
      const comment = `Authorization response${isPasted ? ', pasted' : ''}`;
      return browserEntry(event, 'page', trace, isPasted ? 0 : 200, comment);
    }
    default:
      return undefined;
  }
}

function exchangeEntry(event: RecordedExchange): Entry {
  const { response, error, wire, started_at } = event;
  const { method, url, headers, body } = event.request ?? { method: '', url: '', headers: [] };
  const time = event.duration_ms ?? 0;
  const received = response?.headers ?? [];
  const text = response?.body ?? '';
  return {
    startedDateTime: started_at ?? unknownMoment,
    time,
    request: requestOf(method, url, 'HTTP/1.1', body, headers, mediaType(headers) ?? ''),
    response: {
      ...responseOf(response?.status ?? 0, response === null ? '' : 'HTTP/1.1'),
      headers: toHeaders(received),
      content: { size: octets(text), mimeType: headerValue(received, 'content-type') ?? '', text },
      redirectURL: headerValue(received, 'location') ?? '',
      bodySize: octets(text),
      ...(error === undefined ? {} : { comment: error.message }),
    },
    cache: {},
    timings: toTimings(wire, time),
    ...addressOf(event),
  };
}

function requestOf(
  method: string,
  url: string,
  httpVersion: string,
  body: string | null | undefined,
  headers: HeaderList = [],
  mimeType = 'application/x-www-form-urlencoded',
): Entry['request'] {
  return {
    method,
    url: asUri(url),
    httpVersion,
    cookies: [],
    headers: toHeaders(headers),
    queryString: toHeaders(parametersOf(splitUrl(url).query)),
    headersSize: -1,
    bodySize: body === null ? -1 : octets(body ?? ''),
    ...(body == null ? {} : { postData: { mimeType, text: body } }),
  };
}

function responseOf(status: number, httpVersion: string): Entry['response'] {
  return {
    status,
    statusText: '',
    httpVersion,
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: '' },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
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

/** A leg of the browser ends with the next event of a type; it took 0 ms when there is none. */
function browserEntry(
  event: RecordedEvent<'authorization_request' | 'callback'>,
  until: 'callback' | 'page',
  { events, started_at }: Recording,
  status: number,
  comment: string,
): Entry {
  const { at_ms, url } = event;
  const [method, body] = event.type === 'callback' ? [event.method, event.body] : ['GET', undefined];
  const end = events.find(({ type, at_ms: later }) => type === until && later >= at_ms)?.at_ms ?? at_ms;
  const time = rounded(end - at_ms);
  const start = started_at ?? unknownMoment;
  const at = new Date(Date.parse(start) + at_ms);
  return {
    startedDateTime: Number.isNaN(at.getTime()) ? start : at.toISOString(),
    time,
    request: requestOf(method === 'POST' ? 'POST' : 'GET', url, '', body),
    response: responseOf(status, ''),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    comment,
    pageref: 'run',
    _resourceType: 'document',
  };
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

function octets(text: string): number {
  return Buffer.byteLength(text);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
