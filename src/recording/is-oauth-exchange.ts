import { headerValue } from '../http-message.ts';
import type { CapturedExchange } from './captured.ts';

const tellingUrl =
  /[?&#](?:response_type|client_id|grant_type|code|state|access_token|id_token|error|request_uri)=|\/\.well-known\/(?:openid|oauth)|jwks|userinfo/i;
const tellingBody =
  /grant_type|client_assertion|response_type=|(?:^|&)(?:code|id_token|access_token|error)=|"grant_type"/;
const tellingAnswer =
  /"(?:access_token|accessToken|id_token|kty|authorization_endpoint|token_endpoint|error_description)"|"keys"\s*:\s*\[|^(?:access_token|error)=/;
/** Answers of an authorization server are small. */
const longestAnswer = 2_000_000;

/**
 * Tells whether an exchange may be part of an OAuth conversation, going by itself alone: what is certainly none is
 * let go at once, so that a recording of hundreds of pages needs no more memory than its few telling entries.
 */
export function isOauthExchange({ request, response }: CapturedExchange): boolean {
  if (request === null) return true;
  if (isWithoutServer(request.url)) return false;
  const location = response?.headers == null ? undefined : headerValue(response.headers, 'location');
  if (tellingUrl.test(request.url) || (location !== undefined && tellingUrl.test(location))) return true;
  if (request.body !== null && request.body.length <= longestAnswer && tellingBody.test(request.body))
    return true;
  if (isChallenged(response)) return true;
  const body = response?.body ?? '';
  return body.length <= longestAnswer && tellingAnswer.test(body);
}

/** Whether a URL is of something that the browser had by itself. */
export function isWithoutServer(url: string): boolean {
  return /^(?:data|blob|chrome-extension|moz-extension):/i.test(url);
}

/** Whether a response refuses a token with a challenge for one (RFC 6750 §3; RFC 9449 §7.1). */
export function isChallenged(response: CapturedExchange['response']): boolean {
  const challenge = response?.headers == null ? undefined : headerValue(response.headers, 'www-authenticate');
  return challenge !== undefined && /\b(?:bearer|dpop)\b/i.test(challenge);
}
