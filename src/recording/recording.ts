import { type HeaderList, type HttpRequest, headerValue } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';

/** The request of an exchange. Header fields are in the order and letter case of the wire. */
export interface RecordedRequest extends Omit<HttpRequest, 'body'> {
  /** null when it was not recorded; absent when there was none. */
  readonly body?: string | null;
  /** Whether more was sent than is here, so that what is missing says nothing. */
  readonly isCut?: boolean;
}

/** The response of an exchange; a part that was not recorded is null. */
export interface RecordedResponse {
  readonly status: number | null;
  readonly headers: HeaderList | null;
  readonly body: string | null;
}

/** Facts about the request that the author of a saved message states. */
export interface Asked {
  /** Value of `grant_type`. */
  readonly grant?: string;
  readonly scope?: readonly string[];
  readonly state?: string;
  /** The issuer as configured. */
  readonly issuer?: string;
}

const check = shape({
  id: text,
  outcome: oneOf(['pass', 'fail', 'warn', 'skipped'], 'skipped'),
  title: text,
  detail: text,
  spec: text,
  expected: optionalText,
  received: optionalText,
});

/** One check that was made during the run. */
export type RecordedCheck = ReturnType<typeof check>;

const wire = shape({
  /** Whether the connection had carried an earlier exchange. */
  reused: (value) => value === true,
  remote_address: optionalText,
  proxy: optionalText,
  dns_ms: optionalDuration,
  connect_ms: optionalDuration,
  tls_ms: optionalDuration,
  sent_after_ms: optionalDuration,
  first_byte_after_ms: optionalDuration,
  tls: optional(
    shape({
      protocol: text,
      cipher: text,
      certificate: optional(
        shape({
          subject: text,
          issuer: text,
          names: text,
          valid_from: moment,
          valid_to: moment,
          fingerprint: text,
        }),
      ),
    }),
  ),
});

/** Facts about the connection of an exchange. */
export type RecordedWire = ReturnType<typeof wire>;

const sentRequest = shape({
  method: text,
  url: text,
  headers: (value) => headers(value) ?? [],
  body: (value) => (value === null ? null : optionalText(value)),
});

const response = shape({
  status,
  headers,
  body: (value) => (value === null ? null : text(value)),
});

const exchange = shape({
  /** The leg of the conversation, such as `token`; empty where the recording does not name it. */
  step: text,
  /** By the clock of the client; null when it was not recorded. */
  started_at: moment,
  duration_ms: (value): number | null => (value === null ? null : duration(value)),
  /** null when it was not recorded. */
  request: (value): RecordedRequest | null => {
    const sent = sentRequest(object(value));
    return sent.method === '' && sent.url === '' ? null : recordedRequest(sent);
  },
  /** null when none came, or it was not recorded. */
  response: (value): RecordedResponse | null => (isJsonObject(value) ? response(value) : null),
  /** Why there is no response. */
  error: optional(shape({ code: text, message: text })),
  wire: optional(wire),
});

/** The events of a recording by their type, each with its members; a further type is a further row. */
const events = {
  /** One HTTP exchange. */
  exchange: (value: JsonObject) => {
    const read = exchange(value);
    // Without a beginning, a duration of 0 was not measured.
    return read.started_at === null && read.duration_ms === 0 ? { ...read, duration_ms: null } : read;
  },
  /** One request for the page that the person may see, made without cookies: no part of the conversation. */
  probe: exchange,
  /** The listener behind the redirect URI was bound. */
  listening: shape({ redirect_uri: text, addresses: texts }),
  /** The user was sent to the authorization server with this URL; the recording does not see what happens there. */
  authorization_request: shape({ url: text, redirect_uri: text }),
  /** Whether a browser was opened, in a few words. */
  browser: shape({ text }),
  /** The authorization response arrived; `body` is that of a form post. */
  callback: shape({
    method: oneOf(['GET', 'POST', 'FRAGMENT', 'PASTE'], 'GET'),
    url: text,
    body: optionalText,
    /** The parameters in its JWT as a form; of a response that came in one (JARM §2.1). */
    opened: optionalText,
    waited_ms: duration,
    /** Of one that the browser brought. */
    received_at: (value) => moment(value) ?? undefined,
  }),
  /** A request to the redirect URI that was not the authorization response. */
  callback_ignored: shape({ reason: text }),
  /** The page that the browser was shown at the end. */
  page: shape({ outcome: oneOf(['success', 'failure'], 'failure') }),
  /** How the client authenticated, beside what the server advertises. */
  client_authentication: shape({
    method: text,
    advertised: (value) => (Array.isArray(value) ? texts(value) : null),
  }),
  /** Which client was taken, and why none of the ways to one that go before it. */
  client: shape({
    rung: oneOf(['given', 'document', 'registered', 'cached'], 'given'),
    client_id: text,
    passed: listOf(shape({ rung: text, why: text })),
  }),
  /** Checks that were made of one step. */
  checks: shape({ step: text, checks: listOf(check) }),
  /** Something worth knowing that is not a check. */
  remark: shape({ step: text, text }),
  /** The request that follows is sent again, for this reason. */
  retry: shape({ step: text, reason: text }),
  /** A JWT that was saved by itself. */
  jwt: shape({ text }),
} as const;

