import type { HttpRequest, HttpResponse } from '../http-message.ts';
import type { JsonValue } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import type { Parameters } from './parameters.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';
import { buildTokenRequest, type TokenRequestClient } from './token-request.ts';

/** The answer of the endpoint for pushed requests; nothing is verified (RFC 9126 §2.2, §2.3). */
export type PushedResponseReading = { readonly response: HttpResponse; readonly body: BodyReading } & (
  | {
      readonly type: 'pushed';
      readonly requestUri: JsonValue | undefined;
      readonly expiresIn: JsonValue | undefined;
    }
  | ({ readonly type: 'error' } & ErrorMembers)
);

/** Builds the request that pushes the parameters of an authorization request to the server (RFC 9126 §2.1). */
export function buildPushedRequest(
  endpoint: string,
  parameters: Parameters,
  client: TokenRequestClient,
  now: Date,
): HttpRequest {
  return buildTokenRequest(endpoint, parameters, client, [], now);
}

/** Reads what the server answered to a pushed request (RFC 9126 §2.2, §2.3). */
export function readPushedResponse(response: HttpResponse): PushedResponseReading {
  const body = readResponseBody(response.body);
  const members = topLevelObject(body);
  const isPushed = members !== undefined && Object.hasOwn(members, 'request_uri') && response.status < 400;
  if (!isPushed) return { type: 'error', response, body, ...readErrorMembers(body) };
  const { request_uri: requestUri, expires_in: expiresIn } = members;
  return { type: 'pushed', response, body, requestUri, expiresIn };
}
