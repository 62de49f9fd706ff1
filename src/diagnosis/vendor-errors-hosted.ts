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
    pattern: /\bE0000003\b/,
    cause: 'The body of the request is malformed.',
    try: 'Send form data to the token endpoint, JSON to the API.',
    source: okta,
  },
  {
    pattern: /\bE0000001\b/,
    cause: 'A parameter of the request is refused.',
    try: 'Read errorCauses: they name the parameter.',
    source: okta,
  },
  {
    pattern: /\bE0000008\b/,
    cause: 'There is no such path.',
    try: 'Compare the URL with the metadata of the authorization server.',
    source: okta,
  },
  {
    pattern: /\bE0000009\b|\bE0000010\b/,
    cause: 'The server failed, or is being maintained.',
    try: 'Try again later.',
    source: okta,
  },
  {
    pattern: /\bE0000064\b/,
    cause: 'The password has expired.',
    try: 'Change it in a browser.',
    source: okta,
  },
  {
    pattern: /\bE0000068\b/,
    cause: 'The one-time code is wrong.',
    try: 'Use the newest code, and check the clock of the device that made it.',
    source: okta,
  },
  {
    pattern: /\bE0000069\b|\bE0000119\b/,
    cause: 'The account is locked.',
    try: 'Wait, or have an administrator unlock it.',
    source: okta,
  },
  {
    pattern: /The authorization code is invalid or has expired/i,
    cause: 'The code has expired or was used before.',
    try: 'Redeem each code at once and once.',
    source: oktaOauth,
  },
  {
    pattern: /The refresh token is invalid or expired/i,
    cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
    try: 'Log in again, and store the newest refresh token each time.',
    source: oktaOauth,
  },
  {
    pattern: /Browser requests to the token endpoint (?:must|may not)/i,
    cause: 'The request has an Origin, so the token endpoint applies its rules for browsers.',
    try: 'From a browser: use PKCE, no offline_access, and a registered redirect URI of that origin. From elsewhere: send no Origin.',
    source: oktaOauth,
  },
  {
    pattern: /Cannot supply multiple client credentials/i,
    cause: 'The client authenticates in two ways at once.',
    try: 'Send the credentials in the header or in the body, not in both.',
    source: oktaOauth,
  },
  {
    pattern: /One or more scopes are not configured for the authorization server/i,
    cause: 'A scope is not defined at this authorization server.',
    try: 'Define it there, or leave it out; each authorization server has its own.',
    source: oktaOauth,
  },
  {
    pattern: /The DPoP proof JWT header is missing/i,
    cause: 'The application wants tokens that are bound to a key, and no DPoP proof was sent.',
    try: 'Send a DPoP proof, or take the requirement off the application.',
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
    pattern: /Client (?:"[^"]{1,200}" )?is not authorized to access (?:resource server )?"[^"]{1,200}"/i,
    cause: 'The client has no grant for this API.',
    try: 'Authorize the application for the API (client grant).',
    source: auth0,
  },
  {
    pattern: /The redirect URI is wrong\. You sent/i,
    cause: 'The redirect_uri of the token request is not that of the authorization request.',
    try: 'Send the same redirect_uri in both requests.',
    source: auth0,
  },
  {
    pattern: /Service not enabled within domain: /i,
    cause: 'The audience names no API that is enabled for this tenant.',
    try: 'Compare "audience" with the identifier of the API, a slash at its end included.',
    source: auth0,
  },
  {
    pattern: /\bUnknown client: /i,
    cause: 'The server does not know this client.',
    try: 'Compare the client_id and the tenant.',
    source: auth0,
  },
  {
    pattern: /\bmfa_required\b/,
    cause: 'A second factor is needed.',
    try: 'Use a flow with a browser, or the MFA API with the mfa_token of the answer.',
    source: auth0,
  },
  {
    pattern: /Wrong email or password/i,
    cause: 'User name or password is wrong.',
    try: 'Check both, and the connection (realm) that is asked.',
    source: auth0,
  },
  {
    pattern: /\btoo_many_attempts\b|\buser is blocked\b/i,
    cause: 'The account or the address is blocked.',
    try: 'Unblock it at the server, or wait.',
    source: auth0,
  },
  {
    pattern: /Client has not been granted scopes: /i,
    cause: 'The client asks for scopes it was not granted for this API.',
    try: 'Grant them to the application (client grant), or ask for less.',
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
    pattern: /Refresh Token has (?:been revoked|expired)|Invalid Refresh Token/,
    cause: 'The refresh token has expired, was revoked, or is of another app client.',
    try: 'Log in again, and use the app client it was issued to.',
    source: cognito,
  },
  {
    pattern: /attributes required: \[/i,
    cause: 'The identity provider behind the user pool did not give an attribute that the pool requires.',
    try: 'Map the attribute from the identity provider, or do not require it.',
    source: cognito,
  },
  {
    pattern: /Already found an entry for username/i,
    cause: 'The person was linked or created a moment ago by this very sign-in.',
    try: 'Sign in once more.',
    source: cognito,
  },
  {
    pattern: /User pool client \S{1,60} does not exist/i,
    cause: 'The server does not know this client.',
    try: 'Compare the client_id, the region and the user pool.',
    source: cognito,
  },
];