type EventType = keyof typeof events;

/** Something that a recording holds, in the order it happened. */
export type RecordedEvent<Type extends EventType = EventType> = {
  [Name in Type]: {
    readonly type: Name;
    /** Since the beginning of the recording; 0 where no times were recorded. */
    readonly at_ms: number;
    /** Where it was found, in words for a person; only while it is read. */
    readonly source?: string;
    readonly asked?: Asked;
    /** The text that quotes this message, such as a log; the form of what it quotes is not the sender's. */
    readonly quoted?: string;
  } & ReturnType<(typeof events)[Name]>;
}[Type];

/** One HTTP exchange, each part of it perhaps not recorded. */
export type RecordedExchange = RecordedEvent<'exchange'>;

/** An exchange of which only a part was saved. */
export function savedExchange({ request = null, ...known }: Partial<RecordedExchange>): RecordedExchange {
  return {
    type: 'exchange',
    at_ms: 0,
    step: '',
    started_at: null,
    duration_ms: null,
    request: request && recordedRequest(request),
    response: null,
    ...known,
  };
}

/** A request as JSON documents save it, HAR among them; null when it has no URL. */
export function savedRequest(
  { method, url, headers }: JsonObject,
  body: string | undefined,
  otherwise = 'GET',
): HttpRequest | null {
  if (typeof url !== 'string') return null;
  const sent = { method: typeof method === 'string' ? method.toUpperCase() : otherwise, url };
  return { ...sent, headers: headerFields(headers) ?? [], ...(body === undefined ? {} : { body }) };
}

/** A request whose header fields tell of a body that is not there was saved without it: `curl -v` prints none. */
function recordedRequest(request: RecordedRequest): RecordedRequest {
  const { headers, body = '' } = request;
  if (body !== '') return request;
  const hadBody =
    /^\s*[1-9]/.test(headerValue(headers, 'content-length') ?? '') ||
    headerValue(headers, 'transfer-encoding') !== undefined;
  return hadBody ? { ...request, body: null } : request;
}

/** An authorization response as a recording holds it: a fragment stands in its URL. */
export function recordedCallback(
  received: ReceivedAuthorizationResponse,
  known: Partial<RecordedEvent<'callback'>> = {},
): RecordedEvent<'callback'> {
  const { method, url, opened } = received;
  return {
    type: 'callback',
    at_ms: 0,
    method,
    url: method === 'FRAGMENT' ? `${url}#${received.fragment}` : url,
    ...(method === 'POST' ? { body: received.body } : {}),
    ...(opened === undefined ? {} : { opened }),
    waited_ms: 0,
    ...known,
  };
}

/** An authorization response as it arrived. */
export function receivedCallback({
  method,
  url,
  body,
  opened,
}: Pick<RecordedEvent<'callback'>, 'method' | 'url' | 'body' | 'opened'>): ReceivedAuthorizationResponse {
  const inside = opened === undefined ? {} : { opened };
  switch (method) {
    case 'POST':
      return { method, url, body: body ?? '', ...inside };
    case 'FRAGMENT': {
      const hash = url.indexOf('#');
      return {
        method,
        url: url.slice(0, Math.max(0, hash)),
        fragment: hash === -1 ? (body ?? '') : url.slice(hash + 1),
        ...inside,
      };
    }
    default:
      return { method, url, ...inside };
  }
}

/** All checks of a recording in the order they were made. */
export function checksOf({ events }: Pick<Recording, 'events'>): readonly RecordedCheck[] {
  return events.flatMap((event) => (event.type === 'checks' ? event.checks : []));
}

