import type { HeaderList } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { encodeForm } from '../protocol/parameters.ts';
import { failureInText } from './failure-in-text.ts';
import {
  headerFields,
  moment,
  type RecordedExchange,
  type RecordedResponse,
  savedExchange,
  savedRequest,
  text,
} from './recording.ts';

/** Tells whether a JSON value is a HAR (HAR 1.2), the `log` of one, or a single entry. */
export function isHar(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const { log, entries } = value;
  return (
    (isJsonObject(log) && Array.isArray(log.entries)) ||
    (Array.isArray(entries) && entries.some(isHarEntry)) ||
    isHarEntry(value)
  );
}

/** Tells whether a JSON value is an entry of a HAR, as browsers copy it: its body stands in `content`. */
export function isHarEntry(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value) || !isJsonObject(value.request)) return false;
  const { response, startedDateTime } = value;
  return typeof startedDateTime === 'string' || (isJsonObject(response) && isJsonObject(response.content));
}

/** The entries of a HAR, or of what was copied out of one. */
export function harEntries(har: JsonObject): readonly JsonValue[] {
  const { entries } = isJsonObject(har.log) ? har.log : har;
  return Array.isArray(entries) ? entries : isHarEntry(har) ? [har] : [];
}

/** Reads one entry of a HAR; undefined when it has no request. */
export function readHarEntry(entry: JsonValue, source: string): RecordedExchange | undefined {
  if (!isJsonObject(entry) || !isJsonObject(entry.request)) return undefined;
  const { request, response, startedDateTime, time, _step: step } = entry;
  const { postData } = request;
  const body = isJsonObject(postData) ? readPostData(postData) : undefined;
  const sent = savedRequest(request, body);
  if (sent === null) return undefined;
  // Browsers say in `_error` why a request failed.
  const failed = text(isJsonObject(response) && response._error) || text(entry._error);
  return savedExchange({
    ...failureOf(failed, source),
    source,
    step: text(step),
    started_at: moment(startedDateTime),
    duration_ms: typeof time === 'number' && time >= 0 ? time : null,
    request: isJsonObject(postData) && body === undefined ? { ...sent, body: null } : sent,
    response: isJsonObject(response) ? readResponse(response) : null,
  });
}

function failureOf(text: string, source: string): Partial<RecordedExchange> {
  const { error, quoted } = failureInText(text, source) ?? {};
  return error && quoted ? { error, quoted } : {};
}

/** Browsers save the text, some proxies the parameters alone. */
function readPostData({ text, params, encoding }: JsonObject): string | undefined {
  if (typeof text === 'string' && text !== '') return encoding === 'base64' ? decodeBase64(text) : text;
  if (!Array.isArray(params) || params.length === 0) return undefined;
  const pairs = params.flatMap((param): [string, string][] => {
    if (!isJsonObject(param) || typeof param.name !== 'string') return [];
    return [[param.name, typeof param.value === 'string' ? param.value : '']];
  });
  // Some save them as they were on the wire, percent-encoded, some decoded.
  const isEncoded = pairs.every(([name, value]) => !/[\s&=#]|%(?![\da-f]{2})/i.test(name + value));
  return isEncoded && pairs.some(([, value]) => /%[\da-f]{2}/i.test(value))
    ? pairs.map(([name, value]) => `${name}=${value}`).join('&')
    : encodeForm(pairs);
}

/** A response that never came has the status 0, or -1. */
function readResponse({ status, headers, content, redirectURL }: JsonObject): RecordedResponse | null {
  const isAnswered = typeof status === 'number' && status >= 100;
  // A body that was saved without its status is in our own reports.
  if (!isAnswered && !(isJsonObject(content) && typeof content.text === 'string' && content.text !== ''))
    return null;
  const fields = headerFields(headers) ?? [];
  const hasLocation = fields.some(([name]) => name.toLowerCase() === 'location');
  const location: HeaderList =
    !hasLocation && typeof redirectURL === 'string' && redirectURL !== '' ? [['location', redirectURL]] : [];
  return {
    status: isAnswered ? status : null,
    headers: [...fields, ...location],
    body: isJsonObject(content) ? readContent(content) : null,
  };
}

/** The body; null when the file has its size but not its text. */
function readContent({ text, encoding, size }: JsonObject): string | null {
  if (typeof text === 'string') return encoding === 'base64' ? decodeBase64(text) : text;
  return typeof size === 'number' && size > 0 ? null : '';
}

function decodeBase64(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text, 'base64'));
}
