import type { VendorError } from './vendor-error.ts';

const google = 'developers.google.com/identity/protocols/oauth2/web-server#authorization-errors';
const github =
  'docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors';
const githubAuthorization =
  'docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors';
const githubDevice =
  'docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow';
const githubRefresh =
  'docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens';
const salesforce = 'help.salesforce.com: OAuth 2.0 Authorization Errors (remoteaccess_oauth_flow_errors)';
const unregistered = 'The redirect URI is not registered for this client.';
const registerIt =
  'Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.';

/** Codes and texts of platforms whose accounts are signed in with. */
export const platformErrors: readonly VendorError[] = [
  // Codes of a large consumer provider
  {
    pattern: /Error 400: redirect_uri_mismatch|\bredirect_uri_mismatch\b/,
    cause: unregistered,
    try: registerIt,
    source: google,
  },
  {
    pattern: /\bdeleted_client\b/,
    cause: 'The client was deleted.',
    try: 'Make a new client, or restore it.',
    source: google,
  },
  {
    pattern: /\badmin_policy_enforced\b/,
    cause: "The administrator of the person's organisation blocks this client or scope.",
    try: 'Have the client allowed in the administration of the organisation.',
    source: google,
  },
  {
    pattern: /\bdisallowed_useragent\b/,
    cause: 'The login page was opened in an embedded web view.',
    try: "Open it in the system's browser.",
    source: google,
  },
  {
    pattern: /\borg_internal\b/,
    cause: 'The client is only for accounts of its own organisation.',
    try: 'Use an account of the organisation, or make the client external.',
    source: google,
  },
  {
    pattern: /Malformed auth code/i,
    cause: 'The code was changed on its way: most often it is still percent-encoded.',
    try: 'Decode the code once (%2F is a slash) and encode it once in the body.',
    source: google,
  },
  {
    pattern: /Token has been expired or revoked/i,
    cause: 'The refresh token has expired or was revoked.',
    try: 'Log in again; while the client is in testing, refresh tokens last seven days.',
    source: google,
  },
  {
    pattern: /Missing required parameter: redirect_uri|Missing required parameter: code_verifier/i,
    cause: 'A parameter of the request is missing.',
    try: 'Send the parameter that is named.',
    source: google,
  },
  {
    pattern: /The OAuth client was not found/i,
    cause: 'The server does not know this client.',
    try: 'Compare the client_id, and the project it was made in.',
    source: google,
  },
  {
    pattern: /Could not determine client ID from request/i,
    cause: 'The request carries neither client_id nor credentials.',
    try: 'Send client_id and client_secret in the body or as Basic.',
    source: google,
    endpoint: 'token',
  },
  {
    pattern: /\binvalid_rapt\b/,
    cause: 'The organisation wants the person to prove their identity again.',
    try: 'Log in again; the session length for cloud services is a setting of the organisation.',
    source: google,
  },
  {
    pattern: /client_secret is missing/i,
    cause: 'The client is registered with a secret, and the request has none.',
    try: 'Send the client_secret; desktop clients have one too.',
    source: google,
    endpoint: 'token',
  },
  {
    pattern: /Invalid code verifier|Missing code verifier/i,
    cause: 'The code_verifier is missing or does not fit the code_challenge.',
    try: 'Keep the verifier of each login until its code is redeemed.',
    source: google,
  },
  {
    pattern: /Client is unauthorized to retrieve access tokens using this method/i,
    cause: 'The service account has no delegation for this scope or person.',
    try: 'Have an administrator allow its client ID and the scopes for delegation in the domain.',
    source: google,
  },
  {
    pattern: /Invalid JWT Signature/i,
    cause: 'The key that signed the assertion is not, or no longer, a key of the service account.',
    try: 'Use the newest key file, and check that the key was not deleted.',
    source: google,
  },
  {
    pattern: /Token must be a short-lived token/i,
    cause: 'The times of the assertion are refused: most often a wrong clock.',
    try: 'Set the clock; exp may be at most an hour after iat.',
    source: google,
  },
  {
    pattern: /Only clients of type '[^']{1,80}' can use the OAuth 2\.0 flow for TV/i,
    cause: 'The client is not registered for the device flow.',
    try: 'Make a client of the type for televisions and limited input devices.',
    source: google,
  },
  {
    pattern: /\borigin_mismatch\b/,
    cause: 'The page that asks is not among the authorised JavaScript origins.',
    try: 'Register its origin: scheme, host and port.',
    source: google,
  },
  {
    pattern: /\brestricted_client\b/,
    cause: 'The client asks for scopes it may not have.',
    try: 'Add them to its consent screen and have them verified.',
    source: google,
  },

  // Codes of a code host
  {
    pattern: /\bbad_verification_code\b/,
    cause: 'The code has expired or was used before.',
    try: 'Start the login again and redeem its code at once and once: it lives for ten minutes.',
    source: github,
  },
  {
    pattern: /\bincorrect_client_credentials\b/,
    cause: 'The client_id or the client secret is wrong.',
    try: 'Copy both again from the settings of the application.',
    source: github,
  },
  {
    pattern: /\bunverified_user_email\b/,
    cause: 'The person has no verified primary e-mail address.',
    try: 'Have the address verified in the settings of the account.',
    source: github,
  },
  {
    pattern: /\bapplication_suspended\b/,
    cause: 'The application is suspended.',
    try: 'Its owner has to contact the support of the provider.',
    source: githubAuthorization,
  },
  {
    pattern: /\bbad_refresh_token\b/,
    cause: 'The refresh token has expired or was used before.',
    try: 'Log in again, and store the newest refresh token each time.',
    source: githubRefresh,
  },
  {
    pattern: /\bdevice_flow_disabled\b/,
    cause: 'The device flow is not enabled for this application.',
    try: 'Enable it in the settings of the application.',
    source: githubDevice,
  },
  {
    pattern: /\bincorrect_device_code\b/,
    cause: 'The device code is wrong.',
    try: 'Send the device_code of the answer that began the flow.',
    source: githubDevice,
  },

  // Codes of a CRM
  {
    pattern: /\binvalid_client_id\b|client identifier invalid/i,
    cause: 'The server does not know this client.',
    try: 'Compare the consumer key; a new application takes up to ten minutes to be known everywhere.',
    source: salesforce,
  },
  {
    pattern: /\binvalid_client_credentials\b|invalid client credentials/i,
    cause: 'The client secret is wrong.',
    try: 'Copy the consumer secret again.',
    source: salesforce,
  },
  {
    pattern: /expired authorization code|invalid authorization code/i,
    cause: 'The code has expired or was used before.',
    try: 'Redeem each code at once and once.',
    source: salesforce,
  },
  {
    pattern: /expired access\/refresh token/i,
    cause: 'The refresh token has expired or was revoked.',
    try: 'Log in again, and look at the refresh token policy of the connected app.',
    source: salesforce,
  },
  {
    pattern:
      /\bOAUTH_APP_BLOCKED\b|\bOAUTH_APP_ACCESS_DENIED\b|app must be installed|user is not admin approved|user hasn't approved this consumer/i,
    cause: 'The person or the organisation has not approved the application.',
    try: 'Approve or pre-authorize the application for the profile or permission set of the person.',
    source: salesforce,
  },
  {
    pattern: /\binactive_user\b|\binactive_org\b|\brate_limit_exceeded\b|\borg locked\b/i,
    cause: 'The account or organisation is inactive, locked or limited.',
    try: 'Have its state checked by an administrator.',
    source: salesforce,
  },
  {
    pattern: /Audience validation failed|audience is invalid/i,
    cause: 'The assertion is for another audience.',
    try: 'Set aud to the login server that is asked: production and sandbox differ.',
    source: salesforce,
  },
  {
    pattern: /ip restricted|login hours/i,
    cause: 'The account may not sign in from this address or at this time.',
    try: 'Look at login IP ranges and hours, and at IP relaxation of the application.',
    source: salesforce,
  },
  {
    pattern: /\bOAUTH_EC_APP_NOT_FOUND\b/,
    cause: 'The application is not installed in the organisation of the person.',
    try: 'Install it there, or sign in to the organisation that has it.',
    source: salesforce,
  },
  {
    pattern: /\bOAUTH_APPROVAL_ERROR_GENERIC\b/,
    cause: 'The approval failed: cookies, the session, or the login server.',
    try: 'Sign in in a fresh window, and compare the login server (production, sandbox, own domain).',
    source: salesforce,
  },
  {
    pattern: /\bINVALID_SESSION_ID\b/,
    cause: 'The access token has expired, was revoked, or is of another organisation.',
    try: 'Refresh it, and send it to the instance_url of its token response.',
    source: salesforce,
  },
  {
    pattern: /missing required code challenge/i,
    cause: 'The server demands PKCE.',
    try: 'Send code_challenge and code_challenge_method=S256.',
    source: salesforce,
  },
  {
    pattern: /invalid code verifier/i,
    cause: 'The code_verifier does not fit the code_challenge.',
    try: 'Keep the verifier of each login until its code is redeemed.',
    source: salesforce,
  },
  {
    pattern: /request not supported on this domain/i,
    cause: 'Client credentials are asked for at the general login host.',
    try: 'Ask at the own domain of the organisation.',
    source: salesforce,
  },
  {
    pattern: /no client credentials user enabled/i,
    cause: 'The application has no user to run as.',
    try: 'Enable the client credentials flow and choose its user.',
    source: salesforce,
  },
  {
    pattern: /token validity expired/i,
    cause: 'The refresh token has expired by the policy of the application.',
    try: 'Log in again, and look at its refresh token policy.',
    source: salesforce,
  },
  {
    pattern: /no valid scopes defined/i,
    cause: 'No scope is selected for the application.',
    try: 'Select the scopes in its settings.',
    source: salesforce,
  },
];
