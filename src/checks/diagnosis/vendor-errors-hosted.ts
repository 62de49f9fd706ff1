import type { VendorError } from './vendor-error.ts';

const okta = 'developer.okta.com/docs/reference/error-codes';
const oktaOauth = 'developer.okta.com/docs/api/openapi/okta-oauth/guides/overview';
const auth0 = 'auth0.com/docs/troubleshoot';
const cognito = 'docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html';
const unregistered = 'The redirect URI is not registered for this client.';
const registerIt =
  'Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.';

/** Codes and texts of hosted identity services. */
export const hostedErrors: readonly VendorError[] = [
  // E0000… and texts of the same server
  {
    pattern: /\bE0000011\b/,
    cause: 'The token that was sent is invalid, expired or of another organisation.',
    try: 'Send an access token of this organisation; an API token goes behind SSWS, an access token behind Bearer.',
    source: okta,
  },
  {
    pattern: /\bE0000004\b/,
    cause: 'The credentials are wrong, or the account is locked.',
    try: 'Check user name, password and the state of the account.',
    source: okta,
  },
  {
    pattern: /\bE0000005\b/,
    cause: 'The session is invalid or has expired.',
    try: 'Sign in again.',
    source: okta,
  },
  {
    pattern: /\bE0000006\b/,
    cause: 'The token may not do this.',
    try: 'Grant the scope or the administrator role the operation needs.',
    source: okta,
  },
  {
    pattern: /\bE0000007\b/,
    cause:
      'The resource was not found: most often a wrong organisation, authorization server or identifier in the URL.',
    try: 'Compare the URL with the issuer, including /oauth2/default or the identifier of the authorization server.',
    source: okta,
  },
  {
    pattern: /\bE0000015\b/,
    cause: 'The feature is not enabled for this organisation.',
    try: 'API Access Management is needed for an authorization server of your own; use the one of the organisation, or have it enabled.',
    source: okta,
  },
  {
    pattern: /\bE0000021\b/,
    cause: 'The Content-Type of the request is refused.',
    try: 'Send application/x-www-form-urlencoded to the token endpoint.',
    source: okta,
  },
  {
    pattern: /\bE0000022\b/,
    cause: 'The endpoint does not take this HTTP method.',
    try: 'Use POST for the token endpoint, and check its URL.',
    source: okta,
  },
  {
    pattern: /\bE0000047\b/,
    cause: 'The rate limit was reached.',
    try: 'Wait until X-Rate-Limit-Reset and ask less often.',
    source: okta,
  },
  {
    pattern: /The 'redirect_uri' parameter must be a Login redirect URI in the client app settings/,
    cause: unregistered,
    try: registerIt,
    source: oktaOauth,
  },
  {
    pattern: /'?no_matching_(?:policy|scope)'?|Policy evaluation failed for this request/i,
    cause: 'No access policy of the authorization server allows this client, grant, person or scope.',
    try: 'Add a policy and rule for the client, its grant type and the scopes.',
    source: oktaOauth,
  },
  {
    pattern: /User is not assigned to the client application/i,
    cause: 'The person is not assigned to the application.',
    try: 'Assign the person or a group of theirs.',
    source: oktaOauth,
  },
  {
    pattern: /The client secret supplied for a confidential client is invalid/i,
    cause: 'The client secret is wrong.',
    try: 'Copy it again from the application, or make a new one.',
    source: oktaOauth,
  },
  {
    pattern: /PKCE code challenge is required/i,
    cause: 'The server demands PKCE.',
    try: 'Send code_challenge and code_challenge_method=S256.',
    source: oktaOauth,
  },

  // Texts of a hosted service
  {
    pattern: /Grant type '[^']{1,80}' not allowed for the client/i,
    cause: 'The client may not use this grant.',
    try: 'Enable it under the grant types of the application.',
    source: auth0,
  },
  {
    pattern: /Callback URL mismatch/i,
    cause: unregistered,
    try: `Add it to the allowed callback URLs. ${registerIt}`,
    source: auth0,
  },
  {
    pattern: /Service not found: /i,
    cause: 'The audience names no API of this tenant.',
    try: 'Compare "audience" with the identifier of the API, a slash at its end included.',
    source: auth0,
  },
  {
    pattern: /Client is not authorized to access "[^"]{1,200}"/i,
    cause: 'The client has no grant for this API.',
    try: 'Authorize the application for the API (client grant).',
    source: auth0,
  },
  {
    pattern: /Unknown or invalid refresh token/i,
    cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
    try: 'Log in again, and store the newest refresh token each time.',
    source: auth0,
  },
  {
    pattern: /Failed to verify code verifier/i,
    cause: 'The code_verifier does not fit the code_challenge.',
    try: 'Keep the verifier of each login until its code is redeemed.',
    source: auth0,
  },
  {
    pattern: /"error_description"\s*:\s*"Invalid authorization code"/i,
    cause: 'The code has expired or was used before.',
    try: 'Redeem each code at once and once.',
    source: auth0,
  },

  // Codes of a user pool service
  {
    pattern: /\bredirect_mismatch\b/,
    cause: unregistered,
    try: `Add it to the allowed callback URLs. ${registerIt}`,
    source: cognito,
  },
  {
    pattern: /SECRET_HASH was not received|Unable to verify secret hash/i,
    cause: 'The app client has a secret, and the request does not prove it.',
    try: 'Send the secret (SECRET_HASH for the user pool API), or use an app client without one.',
    source: cognito,
  },
  {
    pattern: /User pool client \S{1,60} does not exist/i,
    cause: 'The server does not know this client.',
    try: 'Compare the client_id, the region and the user pool.',
    source: cognito,
  },
];
