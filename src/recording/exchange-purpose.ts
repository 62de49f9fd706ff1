import { headerValue, mediaType } from '../http-message.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textMember } from '../json/json.ts';
import { openResponse, type ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import { callbackErrorCodes } from '../protocol/error-members.ts';
import { endpointUrls, readMetadataMembers, type ServerMetadata } from '../protocol/metadata.ts';
import { type Parameters, parameterValue, splitScope } from '../protocol/parameters.ts';
import { errorInDamagedJson } from './error-in-text.ts';
import {
  type Asked,
  type RecordedEvent,
  type RecordedExchange,
  type RecordedRequest,
  type RecordedResponse,
  receivedCallback,
} from './recording.ts';
import { bodyParameters, type SentAuthorizationRequest } from './sent-request.ts';
import { isAt, isMetadataUrl, urlKind, urlParameters } from './url-input.ts';

/** Facts from the messages sorted so far that help to sort the next ones. */
export interface KnownSoFar {
  readonly sent: SentAuthorizationRequest[];
  /** Callback URLs that were seen already, in a Location header. */
  readonly callbacks: Set<string>;
  metadata: ServerMetadata | null;
  /** The last key set that was fetched. */
  keySet: { readonly url: string; readonly keyIds: readonly string[] } | null;
  /** Codes that a token request redeems, wherever in the recording. */
  readonly codes: Set<string>;
  /** The `jti` of each DPoP proof. */
  readonly proofs: Set<string>;
  /** A token request may redeem any code: what it said was not saved. */
  hasUnreadCode: boolean;
  /** The user chose this message; there is no other. */
  readonly isAlone: boolean;
}

/** The facts before the first message. */
export function nothingKnown(isAlone = false): KnownSoFar {
  return {
    sent: [],
    callbacks: new Set(),
    metadata: null,
    keySet: null,
    codes: new Set(),
    proofs: new Set(),
    hasUnreadCode: false,
    isAlone,
  };
}

/** The last authorization request whose parameters are known. */
export function lastSent({ sent }: KnownSoFar): SentAuthorizationRequest | undefined {
  return (
    sent.findLast(({ parameters }) => parameterValue(parameters, 'request_uri') === undefined) ?? sent.at(-1)
  );
}

/** The given facts, completed from the last authorization request. */
export function askedOf(asked: Asked | undefined, known: KnownSoFar): Asked {
  const last = lastSent(known);
  const state = parameterValue(last?.parameters ?? [], 'state');
  const scope = scopeAskedFor(parameterValue(last?.parameters ?? [], 'scope'));
  return {
    ...(state === undefined || state === '' ? {} : { state }),
    ...(scope === undefined ? {} : { scope }),
    ...asked,
  };
}

/** The values of a scope parameter. */
export function scopeAskedFor(scope: string | undefined): readonly string[] | undefined {
  return scope === undefined ? undefined : splitScope(scope);
}

/** Metadata and keys count for the whole conversation, also for what was sent before they were fetched. */
export function learnMetadata(events: readonly RecordedEvent[], known: KnownSoFar): void {
  for (const item of events) {
    if (item.type !== 'exchange') continue;
    const members = objectOf(item.response?.body);
    if (members === undefined) continue;
    if (Object.hasOwn(members, 'issuer') && Object.hasOwn(members, 'token_endpoint')) {
      known.metadata ??= readMetadataMembers(members).metadata;
    }
    if (item.request !== null && Array.isArray(members.keys)) {
      known.keySet = {
        url: item.request.url,
        keyIds: members.keys.flatMap((key) =>
          isJsonObject(key) && typeof key.kid === 'string' ? [key.kid] : [],
        ),
      };
    }
  }
}

/** A body that is a JSON object. */
function objectOf(body: string | null | undefined): JsonObject | undefined {
  const value = body == null || !/^\s*\{/.test(body) ? undefined : parsePlainJson(body);
  return isJsonObject(value) ? value : undefined;
}

const tellingUrl =
  /[?&#](?:response_type|client_id|grant_type|code|state|access_token|id_token|error|request_uri)=|\/\.well-known\/(?:openid|oauth)|jwks|userinfo/i;
const tellingBody =
  /grant_type|client_assertion|response_type=|(?:^|&)(?:code|id_token|access_token|error)=|"(?:grant_type|redirect_uris|software_statement)"/;
const tellingAnswer =
  /"(?:access_token|accessToken|id_token|device_code|auth_req_id|registration_access_token|kty|authorization_endpoint|token_endpoint|error_description)"|"keys"\s*:\s*\[|^(?:access_token|error)=/;
/** Answers of an authorization server are small. */
const longestAnswer = 2_000_000;

/**
 * Tells whether an exchange may be part of an OAuth conversation, going by itself alone: what is certainly none is
 * let go at once, so that a recording of hundreds of pages needs no more memory than its few telling entries.
 */
export function isOauthExchange({ request, response }: RecordedExchange): boolean {
  if (request === null) return true;
  if (isWithoutServer(request.url)) return false;
  const location = headerValue(response?.headers ?? [], 'location');
  if (tellingUrl.test(request.url) || (location !== undefined && tellingUrl.test(location))) return true;
  if (request.body != null && request.body.length <= longestAnswer && tellingBody.test(request.body))
    return true;
  if (refusesToken(request, response)) return true;
  const body = response?.body ?? '';
  return body.length <= longestAnswer && tellingAnswer.test(body);
}

/** Whether a URL is of something that the browser had by itself. */
function isWithoutServer(url: string): boolean {
  return /^(?:data|blob|chrome-extension|moz-extension):/i.test(url);
}

/** Whether a response refuses a token with a challenge for one (RFC 6750 §3; RFC 9449 §7.1). */
export function isChallenged(response: RecordedResponse | null): boolean {
  const challenge = headerValue(response?.headers ?? [], 'www-authenticate');
  return challenge !== undefined && /\b(?:bearer|dpop)\b/i.test(challenge);
}

/** Whether a response refuses a token: with such a challenge, or without one where the request brought a token. */
function refusesToken({ headers }: RecordedRequest, response: RecordedResponse | null): boolean {
  const brought = /^(?:bearer|dpop)\s/i.test(headerValue(headers, 'authorization') ?? '');
  return isChallenged(response) || (brought && response?.status === 401);
}

/** The purposes of exchanges. */
const endpoints = [
  'authorization',
  'callback',
  'device_authorization',
  'backchannel_authentication',
  'registration',
  'discovery',
  'token',
  'userinfo',
] as const;

/** The kind of message that the answer of an endpoint is, where the answer is all that counts. */
export const answerKinds = {
  device_authorization: 'device_response',
  backchannel_authentication: 'backchannel_response',
  registration: 'registration',
} as const;

/** One of {@link endpoints}. */
export type Endpoint = (typeof endpoints)[number];

/**
 * The purpose of an exchange, as the recording says, else as it shows; `challenge` when a protected resource refused a
 * token, undefined when it is not OAuth.
 */
export function endpointOfExchange(
  exchange: RecordedExchange,
  known: KnownSoFar,
): Endpoint | 'challenge' | undefined {
  return endpoints.find((name) => name === exchange.step) ?? findEndpoint(exchange, known);
}

function findEndpoint(exchange: RecordedExchange, known: KnownSoFar): Endpoint | 'challenge' | undefined {
  const { request, response } = exchange;
  if (request === null) return endpointOfAnswer(response, true);
  const { parameters } = bodyParameters(request);
  const inBody = (name: string) => parameterValue(parameters, name) !== undefined;
  const inQuery = (name: string) => parameterValue(urlParameters(request.url).query, name) !== undefined;
  const { metadata } = known;
  if (request.method === 'OPTIONS' || isWithoutServer(request.url)) return undefined;
  if (
    inBody('grant_type') ||
    inQuery('grant_type') ||
    isAt(request.url, endpointUrls(metadata, 'token_endpoint'))
  )
    return 'token';
  const named = (Object.keys(answerKinds) as (keyof typeof answerKinds)[]).find((name) =>
    isAt(request.url, endpointUrls(metadata, `${name}_endpoint`)),
  );
  if (named !== undefined) return named;
  if (/^(?:POST|PUT)$/.test(request.method) && isClient(objectOf(request.body))) return 'registration';
  if (isPushAt(exchange, metadata)) return 'authorization';
  if (isMetadataUrl(request.url)) return 'discovery';
  if (
    urlKind(request.url) === 'authorization_request' &&
    (inQuery('response_type') || inQuery('client_id'))
  ) {
    return 'authorization';
  }
  if (inBody('client_id') && (inBody('response_type') || inBody('request'))) return 'authorization';
  if (isCallbackRequest(exchange, known)) return 'callback';
  if (
    isAt(request.url, metadata?.userinfo_endpoint) ||
    /\/(?:open)?id?\/?userinfo\b|\/userinfo\b/i.test(request.url)
  ) {
    return 'userinfo';
  }
  const isRefused = refusesToken(request, response);
  return (
    endpointOfAnswer(response) ?? (isFormForTokens(request) ? 'token' : isRefused ? 'challenge' : undefined)
  );
}

/** Whether a request goes to the endpoint for pushed authorization requests (RFC 9126 §2). */
export function isPushAt(
  { step, request, response }: RecordedExchange,
  metadata: ServerMetadata | null,
): boolean {
  const endpoint = metadata?.pushed_authorization_request_endpoint;
  const answer = response?.status === null ? undefined : objectOf(response?.body);
  return (
    step === 'par' ||
    (request !== null && isAt(request.url, endpoint)) ||
    (request?.method === 'POST' && answer !== undefined && Object.hasOwn(answer, 'request_uri'))
  );
}

/** Where the body of the request was not saved, its form and the name of the endpoint are what is left. */
function isFormForTokens(request: RecordedRequest): boolean {
  return (
    request.method === 'POST' &&
    request.body == null &&
    ['application/x-www-form-urlencoded', null].includes(mediaType(request.headers)) &&
    /[/._-](?:access_?)?token\/?(?:\?|$)/i.test(request.url)
  );
}

/** Whether a document describes a client, asked for or registered (RFC 7591 §2, §3.2.1). */
function isClient(members: JsonObject | undefined): boolean {
  return ['redirect_uris', 'registration_access_token', 'software_statement'].some(
    (name) => members?.[name] !== undefined,
  );
}

/** Error codes of one endpoint alone (RFC 7591 §3.2.2; CIBA Core §13). */
const ofRegistration = /^(?:invalid_client_metadata|(?:invalid|unapproved)_software_statement)$/;
const ofCiba =
  /^(?:expired_login_hint_token|unknown_user_id|(?:missing|invalid)_user_code|invalid_binding_message)$/;

/** The endpoint whose answer a document is, where its members tell (RFC 8628 §3.2, CIBA Core §7.3, RFC 7591 §3.2.1). */
export function endpointOfMembers(members: JsonObject): keyof typeof answerKinds | undefined {
  const has = (name: string) => Object.hasOwn(members, name);
  const error = textMember(members, 'error') ?? '';
  if (has('device_code') && has('user_code')) return 'device_authorization';
  if (has('auth_req_id') || ofCiba.test(error)) return 'backchannel_authentication';
  if (ofRegistration.test(error)) return 'registration';
  return typeof members.client_id === 'string' && isClient(members) ? 'registration' : undefined;
}

function endpointOfAnswer(
  response: RecordedResponse | null,
  isAlone = false,
): Endpoint | 'challenge' | undefined {
  const members = objectOf(response?.body);
  if (members !== undefined) {
    const has = (name: string) => Object.hasOwn(members, name);
    if (has('issuer') && (has('authorization_endpoint') || has('token_endpoint'))) return 'discovery';
    const named = endpointOfMembers(members);
    if (named !== undefined) return named;
    if ((has('access_token') || has('accessToken')) && response?.status !== null) return 'token';
  }
  if (/^(?:access_token|error)=/.test(response?.body ?? '')) return 'token';
  if (isChallenged(response)) return 'challenge';
  const error = members === undefined ? errorInDamagedJson(response?.body, true)?.error : members.error;
  const status = response?.status ?? 0;
  const isError = typeof error === 'string' && status >= 400;
  const code = /^(?:invalid_(?:client|grant|request|scope)|unauthorized_client|unsupported_grant_type)$/;
  if (isError && error === 'invalid_redirect_uri') return 'registration';
  // An error under a status of success, as GitHub and Slack answer: no API refuses a token so.
  const isOfSuccess = isAlone && status >= 200 && status < 300 && typeof members?.error === 'string';
  return isOfSuccess || (isError && code.test(error)) ? 'token' : undefined;
}

/** A request that brings the answer to a redirect URI or a state that was sent. */
function isCallbackRequest({ request }: RecordedExchange, known: KnownSoFar): boolean {
  if (request === null) return false;
  const { query, fragment } = urlParameters(request.url);
  const body = request.method === 'POST' ? bodyParameters(request).parameters : [];
  const { jwt, parameters } = openResponse([...query, ...fragment, ...body]);
  if (jwt === undefined && !hasAny(parameters, 'code', 'error', 'id_token', 'access_token')) return false;
  const state = parameterValue(parameters, 'state');
  const knowsOne = known.sent.some(
    ({ parameters: own }) =>
      (state !== undefined && parameterValue(own, 'state') === state) ||
      isAt(request.url, parameterValue(own, 'redirect_uri')),
  );
  return (
    knowsOne || (known.sent.length === 0 && hasAny(parameters, 'state') && speaksForItself(parameters, known))
  );
}

function hasAny(parameters: Parameters, ...names: readonly string[]): boolean {
  return names.some((name) => (parameterValue(parameters, name) ?? '') !== '');
}

/**
 * Where the authorization request was not recorded, a code and a state alone make no callback: other pages have
 * parameters of that name. It is one when its code is redeemed later, when it names its issuer (RFC 9207 §2) or an
 * error of the registry, or when it is all there is.
 */
function speaksForItself(parameters: Parameters, known: KnownSoFar): boolean {
  const code = parameterValue(parameters, 'code');
  const error = parameterValue(parameters, 'error');
  if (code === undefined && error === undefined) return false;
  return (
    known.isAlone ||
    known.hasUnreadCode ||
    (code !== undefined && known.codes.has(code)) ||
    /^https?:\/\//.test(parameterValue(parameters, 'iss') ?? '') ||
    (error !== undefined && callbackErrorCodes.has(error))
  );
}

type Received = ReceivedAuthorizationResponse;

/** The callback that a request brought; undefined when it was seen in a redirect before. */
export function callbackOfRequest(request: RecordedRequest, known: KnownSoFar): Received | undefined {
  const { method, url, body } = request;
  if (known.callbacks.has(url)) return undefined;
  known.callbacks.add(url);
  return method === 'POST' && body != null ? { method, url, body } : callbackOfUrl(url);
}

/** A redirect to the redirect URI is the answer, whether the browser could follow it or not. */
export function callbackInLocation(
  { request, response }: RecordedExchange,
  known: KnownSoFar,
): Received | undefined {
  const location = headerValue(response?.headers ?? [], 'location');
  if (location === undefined || !isCallbackUrl(location, request?.url, known)) return undefined;
  known.callbacks.add(location);
  return callbackOfUrl(location);
}

/** The authorization response that a URL holds, in its query or its fragment. */
export function callbackOfUrl(url: string, otherwise: 'GET' | 'PASTE' = 'GET'): Received {
  const isFragment = urlKind(url) === 'callback_in_fragment';
  return receivedCallback({ method: isFragment ? 'FRAGMENT' : otherwise, url });
}

function isCallbackUrl(location: string, from: string | undefined, known: KnownSoFar): boolean {
  const { sent, callbacks } = known;
  const kind = urlKind(location);
  if (callbacks.has(location) || (kind !== 'callback' && kind !== 'callback_in_fragment')) return false;
  const { query, fragment } = urlParameters(location);
  const { jwt, parameters } = openResponse([...query, ...fragment]);
  if (jwt === undefined && !hasAny(parameters, 'code', 'error', 'id_token', 'access_token')) return false;
  const hasState = hasAny(parameters, 'state');
  return (
    (sent.length === 0 &&
      hasState &&
      (from === undefined ||
        isAt(from, known.metadata?.authorization_endpoint) ||
        leavesOrigin(from, location) ||
        speaksForItself(parameters, known))) ||
    isErrorPage(location, known) ||
    sent.some(
      ({ parameters: own }) =>
        isAt(location, parameterValue(own, 'redirect_uri')) ||
        (hasState && parameterValue(own, 'state') === parameterValue(parameters, 'state')),
    )
  );
}

/** A page of the server that tells the person of an error, as it redirects to one where it trusts no redirect URI. */
export function isErrorPage(url: string, { sent, isAlone }: KnownSoFar): boolean {
  const { query } = urlParameters(url);
  return (
    (isAlone || sent.length > 0) &&
    /^[a-z]+_[a-z_]+$/.test(parameterValue(query, 'error') ?? '') &&
    !hasAny(query, 'state', 'code') &&
    !sent.some(({ parameters }) => isAt(url, parameterValue(parameters, 'redirect_uri')))
  );
}

/** A site sends its visitors about with any parameters; what it sends to another one is an answer. */
function leavesOrigin(from: string, location: string): boolean {
  const origin = (url: string) => /^[a-z][a-z\d+.-]*:(?:\/\/[^/?#]*)?/i.exec(url)?.[0].toLowerCase();
  return origin(location) !== undefined && origin(location) !== origin(from);
}
