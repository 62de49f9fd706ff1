import { decodeForDocument } from '../commands/login/login-document.ts';
import type { LoginDocument } from '../output/documents.ts';
import type { ObtainedToken } from './obtain-token.ts';

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
      access_token: accessToken,
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