/** Reads an event of a trace; undefined when its type is unknown. */
export function readEvent(event: JsonObject): RecordedEvent | undefined {
  const read = typeof event.type === 'string' ? ownMember(events, event.type) : undefined;
  if (read === undefined) return undefined;
  return { type: event.type, at_ms: duration(event.at_ms), ...read(event) } as RecordedEvent;
}

const diagnosis = shape({
  /** One sentence. */
  cause: text,
  /** What speaks for it: what was seen in the messages, or what the specification says. */
  why: text,
  /** What to do, one or two sentences. */
  try: text,
  /** `high`: the messages prove it, or the server says it. */
  confidence: oneOf(['high', 'medium', 'low'], 'low'),
  /** Set when the messages themselves prove it, whatever the server says. */
  proven: (value) => (value === true ? (true as const) : undefined),
  /** Where the meaning of an error code is documented. */
  source: optionalText,
  /** Two values that should be equal, where two were compared. */
  expected: optionalText,
  received: optionalText,
});

/** A likely cause, as `debug` gives it. */
export type RecordedDiagnosis = ReturnType<typeof diagnosis>;

const ruledOut = shape({
  /** One sentence. */
  cause: text,
  /** The recorded value that excludes it. */
  evidence: text,
});

/** A cause that the evidence excludes, as `debug` gives it. */
export type RecordedRuledOut = ReturnType<typeof ruledOut>;

const error = shape({
  code: text,
  step: textOrNull,
  message: text,
  hint: textOrNull,
  exit_code: (value) => status(value) ?? 0,
  oauth: optional(
    shape({
      error: textOrNull,
      error_description: textOrNull,
      error_uri: textOrNull,
      status: (value) => (typeof value === 'number' ? value : null),
    }),
  ),
  check: optionalText,
});

/** The error that the run ended with, as in its error document. */
export type RecordedError = ReturnType<typeof error>;

/** Reads how a run ended. */
export const readOutcome = shape({
  status: oneOf(['done', 'failed', 'cancelled'], 'failed'),
  error: optional(error),
  /** The likely causes of the error, the likeliest first: the run knew secrets that its trace hides. */
  diagnosis: unlessEmpty(listOf(diagnosis)),
  /** The causes that the evidence excludes. */
  ruled_out: unlessEmpty(listOf(ruledOut)),
});

/** How a run ended. */
export type Outcome = ReturnType<typeof readOutcome>;

const token = shape({
  /** The token itself, or the placeholder that stands for it. */
  token: text,
  header: object,
  /** null when it is encrypted. */
  claims: (value): JsonObject | null => (isJsonObject(value) ? value : null),
});

/** A JWT of the conversation, decoded; nothing here says that it can be trusted. */
export type RecordedToken = ReturnType<typeof token>;

/**
 * A recorded conversation, of this program or another: all that was sent, received, checked and said, in order. The `.json` of
 * `--trace` holds it as it stands here. Moments are RFC 3339; `at_ms` counts from `started_at`.
 */
export interface Recording {
  readonly version: 1;
  readonly kind: 'trace';
  /** Such as `oauth-code 1.0.0`; empty when another program recorded it. */
  readonly recorded_by: string;
  readonly command: string;
  readonly started_at: string | null;
  readonly duration_ms: number;
  /** Whether placeholders such as `‹access_token›` stand for secrets, the same one for the same secret. */
  readonly secrets: 'redacted' | 'shown';
  readonly outcome: Outcome;
  readonly events: readonly RecordedEvent[];
  readonly tokens: readonly RecordedToken[];
  /** Only beside shown secrets: what is to be hidden when the recording is shown to others. */
  readonly known_secrets?: readonly { readonly kind: string; readonly value: string }[];
}

/** Reads the members of a recording; members that are missing or of another type become empty. */
export function readMembers(document: JsonObject): Recording {
  const known = listOf(shape({ kind: text, value: text }))(document.known_secrets);
  return {
    version: 1,
    kind: 'trace',
    recorded_by: text(document.recorded_by),
    command: text(document.command),
    started_at: moment(document.started_at),
    duration_ms: duration(document.duration_ms),
    secrets: document.secrets === 'redacted' ? 'redacted' : 'shown',
    outcome: readOutcome(object(document.outcome)),
    events: listOf((event) => readEvent(event) ?? [])(document.events).flat(),
    tokens: listOf(token)(document.tokens),
    ...(known.length === 0 ? {} : { known_secrets: known }),
  };
}

