import type { HttpResponse } from '../http-message.ts';
import type { JsonValue } from '../json/json.ts';
import { type EndpointAnswer, readEndpointAnswer } from './endpoint-answer.ts';

/** The answer of the endpoint for pushed requests; nothing is verified (RFC 9126 §2.2, §2.3). */
export type PushedResponseReading = EndpointAnswer<{
  readonly type: 'pushed';
  readonly requestUri: JsonValue | undefined;
  readonly expiresIn: JsonValue | undefined;
}>;

/** Reads what the server answered to a pushed request (RFC 9126 §2.2, §2.3). */
export function readPushedResponse(response: HttpResponse): PushedResponseReading {
  return readEndpointAnswer(response, (members) => {
    const { request_uri: requestUri, expires_in: expiresIn } = members;
    return Object.hasOwn(members, 'request_uri') ? { type: 'pushed', requestUri, expiresIn } : undefined;
  });
}
