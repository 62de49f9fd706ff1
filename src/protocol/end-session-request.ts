/** What tells the server whose session to end; all of it optional (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface EndSessionRequest {
  readonly clientId: string;
  readonly idTokenHint?: string | undefined;
  readonly postLogoutRedirectUri?: string | undefined;
}

/** The URL at which a person's session at the server ends (OpenID Connect RP-Initiated Logout 1.0 §2). */
export function buildEndSessionUrl(
  endpoint: string,
  { clientId, idTokenHint, postLogoutRedirectUri }: EndSessionRequest,
): string {
  const url = new URL(endpoint);
  url.searchParams.set('client_id', clientId);
  if (idTokenHint !== undefined) url.searchParams.set('id_token_hint', idTokenHint);
  if (postLogoutRedirectUri !== undefined) {
    url.searchParams.set('post_logout_redirect_uri', postLogoutRedirectUri);
  }
  return url.href;
}
