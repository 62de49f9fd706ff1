import { mediaType } from '../http-message.ts';
import { parameterValue } from '../protocol/parameters.ts';
import type { CapturedExchange, CapturedRequest, CapturedResponse, Endpoint } from './captured.ts';
import { isCallbackRequest } from './find-callbacks.ts';
import { isChallenged, isWithoutServer } from './is-oauth-exchange.ts';
import { isAt, type KnownSoFar, objectOf } from './known-so-far.ts';
import { bodyParameters } from './sent-request.ts';
import { urlKind, urlParameters } from './url-input.ts';

/** What an exchange is for, `challenge` when a protected resource refused a token; undefined when it is no OAuth. */
export function endpointOfExchange(
  exchange: CapturedExchange,
  known: KnownSoFar,
): Endpoint | 'challenge' | undefined {
  const { request, response } = exchange;
  if (request === null) return endpointOfAnswer(response);
  const { parameters } = bodyParameters(request);
  const inBody = (name: string) => parameterValue(parameters, name) !== undefined;
  const inQuery = (name: string) => parameterValue(urlParameters(request.url).query, name) !== undefined;
  const { metadata } = known;
  if (request.method === 'OPTIONS' || isWithoutServer(request.url)) return undefined;
  if (inBody('grant_type') || inQuery('grant_type') || isAt(request.url, metadata?.token_endpoint))
    return 'token';
  if (/\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(request.url))
    return 'discovery';
  if (
    urlKind(request.url) === 'authorization_request' &&
    (inQuery('response_type') || inQuery('client_id'))
  ) {
    return 'authorization';
  }
  if (inBody('response_type') && inBody('client_id')) return 'authorization';
  if (isCallbackRequest(exchange, known)) return 'callback';
  if (
    isAt(request.url, metadata?.userinfo_endpoint) ||
    /\/(?:open)?id?\/?userinfo\b|\/userinfo\b/i.test(request.url)
  ) {
    return 'userinfo';
  }
  return endpointOfAnswer(response) ?? (isFormForTokens(request) ? 'token' : undefined);
}

/** Where the body of the request was not saved, its form and the name of the endpoint are what is left. */
function isFormForTokens(request: CapturedRequest): boolean {
  return (
    request.method === 'POST' &&
    request.body === null &&
    mediaType(request.headers) === 'application/x-www-form-urlencoded' &&
    /[/._-](?:access_?)?token\/?(?:\?|$)/i.test(request.url)
  );
}

function endpointOfAnswer(response: CapturedResponse | null): Endpoint | 'challenge' | undefined {
  const members = objectOf(response?.body);
  if (members !== undefined) {
    const has = (name: string) => Object.hasOwn(members, name);
    if (has('issuer') && (has('authorization_endpoint') || has('token_endpoint'))) return 'discovery';
    if ((has('access_token') || has('accessToken')) && response?.status !== null) return 'token';
  }
  if (/^(?:access_token|error)=/.test(response?.body ?? '')) return 'token';
  if (isChallenged(response)) return 'challenge';
  if (members === undefined) return undefined;
  const isError = typeof members.error === 'string' && (response?.status ?? 0) >= 400;
  return isError &&
    /^(?:invalid_(?:client|grant|request|scope)|unauthorized_client|unsupported_grant_type)$/.test(
      String(members.error),
    )
    ? 'token'
    : undefined;
}
