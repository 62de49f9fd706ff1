import type { CheckResult } from '../../checks/check-result.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import type { DecodedDocument, LoginDocument } from '../../output/documents.ts';
import type { ObtainedToken } from '../../sessions/saved-token.ts';

/** The result of a login as the document that text and JSON are made from. */
export function buildLoginDocument(result: LoginResult, checks: readonly CheckResult[]): LoginDocument {
  const { reading } = result.tokens;
  const { accessToken, refreshToken, idToken } = reading;
  return {
    version: 1,
    issuer: result.issuer,
    client_id: result.clientId,
    ...(result.clientSource && { client: { source: result.clientSource, client_id: result.clientId } }),
    tokens: {
      access_token: accessToken || null,
      token_type: reading.tokenType,
      scope: reading.scope ?? result.requestedScope,
      expires_at: expiryOf(result)?.toISOString() ?? null,
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      ...(idToken === null ? {} : { id_token: idToken }),
    },
    token_response: reading.members,
    decoded: { access_token: decodeForDocument(accessToken), id_token: decodeForDocument(idToken) },
    userinfo: result.userinfo,
    checks,
  };
}

/** A lifetime of zero or less means "does not expire" where it is used; one beyond the calendar means nothing. */
function expiryOf({ tokens: { reading }, receivedAt }: LoginResult): Date | undefined {
  const { expiresInSeconds, expiresAt } = reading;
  if (expiresInSeconds !== null && expiresInSeconds <= 0) return undefined;
  const at = expiresInSeconds === null ? expiresAt : new Date(receivedAt.getTime() + expiresInSeconds * 1000);
  // RFC 3339 has four digits for the year; an invalid date has no year at all.
  return at !== null && at.getUTCFullYear() <= 9999 ? at : undefined;
}

/** A token as `decoded` of a document holds it: null for one that is not a JWT. */
function decodeForDocument(token: string | null): DecodedDocument | null {
  const jwt = token === null ? undefined : decodeJwt(token);
  if (jwt?.type === 'jws') return { header: jwt.header, claims: jwt.claims };
  return jwt?.type === 'jwe' ? { header: jwt.header, claims: null } : null;
}

/** A token and its session as the document that `login` prints too. */
export function buildTokenDocument({
  session,
  narrowed,
  accessToken,
  tokenType,
  scope,
  expiresAt,
  checks,
}: ObtainedToken): LoginDocument {
  const { refresh_token, id_token, token_response } = session.tokens;
  return {
    version: 1,
    issuer: session.issuer,
    client_id: session.client_id,
    tokens: {
      access_token: accessToken || null,
      token_type: tokenType,
      scope,
      expires_at: expiresAt?.toISOString() ?? null,
      ...(refresh_token === undefined ? {} : { refresh_token }),
      ...(id_token === undefined ? {} : { id_token }),
    },
    token_response: narrowed?.token_response ?? token_response,
    decoded: { access_token: decodeForDocument(accessToken), id_token: decodeForDocument(id_token ?? null) },
    userinfo: null,
    checks,
  };
}
