import type { HttpRequest } from '../http-message.ts';
import { stringifyExactly } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import { splitScope } from '../protocol/parameters.ts';
import {
  type Asked,
  headerFields,
  moment,
  optionalText,
  type RecordedEvent,
  type RecordedResponse,
  recordedCallback,
  savedExchange,
  savedRequest,
  shape,
  text,
} from './recording.ts';

/** The step that each name of an endpoint stands for. */
const endpoints: Readonly<Record<string, string>> = {
  authorization: 'authorization',
  callback: 'callback',
  device_authorization: 'device_authorization',
  discovery: 'discovery',
  error: 'token',
  metadata: 'discovery',
  token: 'token',
  token_response: 'token',
  userinfo: 'userinfo',
};

/** Tells whether a JSON value is an exchange document: it has a response with a body or status, or a callback. */
export function isExchangeDocument(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const { response, callback, request, endpoint } = value;
  const hasResponse =
    isJsonObject(response) && ('body' in response || 'status' in response || 'headers' in response);
  const saysWhere = typeof endpoint === 'string' && Object.hasOwn(endpoints, endpoint);
  const hasCallback = isJsonObject(callback) && typeof callback.url === 'string';
  return hasCallback || (hasResponse && (saysWhere || isJsonObject(request))) || isSentRequest(request);
}

/** Reads an exchange document `{endpoint, request, callback?, response}`; what has another type counts as absent. */
export function readExchangeDocument(document: JsonObject, source: string): RecordedEvent {
  const asked = readAsked(document.request);
  const response = readResponse(document.response);
  const received = readCallback(document.callback, response);
  if (received !== undefined) return recordedCallback(received, { source, asked });
  const { endpoint, started_at, duration_ms } = document;
  return savedExchange({
    source,
    asked,
    step: ownMember(endpoints, text(endpoint)) ?? '',
    started_at: moment(started_at),
    duration_ms: typeof duration_ms === 'number' ? duration_ms : null,
    request: readRequest(document.request),
    response,
  });
}

function readAsked(request: JsonValue | undefined): Asked {
  if (!isJsonObject(request)) return {};
  const { scope } = request;
  const words = typeof scope === 'string' ? splitScope(scope) : scope;
  return {
    ...askedTexts(request),
    ...(Array.isArray(words) ? { scope: words.filter((word) => typeof word === 'string') } : {}),
  };
}

const askedTexts = shape({ grant: optionalText, state: optionalText, issuer: optionalText });

function isSentRequest(request: JsonValue | undefined): boolean {
  return isJsonObject(request) && typeof request.method === 'string' && typeof request.url === 'string';
}

function readRequest(request: JsonValue | undefined): HttpRequest | null {
  if (!isJsonObject(request)) return null;
  const body = bodyText(request.body);
  return savedRequest(request, body ?? undefined, typeof request.body === 'string' ? 'POST' : 'GET');
}

function readResponse(response: JsonValue | undefined): RecordedResponse | null {
  if (!isJsonObject(response)) return null;
  const { status, headers, body } = response;
  return {
    status: typeof status === 'number' ? status : null,
    headers: headerFields(headers),
    body: bodyText(body),
  };
}

/** A body that was saved as JSON rather than as text is written out again. */
function bodyText(body: JsonValue | undefined): string | null {
  if (typeof body === 'string') return body;
  return isJsonObject(body) || Array.isArray(body) ? stringifyExactly(body) : null;
}

function readCallback(
  callback: JsonValue | undefined,
  response: RecordedResponse | null,
): ReceivedAuthorizationResponse | undefined {
  if (!isJsonObject(callback)) return undefined;
  const { method, fragment, body } = callback;
  const url = text(callback.url);
  switch (method) {
    case 'POST':
      return { method, url, body: bodyText(body) ?? response?.body ?? '' };
    case 'FRAGMENT':
      return { method, url, fragment: text(fragment) };
    default:
      return { method: method === 'PASTE' ? method : 'GET', url };
  }
}
