import type { HttpResponse } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';

/** The answer of the backchannel authentication endpoint; nothing is verified (CIBA Core §7.3, §13). */
export type BackchannelReading = { readonly response: HttpResponse; readonly body: BodyReading } & (
  | { readonly type: 'accepted'; readonly members: JsonObject }
  | ({ readonly type: 'error' } & ErrorMembers)
);

/** Reads what the server answered to a backchannel authentication request (CIBA Core §7.3). */
export function readBackchannelResponse(response: HttpResponse): BackchannelReading {
  const body = readResponseBody(response.body);
  const members = topLevelObject(body);
  if (members === undefined || response.status >= 400 || !Object.hasOwn(members, 'auth_req_id'))
    return { type: 'error', response, body, ...readErrorMembers(body) };
  return { type: 'accepted', response, body, members };
}