/** Reads a member that may be missing or of another type; a member that is read as undefined is left out. */
export type Read<T> = (value: JsonValue | undefined) => T;

type Shape = Readonly<Record<string, Read<unknown>>>;
type Optional<S extends Shape> = {
  [Name in keyof S]: undefined extends ReturnType<S[Name]> ? Name : never;
}[keyof S];

/** The type of an object that a shape reads. */
type Shaped<S extends Shape> = {
  readonly [Name in Exclude<keyof S, Optional<S>>]: ReturnType<S[Name]>;
} & { readonly [Name in Optional<S>]?: Exclude<ReturnType<S[Name]>, undefined> };

/** Reads an object member by member, in the order of the shape. */
export function shape<const S extends Shape>(members: S): (value: JsonObject) => Shaped<S> {
  const readers = Object.entries(members);
  return (value) =>
    Object.fromEntries(
      readers.flatMap(([name, read]) => {
        const member = read(Object.hasOwn(value, name) ? value[name] : undefined);
        return member === undefined ? [] : [[name, member]];
      }),
    ) as Shaped<S>;
}

/** An object that may be missing. */
function optional<T>(read: (value: JsonObject) => T): Read<T | undefined> {
  return (value) => (isJsonObject(value) ? read(value) : undefined);
}

/** The objects of a list, each as it is read; empty for anything else. */
export function listOf<T>(read: (value: JsonObject) => T): Read<readonly T[]> {
  return (value) => (Array.isArray(value) ? value.filter(isJsonObject).map(read) : []);
}

/** A list that is left out when nothing is in it. */
function unlessEmpty<T>(read: Read<readonly T[]>): Read<readonly T[] | undefined> {
  return (value) => {
    const found = read(value);
    return found.length === 0 ? undefined : found;
  };
}

/** A string, else an empty one. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A string, else null. */
export function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A string that may be missing. */
export function optionalText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The strings of a list. */
function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An object, else an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/**
 * Header fields, saved as a list of pairs or of `{name, value}`, or as an object of texts or lists of them; null for
 * anything else. The pseudo-header fields of HTTP/2 are the request line in other words (RFC 9113 §8.3): left out.
 */
export function headerFields(value: JsonValue | undefined): HeaderList | null {
  const pairs = Array.isArray(value)
    ? value.map((field) => (isJsonObject(field) ? [field.name, field.value] : field))
    : isJsonObject(value)
      ? Object.entries(value).flatMap(([name, item]) =>
          (Array.isArray(item) ? item : [item]).map((one) => [
            name,
            typeof one === 'number' ? String(one) : one,
          ]),
        )
      : null;
  return (
    pairs?.flatMap((pair): HeaderList => {
      const [name, field] = Array.isArray(pair) ? pair : [];
      const isField = typeof name === 'string' && typeof field === 'string' && !name.startsWith(':');
      return isField ? [[name, field]] : [];
    }) ?? null
  );
}

/** The same in a trace; null when they were not recorded. */
function headers(value: JsonValue | undefined): HeaderList | null {
  return value === null ? null : (headerFields(value) ?? []);
}

const longestMs = 1e12;

/** Milliseconds that can have passed. */
function duration(value: JsonValue | undefined): number {
  return typeof value === 'number' && value >= 0 && value <= longestMs ? value : 0;
}

/** The same, which may be missing. */
function optionalDuration(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? duration(value) : undefined;
}

/** A status of three digits at most; 0, as anything else, says that it was not recorded. */
function status(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 999 ? value : null;
}

/** Stands in a file where no moment was recorded. */
export const unknownMoment = '1970-01-01T00:00:00.000Z';

/** A moment of the years 0 to 9999; null when it was not recorded. */
export function moment(value: JsonValue | undefined): string | null {
  const at = new Date(text(value));
  const known = !Number.isNaN(at.getTime()) && /^\d{4}-/.test(at.toISOString());
  return known && at.toISOString() !== unknownMoment ? at.toISOString() : null;
}

/** One of the choices, else the one that is named for that. */
function oneOf<const Choice extends string>(choices: readonly Choice[], otherwise: Choice): Read<Choice> {
  return (value) => choices.find((choice) => choice === value) ?? otherwise;
}
