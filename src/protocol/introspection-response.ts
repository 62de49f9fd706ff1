import { type HttpResponse, isSuccessStatus } from '../http-message.ts';
import { type DecodedJws, decodeJwt } from '../jose/jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { readResponseBody, topLevelObject } from './response-body.ts';

/** The answer of a server about a token (RFC 7662 §2.2). */
export interface IntrospectionAnswer {
  readonly type: 'answer';
  readonly active: boolean;
  /** Whether `active` came as a text and not as the boolean it should be. */
  readonly activeIsText: boolean;
  /** All members as received. */
  readonly members: JsonObject;
  /** The JWT it came in; null for plain JSON (RFC 9701 §5). */
  readonly jwt: DecodedJws | null;
}

/** An answer as it can be used; nothing is verified. */
export type IntrospectionReading =
  | IntrospectionAnswer
  | { readonly type: 'encrypted' }
  | ({ readonly type: 'error' } & ErrorMembers);

/** Reads the answer of an introspection endpoint: JSON, or a JWT with a `token_introspection` claim. */
export function readIntrospectionResponse(response: HttpResponse): IntrospectionReading {
  const body = readResponseBody(response.body);
  const decoded = body.type === 'plain_text' ? decodeJwt(body.text) : undefined;
  if (decoded?.type === 'jwe') return { type: 'encrypted' };
  const jwt = decoded?.type === 'jws' ? decoded : null;
  const claim = jwt?.claims.token_introspection;
  const members = jwt === null ? topLevelObject(body) : isJsonObject(claim) ? claim : undefined;
  const active = members === undefined || !Object.hasOwn(members, 'active') ? undefined : members.active;
  const isText = active === 'true' || active === 'false';
  if (members !== undefined && isSuccessStatus(response.status) && (typeof active === 'boolean' || isText)) {
    return {
      type: 'answer',
      active: active === true || active === 'true',
      activeIsText: isText,
      members,
      jwt,
    };
  }
  return { type: 'error', ...readErrorMembers(body) };
}
