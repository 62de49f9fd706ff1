import { browserUrl } from './authorization-request.ts';

/** Hints at the session that the server is to end, all optional (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface EndSessionRequest {
  readonly clientId: string;
  readonly idTokenHint?: string | undefined;
  readonly postLogoutRedirectUri?: string | undefined;
  readonly state?: string | undefined;
}

/** The URL at which a person's session at the server ends (OpenID Connect RP-Initiated Logout 1.0 §2). */
export function buildEndSessionUrl(
  endpoint: string,
  { clientId, idTokenHint, postLogoutRedirectUri, state }: EndSessionRequest,
): string {
  const url = new URL(endpoint);
  const parameters = {
    client_id: clientId,
    id_token_hint: idTokenHint,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
  };
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value);
  return browserUrl(url.href);
}
