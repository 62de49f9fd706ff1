import { whatKeySetsAreFor } from '../jose/jwk-set.ts';
import { decodeJwt } from '../jose/jwt.ts';
import { readJose } from '../jose/read-token.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { parseIfJson } from '../json/parse-json-exactly.ts';
import { isStructured, readResponseBody } from '../protocol/response-body.ts';
import { looksBinary } from '../protocol/text-input.ts';
import { findTokenHolder } from '../protocol/token-parameters.ts';
import { type AnswerPage, errorInUrl, readAnswerPage } from './answer-page.ts';
import { requestOfAxios, withRequest } from './axios-error.ts';
import { errorsInText, quotedErrors, statusInText } from './error-in-text.ts';
import { isExchangeDocument, readExchangeDocument } from './exchange-document.ts';
import { callbackOfUrl, endpointOfMembers } from './exchange-purpose.ts';
import { failureInText } from './failure-in-text.ts';
import { harEntries, isHar, isHarEntry, readHarEntry } from './har.ts';
import { looksLikeHttpText, readHttpText } from './http-text.ts';
import { loggedRequest } from './logged-request.ts';
import { unpasted } from './pasted-text.ts';
import { plainLines } from './plain-text.ts';
import {
  moment,
  type Outcome,
  object,
  type RecordedEvent,
  readEvent,
  readOutcome,
  recordedCallback,
  savedExchange,
  text as textOf,
} from './recording.ts';
import { isOfUnreachable } from './refusal-in-text.ts';
import { readRequestCommand, startOfCommand } from './request-command.ts';
import {
  isInsomniaExport,
  isPostmanCollection,
  readBrunoFile,
  readBurpItems,
  readInsomniaExport,
  readPostmanCollection,
} from './saved-collection.ts';
import { isTrace } from './trace-format.ts';
import { isErrorPageLink, urlKind, urlParameters } from './url-input.ts';
import { wireDumpAsHttp } from './wire-dump.ts';

/** How a run ended that its trace tells of. */
export interface RecordedRun {
  readonly source: string;
  readonly command: string;
  /** RFC 3339 */
  readonly started_at: string | null;
  readonly outcome: Outcome;
}

/** A part of an input that was not read, as in "not read: SOURCE, because REASON". */
export interface Unread {
  readonly source: string;
  readonly reason: string;
}

/** The result of recognising an input. */
export type Recognition =
  | {
      readonly type: 'recognised';
      readonly events: readonly RecordedEvent[];
      readonly run?: RecordedRun;
      readonly unread?: readonly Unread[];
    }
  /** `seen` completes "This is …"; `hint` says what would help. Neither quotes the input. */
  | { readonly type: 'unrecognised'; readonly seen: string; readonly hint?: string };

/** The values of `--as`: kinds of input, for an input that cannot be recognised. */
export const inputKinds = [
  'token_response',
  'callback',
  'userinfo',
  'metadata',
  'device_response',
  'backchannel_response',
  'registration',
  'jwt',
  'authorization_request',
  'exchange',
  'curl',
  'har',
] as const;

/** One of {@link inputKinds}. */
export type InputKind = (typeof inputKinds)[number];

const bodySteps: Readonly<Partial<Record<InputKind, string>>> = {
  token_response: 'token',
  userinfo: 'userinfo',
  metadata: 'discovery',
  device_response: 'device_authorization',
  backchannel_response: 'backchannel_authentication',
  registration: 'registration',
};

/**
 * Finds out what a text is and takes it apart: a JSON document, HTTP text, a body, or lines that are each a URL, a
 * token or a header field. `kind` says it where it cannot be told. Linear time for any text; nothing is verified.
 */
export function recogniseInput(received: string, source: string, kind?: InputKind): Recognition {
  const text = received
    .trim()
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return unrecognised('empty');
  const given = { received, text, json: jsonOf(text), source, kind };
  if (given.json !== undefined || text.length > longestPaste) return recogniseText(given);
  const { text: plain, hasProse } = unpasted(text);
  if (plain === text) return recogniseText(given);
  const read = recogniseText({ received: plain, text: plain, json: jsonOf(plain), source, kind });
  if (read.type === 'unrecognised' || !hasProse) return read;
  const unread = { source: `${source}, outside of the block of code`, reason: 'it is text around it' };
  return { ...read, unread: [...(read.unread ?? []), unread] };
}

/** A longer text was saved, not pasted. */
const longestPaste = 1_000_000;

