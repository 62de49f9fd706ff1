import type { VendorError } from './vendor-error.ts';

const keycloak =
  'keycloak/keycloak: services/…/oidc/endpoints/TokenEndpoint.java, AuthorizationEndpoint.java';
const unregistered = 'The redirect URI is not registered for this client.';
const registerIt =
  'Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.';

/** Texts of a server that is often self-hosted. */
export const selfHostedErrors: readonly VendorError[] = [
  // Texts of a server that is often self-hosted
  {
    pattern: /Invalid parameter: redirect_uri/i,
    cause: unregistered,
    try: `Add it to the valid redirect URIs of the client. ${registerIt}`,
    source: keycloak,
  },
  {
    pattern: /PKCE verification failed|Code mismatch/i,
    cause: 'The code_verifier does not fit the code_challenge.',
    try: 'Keep the verifier of each login until its code is redeemed.',
    source: keycloak,
  },
  {
    pattern: /PKCE code verifier not specified/i,
    cause: 'The code_verifier is missing from the token request.',
    try: 'Send the verifier the challenge was made from.',
    source: keycloak,
  },
  {
    pattern: /Missing parameter: code_challenge(?:_method)?/i,
    cause: 'The server demands PKCE.',
    try: 'Send code_challenge and code_challenge_method=S256.',
    source: keycloak,
  },
  {
    pattern: /Incorrect redirect_uri/i,
    cause: 'The redirect_uri of the token request is not that of the authorization request.',
    try: 'Send the same redirect_uri in both requests.',
    source: keycloak,
  },
  {
    pattern: /Code not valid/i,
    cause: 'The code has expired or was used before.',
    try: 'Redeem each code once and within a minute, its usual lifetime (client login timeout).',
    source: keycloak,
  },
  {
    pattern: /Invalid client or Invalid client credentials|Invalid client secret/i,
    cause: 'The client secret is wrong, or the client is unknown in this realm.',
    try: 'Compare the credentials of the client; a public client (client authentication off) sends no secret.',
    source: keycloak,
  },
  {
    pattern: /Client not allowed for direct access grants/i,
    cause: 'The client may not use the password grant.',
    try: 'Use a flow with a browser, or enable direct access grants.',
    source: keycloak,
  },
  {
    pattern: /Client not enabled to retrieve service account/i,
    cause: 'The client may not use client credentials.',
    try: 'Enable service accounts (service accounts roles) for the client.',
    source: keycloak,
  },
  {
    pattern:
      /Session not active|Token is not active|Stale token|Maximum allowed refresh token reuse exceeded/i,
    cause: 'The refresh token has expired, its session has ended, or it was used before.',
    try: 'Log in again; ask for offline_access when it has to outlive the session.',
    source: keycloak,
  },
  {
    pattern: /Offline (?:user )?session not (?:found|active)/i,
    cause: 'The offline session has ended: by its lifetime, a logout or an import of the realm.',
    try: 'Log in again, and look at the offline session settings of the realm.',
    source: keycloak,
  },
  {
    pattern: /Account is not fully set up/i,
    cause:
      'The account has something to do first: a password to change, an address to verify, terms to accept.',
    try: 'Sign in with a browser once, or take the required actions off the account.',
    source: keycloak,
  },
  {
    pattern: /Invalid user credentials/i,
    cause: 'User name or password is wrong.',
    try: 'Check both, and the realm in the URL.',
    source: keycloak,
  },
  {
    pattern: /\b(?:Account|User) disabled\b/,
    cause: 'The account is disabled.',
    try: 'Have it enabled in the realm.',
    source: keycloak,
  },
  {
    pattern: /\bClient disabled\b/,
    cause: 'The client is disabled.',
    try: 'Enable it in the realm.',
    source: keycloak,
  },
  {
    pattern: /Invalid scopes: /i,
    cause: 'A scope is unknown or not assigned to the client.',
    try: 'Assign the client scope to the client, or leave it out.',
    source: keycloak,
  },
  {
    pattern: /\bauthentication_expired\b/i,
    cause: 'The login page was open for too long, or the browser kept the cookie of another login.',
    try: 'Start the login again in a fresh window.',
    source: keycloak,
  },
  {
    pattern: /Token client and authorized client don't match|Session doesn't have required client/i,
    cause: 'The refresh token belongs to another client.',
    try: 'Refresh with the client it was issued to.',
    source: keycloak,
  },
  {
    pattern: /Invalid refresh token/,
    cause: 'The server does not know this refresh token: expired, revoked, malformed, or issued elsewhere.',
    try: 'Log in again, and compare the iss of the token, if it is a JWT, with the URL that is asked.',
    source: keycloak,
    confidence: 'medium',
  },
  {
    pattern: /Invalid token issuer/i,
    cause: 'The token was issued under another URL than the one the server is reached by now.',
    try: 'Use one host name and scheme everywhere, and set the hostname of the server.',
    source: keycloak,
  },
  {
    pattern: /Realm does not exist|Realm not found/i,
    cause: 'The realm in the URL does not exist.',
    try: 'Compare its spelling and letter case; older versions have /auth before /realms.',
    source: keycloak,
  },
  {
    pattern: /\bHTTPS required\b/,
    cause: 'The server is asked without TLS from outside.',
    try: 'Use https, or set the proxy headers so that the server knows of it.',
    source: keycloak,
  },
];
