import type { HttpResponse } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';

/** The answer of an endpoint that gives a JSON object, or an error; nothing is verified. */
export type EndpointAnswer<Answer> = { readonly response: HttpResponse; readonly body: BodyReading } & (
  | Answer
  | ({ readonly type: 'error' } & ErrorMembers)
);

/** Reads such an answer; a refusal, and an object of which `read` makes nothing, is an error (RFC 6749 §5.2). */
export function readEndpointAnswer<Answer extends { readonly type: string }>(
  response: HttpResponse,
  read: (members: JsonObject) => Answer | undefined,
): EndpointAnswer<Answer> {
  const body = readResponseBody(response.body);
  const members = topLevelObject(body);
  const answer = members === undefined || response.status >= 400 ? undefined : read(members);
  return answer === undefined
    ? { type: 'error', response, body, ...readErrorMembers(body) }
    : { ...answer, response, body };
}