/** An input that is not empty. */
interface Given {
  /** With the white space and byte order mark around it. */
  readonly received: string;
  readonly text: string;
  /** Undefined where the text is not JSON. */
  readonly json: JsonValue | undefined;
  readonly source: string;
  readonly kind: InputKind | undefined;
}

function recogniseText(given: Given): Recognition {
  const { received, text, json, source, kind } = given;
  if (json === undefined && isDamagedRecording(text)) return unrecognised('a recording that was cut off');
  if (json !== undefined && isTrace(json)) {
    const { command, started_at, outcome } = json;
    const run = {
      source,
      command: textOf(command),
      started_at: moment(started_at),
      outcome: readOutcome(object(outcome)),
    };
    return { type: 'recognised', events: withStep(eventsOfTrace(json.events, source), kind), run };
  }
  if (json === undefined) {
    const command =
      readCommandText(text, source) ?? (kind === undefined ? readLinesAndCommand(text, source) : undefined);
    if (command !== undefined) return command;
  }
  const events =
    json === undefined
      ? (readBurpItems(text, source) ?? readBrunoFile(text, source) ?? readDumpOrHttp(text, source))
      : (readDocument(json, source, kind) ?? readHttp(text, source));
  if (events !== undefined && events.length > 0) {
    const seen = kind === undefined ? otherAnswer(events) : undefined;
    return seen ?? { type: 'recognised', events: withStep(events, kind) };
  }
  if (events !== undefined && json !== undefined) {
    return isHar(json) && harEntries(json).length === 0
      ? unrecognised(
          'a HAR without entries',
          'Open the network tools of the browser before the login begins, and save it again.',
        )
      : unrecognised('a JSON document without any exchange');
  }
  const step = kind === undefined ? undefined : bodySteps[kind];
  if (step !== undefined) return recognised(bodyAlone(received, source, step));
  const isRecord = kind === undefined && isLogRecord(text, json);
  const isSearched = isRecord || (kind === undefined && isNotOfTokens(json));
  if (isSearched) {
    const told = eventsInText(text, source);
    if (told.length > 0) return { type: 'recognised', events: told };
  }
  if (kind === 'exchange' || kind === 'har' || kind === 'curl') {
    return unrecognised(`not ${kind === 'curl' ? 'the output of curl -i or curl -v' : `a ${kind}`}`);
  }
  const body = isRecord ? undefined : recogniseBody(given);
  if (body?.type === 'recognised') return body;
  if (json !== undefined) {
    const told = kind === undefined && !isSearched ? eventsInText(text, source) : [];
    if (told.length > 0) return { type: 'recognised', events: told };
    return body ?? (isRecord ? unrecognisedJson(json) : recogniseLines(text, source, kind));
  }
  const lines = recogniseLines(text, source, kind);
  return lines.type === 'recognised' ? lines : (body ?? lines);
}

/** What a text quotes: OAuth errors, else why no answer came, else a status unless its requests were read already. */
function eventsInText(text: string, source: string, isLogged = false): readonly RecordedEvent[] {
  return withRequest(answersInText(text, source, isLogged), requestOfAxios(text.slice(0, 200_000)));
}

function answersInText(text: string, source: string, isLogged: boolean): readonly RecordedEvent[] {
  const quoted = errorsInText(text, source);
  if (!quoted.every(isOfUnreachable)) return quoted;
  const page = /id="kc-error-message"/.test(text)
    ? readAnswerPage({ status: null, headers: null, body: text })
    : undefined;
  if (page?.words != null) return [errorPage(page, source, text)];
  const failure = failureInText(text, source);
  if (failure !== undefined) return [...quoted, failure];
  if (quoted.length > 0 || isLogged) return quoted;
  const lines = plainLines(text.slice(0, 200_000)).join('\n').split('\n');
  const logged = lines.flatMap((line) => loggedRequest(line, source) ?? []);
  return logged.length > 0 ? logged : statusInText(text, source);
}

/** A recording that was cut off while it was saved is not JSON, but its entries up to there are. */
export function isDamagedRecording(text: string): boolean {
  return /^\uFEFF?\s*\{[\s\S]{0,5000}"(?:entries|events)"\s*:\s*\[\s*\{/.test(text);
}

function jsonOf(text: string): JsonValue | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  const value = parsePlainJson(text);
  // In recordings bodies are texts; elsewhere a body may be JSON itself.
  return value === undefined || isHar(value) || isTrace(value) ? value : parseIfJson(text);
}

/** The events of a trace, each with its place in the file. */
function eventsOfTrace(events: readonly JsonValue[], source: string): readonly RecordedEvent[] {
  return events.flatMap((event, index) => eventOfTrace(event, `${source}, event ${index + 1}`) ?? []);
}

/** One event of a trace; undefined when its type is unknown. */
export function eventOfTrace(value: JsonValue, source: string): RecordedEvent | undefined {
  const event = isJsonObject(value) ? readEvent(value) : undefined;
  return event === undefined ? undefined : { ...event, source };
}

/** A kind of JSON document that holds exchanges; a further one is a further row. */
interface DocumentReader {
  readonly fits: (value: JsonValue) => boolean;
  readonly read: (value: JsonObject, source: string) => readonly RecordedEvent[];
}

const documentReaders: readonly DocumentReader[] = [
  {
    fits: isHar,
    read: (value, source) =>
      harEntries(value).flatMap((entry, index) => readHarEntry(entry, `${source}, entry ${index + 1}`) ?? []),
  },
  { fits: isExchangeDocument, read: (value, source) => [readExchangeDocument(value, source)] },
  { fits: isPostmanCollection, read: readPostmanCollection },
  { fits: isInsomniaExport, read: readInsomniaExport },
];

function readDumpOrHttp(text: string, source: string): readonly RecordedEvent[] | undefined {
  return readHttp(wireDumpAsHttp(text) ?? text, source);
}

function readHttp(text: string, source: string): readonly RecordedEvent[] | undefined {
  if (!looksLikeHttpText(text)) return undefined;
  const exchanges = readHttpText(text, source);
  // Without any answer of a server, what curl says of the failure is all there is.
  const isUnanswered = exchanges.every(
    ({ request, response }) => response === null || response.status === 407 || request?.method === 'CONNECT',
  );
  const failure = isUnanswered ? failureInText(text, source) : undefined;
  const refused = exchanges.find(({ response }) => response !== null);
  if (failure === undefined || refused === undefined) return [...exchanges, ...(failure ? [failure] : [])];
  // A proxy answered: what it wants, and for which host.
  const schemes = (refused.response?.headers ?? []).filter(([name]) => /^proxy-authenticate$/i.test(name));
  const wanted = schemes.map(([, value]) => value.split(' ')[0]).join(', ');
  const host = refused.request?.method === 'CONNECT' ? `${refused.request.url}: ` : '';
  const { code = '', message = '' } = failure.error ?? {};
  return [{ ...failure, error: { code, message: `${host}${message}${wanted && ` (${wanted})`}` } }];
}

/** A request that was pasted as a command, with the output that may follow it. */
function readCommandText(text: string, source: string): Recognition | undefined {
  const command = readRequestCommand(text);
  if (command === undefined) return undefined;
  const { request, restLine, cutOff } = command;
  const rest = command.rest.trim();
  const sent = [...new URLSearchParams(request.body ?? '').keys()];
  const again = cutOff === '' ? undefined : sent.find((name) => cutOff.includes(`${name}=`));
  const reason = /^\s*-/.test(cutOff || rest)
    ? `the line before it does not end in "\\", so it is not a part of the command${again === undefined ? '' : `; with it ${again} would be sent twice`}`
    : 'it is neither a part of the command nor an answer';
  const read = (events: readonly RecordedEvent[], isLeft = false): Recognition => ({
    type: 'recognised',
    events,
    ...(isLeft || cutOff !== '' ? { unread: [{ source: `${source}, from line ${restLine}`, reason }] } : {}),
  });
  const output = readDumpOrHttp(rest, source) ?? [];
  const [first, ...others] = output;
  if (first?.type === 'exchange') {
    // curl -v prints no body of a request, and curl -i no request at all.
    const sent =
      first.request === null
        ? request
        : { ...request, ...first.request, body: first.request.body ?? request.body ?? null };
    return read([{ ...first, request: sent }, ...others]);
  }
  // The prompt of the shell stands behind a body without a line end.
  const body = /^[{[<]/.test(rest) ? rest.replace(/(?<=[}\]>])[ \t]*[%$#]$/, '') : undefined;
  const response = body === undefined ? null : { status: null, headers: null, body };
  const told = body === undefined ? eventsInText(rest, source) : [];
  const [answer, ...further] = told;
  if (answer?.type === 'exchange') return read([{ ...answer, request }, ...further]);
  const isLeft = rest !== '' && body === undefined && told.length === 0;
  return read([savedExchange({ source, request, response }), ...told], isLeft);
}

/** The URLs of a login, and below them the command that redeems its code. */
function readLinesAndCommand(text: string, source: string): Recognition | undefined {
  const start = startOfCommand(text);
  const above = text.slice(0, start);
  if (start === undefined || looksLikeHttpText(above)) return undefined;
  // The command keeps the numbers of its lines.
  const command = readCommandText(above.replace(/[^\n]+/g, '') + text.slice(start), source);
  const lines = command && recogniseLines(above.trimEnd(), source, undefined);
  if (command?.type !== 'recognised' || lines?.type !== 'recognised') return undefined;
  if (lines.events.some(({ type }) => type !== 'authorization_request' && type !== 'callback'))
    return undefined;
  const unread = [...(lines.unread ?? []), ...(command.unread ?? [])];
  return {
    type: 'recognised',
    events: [...lines.events, ...command.events],
    ...(unread.length > 0 ? { unread } : {}),
  };
}

/** Everything in a document that holds exchanges, or in a list of such documents; undefined when it is neither. */
function readDocument(
  value: JsonValue,
  source: string,
  kind?: InputKind,
): readonly RecordedEvent[] | undefined {
  if (Array.isArray(value)) {
    if (kind !== 'exchange' && !value.some((one) => isHarEntry(one) || isExchangeDocument(one)))
      return undefined;
    return value.flatMap((item, index) => readElement(item, `${source}, item ${index + 1}`));
  }
  if (!isJsonObject(value)) return undefined;
  const reader = documentReaders.find(({ fits }) => fits(value));
  return reader?.read(value, source) ?? (kind === 'exchange' ? [] : undefined);
}

/** One element of a list of exchange documents; those that are none are left out. */
export function readElement(value: JsonValue, source: string): readonly RecordedEvent[] {
  if (isHarEntry(value)) return [readHarEntry(value, source) ?? []].flat();
  return isJsonObject(value) && isExchangeDocument(value)
    ? [readExchangeDocument(value, nameOf(value, source))]
    : [];
}

function nameOf({ id }: JsonObject, source: string): string {
  return typeof id === 'string' && /^[\w.-]{1,60}$/.test(id) ? `${source} (${id})` : source;
}

function withStep(events: readonly RecordedEvent[], kind: InputKind | undefined): readonly RecordedEvent[] {
  const step = kind === undefined ? undefined : bodySteps[kind];
  return step === undefined
    ? events
    : events.map((event) =>
        event.type === 'exchange' && event.response !== null ? { ...event, step } : event,
      );
}

/** What a program wrote, not a server: records of a log in JSON, or what begins like JSON and is another notation. */
function isLogRecord(text: string, json: JsonValue | undefined): boolean {
  if (json === undefined) return /^\{[^\n]*\}\r?\n\{|^\{\s*[^\s"}]|^\[/.test(text);
  const names = /^(?:level|levelname|severity|logger|loggerName|msg|stream|@timestamp|hostname|realmId)$/;
  return isJsonObject(json) && Object.keys(json).some((name) => names.test(name));
}

/** An error is a code: one with more in it is what a program says of it, and these two are of an API (RFC 6750 §3.1). */
function isNotOfTokens(json: JsonValue | undefined): boolean {
  const { error } = object(json);
  return typeof error === 'string' && /[\s"{]|^(?:invalid_token|insufficient_scope)$/.test(error);
}

/** The words of a page of the authorization endpoint stand for the callback that never came. */
function errorPage({ error, words }: AnswerPage, source: string, quoted: string): RecordedEvent {
  const query = new URLSearchParams({ error: error ?? '', error_description: words ?? '' });
  return { ...recordedCallback({ method: 'PASTE', url: `?${query}` }), source, quoted };
}

/** A body by itself, with the byte order mark it may have. */
function bodyAlone(body: string, source: string, step: string): RecordedEvent {
  return savedExchange({ source, step, response: { status: null, headers: null, body } });
}

function recogniseBody({ received, text, json, source, kind }: Given): Recognition | undefined {
  if (kind !== undefined) return undefined;
  if (/^grant_type=|&grant_type=/.test(text) && !/\s/.test(text)) {
    const request = { method: 'POST', url: '', headers: [], body: text };
    return recognised(savedExchange({ source, step: 'token', request }));
  }
  const body = readResponseBody(received);
  if (json !== undefined && isErrorOfApi(json)) {
    const { status, statusCode, error } = object(json);
    const told = [object(error).code, status, statusCode].map(Number).find((one) => one >= 400 && one < 600);
    return recognised(
      savedExchange({ source, response: { status: told ?? null, headers: null, body: received } }),
    );
  }
  const step = isStructured(body)
    ? stepOfDocument(body.document.value, () => findTokenHolder(body.document) !== undefined)
    : body.type === 'malformed_json'
      ? stepOfFragment(body.text)
      : undefined;
  const several = body.type === 'malformed_json' ? bodiesRunTogether(body.text, source) : undefined;
  if (several !== undefined) return several;
  // A body that was cut off, or has other text behind it, is not as the server sent it.
  const isPart = body.type === 'malformed_json' && isCutOrMore(body);
  const told = isPart ? eventsInText(text, source) : [];
  if (told.length > 0) return { type: 'recognised', events: told };
  // A redirect URI's query is form data too, and then more than a body.
  const isRedirect = /^(?:[a-z][a-z\d+.-]*:|[/?#])|(?:^|&)(?:state|iss)=/i.test(text);
  if (step !== undefined && !(isStructured(body) && body.type === 'form' && isRedirect)) {
    return recognised(bodyAlone(received, source, step));
  }
  if (json !== undefined) return unrecognisedJson(json);
  return body.type === 'malformed_json'
    ? unrecognised(`not JSON, although it begins like it: it ${body.reason}`)
    : undefined;
}

/** Bodies that a log or a paste has on one line, each without what belongs to the other. */
function bodiesRunTogether(text: string, source: string): Recognition | undefined {
  const events: RecordedEvent[] = [];
  for (let left = text, at = 1; left !== '' && at <= mostTogether; at += 1) {
    const body = readResponseBody(left);
    const end = body.type === 'malformed_json' ? body.offset : left.length;
    const part = left.slice(0, end);
    left = left.slice(end);
    if (left !== '' && !(left.startsWith('{') && /\} *$/.test(part.slice(-100)))) return undefined;
    const alone = part.trim();
    const given = { received: alone, text: alone, json: jsonOf(alone), source: `${source}, body ${at}` };
    const read = given.json === undefined ? undefined : recogniseBody({ ...given, kind: undefined });
    if (read?.type !== 'recognised') return undefined;
    events.push(...read.events);
    if (left === '') return { type: 'recognised', events };
  }
  return undefined;
}

const mostTogether = 10;

/** Errors that APIs write in forms of their own, which no token endpoint does: Okta, Salesforce, GitHub, Microsoft, Google. */
function isErrorOfApi(json: JsonValue): boolean {
  const members = object(Array.isArray(json) ? json[0] : json);
  const has = (...names: readonly string[]) => names.every((name) => typeof members[name] === 'string');
  const { code, message, type } = object(members.error);
  return (
    (!Object.hasOwn(members, 'error') &&
      (has('errorCode', 'errorSummary') ||
        has('message', 'documentation_url') ||
        (Array.isArray(json) && has('errorCode', 'message')))) ||
    (code !== undefined && message !== undefined && type === undefined) ||
    (members.statusCode === 401 && has('error', 'message'))
  );
}

function isCutOrMore({ text, offset, reason }: { text: string; offset: number; reason: string }): boolean {
  const isFurther = reason.includes('after the value') && !/^\s*[[{,]/.test(text.slice(offset));
  return reason.startsWith('ends') || isFurther || /^\s*(?:\.{3}|…)/.test(text.slice(offset));
}

const errorNames = /^(?:error|errorCode|error_code|errorSummary|errcode|ECODE|error_description)$/;

function stepOfDocument(value: JsonValue, hasTokens: () => boolean): string | undefined {
  const top = isJsonObject(value) ? value : {};
  const has = (name: string) => Object.hasOwn(top, name);
  if (has('issuer') && Object.keys(top).some((name) => /_endpoint$|^jwks_uri$/.test(name)))
    return 'discovery';
  const named = endpointOfMembers(top);
  if (named !== undefined) return named;
  if (hasTokens() || has('access_token')) return 'token';
  if (Object.keys(top).some((name) => errorNames.test(name))) return 'token';
  // An introspection response also has a sub (RFC 7662 §2.2).
  return has('sub') && typeof top.active !== 'boolean' ? 'userinfo' : undefined;
}

/** The likely step of a truncated or otherwise broken document. */
function stepOfFragment(text: string): string | undefined {
  const start = text.slice(0, 5000);
  if (/["'](?:access_token|token_type|refresh_token|id_token|error)["']\s*:/.test(start)) return 'token';
  return /["']issuer["']\s*:/.test(start) ? 'discovery' : undefined;
}

/** What an answer is that came alone and that this command does not judge. */
function otherAnswer([event, ...others]: readonly RecordedEvent[]): Recognition | undefined {
  if (event?.type !== 'exchange' || event.step !== '' || event.request !== null || others.length > 0)
    return undefined;
  const { status = null, body = null } = event.response ?? {};
  const value = (status ?? 0) < 300 && body !== null ? parsePlainJson(body) : undefined;
  return isJsonObject(value) ? otherDocument(value) : undefined;
}

/** Documents of OAuth that other commands read. */
function otherDocument(value: JsonObject): Recognition | undefined {
  const has = (name: string) => Object.hasOwn(value, name);
  if (Array.isArray(value.keys))
    return unrecognised('a key set (JWKS), without a message', whatKeySetsAreFor);
  if (typeof value.active === 'boolean') {
    return unrecognised(
      'an introspection response, which this command does not read',
      'The command introspect asks for one and judges it.',
    );
  }
  if (typeof value.request_uri === 'string' && !has('client_id')) {
    return unrecognised(
      'the response to a pushed authorization request (RFC 9126 §2.2), without the request',
      'It tells of no error. Give the request too, as curl -v or a HAR has it.',
    );
  }
  return undefined;
}

function unrecognisedJson(value: JsonValue): Recognition {
  if (!isJsonObject(value)) return unrecognised('a JSON array of other things than exchanges');
  const names = Object.keys(value)
    .filter((name) => /^[\w.-]{1,40}$/.test(name))
    .slice(0, 6);
  const known = otherDocument(value);
  if (known !== undefined) return known;
  const members = names.length === 0 ? '' : ` with ${names.map((name) => `"${name}"`).join(', ')}`;
  return unrecognised(`a JSON object${members}, of an unknown kind`);
}

const mostLines = 2000;

function recogniseLines(text: string, source: string, kind: InputKind | undefined): Recognition {
  const whole = recogniseLine(text, source, kind);
  if (whole.type === 'recognised') return whole;
  const lines = unwrapped(text.split('\n'));
  const found: RecordedEvent[] = [];
  const around = new Set<number>();
  for (const [index, line] of lines.slice(0, mostLines).entries()) {
    const place = `${source}, line ${index + 1}`;
    const logged = kind === undefined ? loggedRequest(line, place) : undefined;
    const candidates = logged === undefined ? [...(lines.length > 1 ? [line] : []), ...urlsIn(line)] : [];
    const read = candidates
      .map((text) => ({ text, recognition: recogniseLine(text, place, kind) }))
      .find(({ recognition }) => recognition.type === 'recognised');
    if (logged !== undefined) found.push(logged);
    else if (read?.recognition.type === 'recognised') found.push(...read.recognition.events);
    else continue;
    // An error may be told beside a URL.
    around.add(index);
    lines[index] = line.replace(logged?.request?.url ?? read?.text ?? '', '');
  }
  // One logged request may have its status in another line; several have each their own.
  const isLogged = found.filter((event) => event.type === 'exchange' && event.response !== null).length > 1;
  const told = kind === undefined ? eventsInText(lines.join('\n'), source, isLogged) : [];
  const events = withoutRepeated(found, told);
  if (events.length === 0) return whole;
  const rest = lines.flatMap((line, index) => (line.trim() === '' || around.has(index) ? [] : [index + 1]));
  const isLeft = rest.length > 0 && events.length === found.length;
  const place = `${source}, line${rest.length === 1 ? '' : 's'} ${rest.slice(0, 5).join(', ')}${rest.length > 5 ? ' and others' : ''}`;
  const unread = [{ source: place, reason: 'no message is in it' }];
  return { type: 'recognised', events, ...(isLeft ? { unread } : {}) };
}

/** A log may tell of a request by its status, and then quote what was answered: beside it, or anywhere where it tells of one. */
function withoutRepeated(
  found: readonly RecordedEvent[],
  told: readonly RecordedEvent[],
): readonly RecordedEvent[] {
  const isOfToken = (event: RecordedEvent): event is RecordedEvent<'exchange'> =>
    event.type === 'exchange' && event.step === 'token';
  const logged = found.filter(isOfToken).filter(({ response }) => response !== null);
  if (logged.length === 1 && told.some(isOfToken))
    return [
      ...found.filter((event) => event !== logged[0]),
      ...withRequest(told, logged[0]?.request ?? undefined),
    ];
  const on = (place: string | undefined) => logged.find(({ source }) => source === place);
  const answers = told.map((event) => {
    const lineBefore = event.source?.replace(/\d+$/, (line) => `${Number(line) - 1}`);
    const isAlone = !told.some(({ source }) => source === lineBefore);
    return {
      event,
      asked: isOfToken(event) ? (on(event.source) ?? (isAlone ? on(lineBefore) : undefined)) : undefined,
    };
  });
  return [
    ...found.filter((event) => !answers.some(({ asked }) => asked === event)),
    ...answers.flatMap(({ event, asked }) => withRequest([event], asked?.request ?? undefined)),
  ];
}

const wrappable =
  /^["'<]?(?:[a-z][\w+.-]*:\/\/\S*|[?#]\w+=\S*|(?:authorization\s*:\s*)?(?:bearer|dpop)\s+\S+)$/i;
const headerStart = /^(?:www|proxy)-authenticate\s*:/i;
const messageStart = /^["'<]?(?:[a-z][\w+.-]*:\/|e[wy][\w-]{4}|[?{[<]|[\w-]+\s*:\s|HTTP\/|bearer\s)/i;
/** A terminal or mail breaks no shorter line. */
const shortestWidth = 60;

/** Lines in which wrapped URLs and header fields are whole again; what was joined to a line before is empty. */
function unwrapped(lines: readonly string[]): string[] {
  const whole = [...lines];
  let head = -1;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    const before = (lines[index - 1] ?? '').trimEnd();
    const isField = headerStart.test(whole[head] ?? '');
    const isWrapped = /[&=%]/.test(text) || before.length >= shortestWidth || /[?&=%]$/.test(before);
    const continues =
      head !== -1 &&
      text !== '' &&
      (isField
        ? /^[ \t]/.test(line) || isOpen(whole[head] ?? '')
        : isWrapped && !/\s/.test(text) && !messageStart.test(text));
    if (continues) {
      whole[head] = `${(whole[head] ?? '').trimEnd()}${isField ? ' ' : ''}${text}`;
      whole[index] = '';
    } else head = wrappable.test(text) || headerStart.test(text) ? index : -1;
  }
  return whole;
}

/** A header field that ends in a comma or within quotes goes on. */
function isOpen(field: string): boolean {
  return /,\s*$/.test(field) || (field.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
}

const longestUrl = 100_000;
const challengeField = /^(www-authenticate|proxy-authenticate)\s*:\s*((?:[^\n]|\n[ \t])*)$/i;
const credentialsField = /^(?:authorization\s*:\s*)?(?:bearer|dpop)\s+(\S+)$/i;
const locationField = /^(?:location|referer)\s*:\s*(\S+)$/i;

/**
 * URLs with parameters inside a line: a sentence, a link, a command that opens it. Beside an error a link to a page that
 * explains it may have parameters of those names.
 */
function urlsIn(line: string): readonly string[] {
  if (line.length > longestUrl) return [];
  const written = (line.match(/\bhttps?:\/\/[^\s"'`<>()[\]]+[?#][^\s"'`<>()[\]]+/g) ?? []).slice(0, 10);
  const urls = written.map((url) => url.replace(/[.,;:!]+$/, '')).filter((url) => !isErrorPageLink(url));
  const mayExplain = (url: string) => urlKind(url) === 'callback' && !/[?&]state=/.test(url);
  // Reading the errors of a line takes most of the time that a log takes.
  const isOfError =
    urls.some(mayExplain) &&
    quotedErrors(written.reduce((left, url) => left.replace(url, ''), line)).length > 0;
  return isOfError ? urls.filter((url) => !mayExplain(url)) : urls;
}

/** Recognises one line: a URL, a query string, a JWT, `Bearer …`, or a header field that holds one of them. */
function recogniseLine(line: string, source: string, kind?: InputKind): Recognition {
  const text = unquote(line.trim());
  const challenge = challengeField.exec(text);
  if (challenge !== null) return recognised(challengeAlone(source, challenge[1] ?? '', challenge[2] ?? ''));
  const credentials = credentialsField.exec(text);
  if (credentials !== null) return recogniseToken(credentials[1] ?? '', source);
  const url = locationField.exec(text)?.[1] ?? text;
  if (kind === 'jwt' || /^e[wy][\w-]{6}[\w-]*(?:\.|={0,2}$)/.test(url))
    return recogniseToken(url.replace(/\s+/g, ''), source);
  if (kind === 'authorization_request') return recognised(authorizationRequest(url, source));
  if (kind === 'callback') return recognised(recordedCallback(callbackOfUrl(url, 'PASTE'), { source }));
  return recogniseUrl(url, source);
}

function recognised(event: RecordedEvent): Recognition {
  return { type: 'recognised', events: [event] };
}

/** Quotes and backticks that were copied along, also the angle brackets of an e-mail. */
function unquote(text: string): string {
  const match = /^(["'`<])([\s\S]*)(["'`>])[,;]?$/.exec(text);
  return match === null || text.startsWith('</') ? text : (match[2] ?? text).trim();
}

function challengeAlone(source: string, name: string, value: string): RecordedEvent {
  const response = {
    status: null,
    headers: [[name, value.replace(/\s*\n\s*/g, ' ').trim()] as const],
    body: null,
  };
  return savedExchange({ source, response });
}

function recogniseToken(text: string, source: string): Recognition {
  const decoded = decodeJwt(text);
  if (decoded.type !== 'invalid' || decoded.part !== 'parts' || readJose(text) !== undefined) {
    return recognised({ type: 'jwt', at_ms: 0, source, text });
  }
  if (/^e[wy][\w-]{6}/.test(text)) {
    return unrecognised(
      'a JWT that was cut off or damaged in its header',
      'Copy the whole token: three parts with dots between them.',
    );
  }
  return unrecognised(
    `an opaque token of ${text.length} characters: only the server that issued it can say what it means`,
    'Ask the introspection endpoint of the server about it, or UserInfo with it.',
  );
}

function authorizationRequest(url: string, source: string): RecordedEvent {
  return { type: 'authorization_request', at_ms: 0, source, url, redirect_uri: '' };
}

function recogniseUrl(text: string, source: string): Recognition {
  const isUrl = /^[a-z][a-z\d+.-]*:\S+$/i.test(text);
  const isQuery = /^[\w.-]{1,40}=\S*$/.test(text);
  if (text.length > longestUrl || !(isUrl || isQuery || /^[/?#]\S*$/.test(text)))
    return unrecognisedText(text);
  const url = isQuery ? `?${text}` : text;
  const told = /\/errors?\/?[?#]/.test(url) && !/[?&#]state=/.test(url) ? errorInUrl(url) : undefined;
  if (told?.error != null) return recognised(errorPage(told, source, url));
  switch (urlKind(url)) {
    case 'authorization_request':
      return recognised(authorizationRequest(url, source));
    case 'callback':
    case 'callback_in_fragment':
      return recognised(recordedCallback(callbackOfUrl(url, 'PASTE'), { source }));
    case 'metadata':
      return unrecognised(
        'the URL of a metadata document, and nothing is fetched here',
        'To fetch and check it: oauth-code discover ISSUER',
      );
    case 'other':
      return unrecognised(
        isUrl
          ? `a URL with ${parameterNames(url)}: neither an authorization request nor a callback`
          : `text with ${parameterNames(url)}: neither a callback nor a body`,
      );
  }
}

function parameterNames(url: string): string {
  const { query, fragment } = urlParameters(url);
  const names = [...new Set([...query, ...fragment].map(([name]) => name))]
    .filter((name) => /^[\w.-]{1,40}$/.test(name))
    .slice(0, 6);
  return names.length === 0 ? 'no parameters' : `the parameters ${names.join(', ')}`;
}

function unrecognisedText(text: string): Recognition {
  if (/^\s*<(?:!doctype|html)/i.test(text)) {
    return unrecognised(
      'an HTML page',
      'If an endpoint answered with it, say which: --as token_response, userinfo or metadata.',
    );
  }
  if (/^-----BEGIN /.test(text)) return unrecognised('a PEM document, such as a key');
  if (looksBinary(text)) return unrecognised('binary data');
  const size = `text of ${text.length} character${text.length === 1 ? '' : 's'}`;
  return unrecognised(text.includes('\n') ? `${size} on several lines` : size);
}

function unrecognised(seen: string, hint?: string): Recognition {
  return { type: 'unrecognised', seen, ...(hint === undefined ? {} : { hint }) };
}
