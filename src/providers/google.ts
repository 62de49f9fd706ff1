import type { Provider } from './provider.ts';

/** Google accounts. */
export const google: Provider = {
  name: 'Google',
  hosts: ['accounts.google.com', 'oauth2.googleapis.com'],
  server: { type: 'issuer', issuer: 'https://accounts.google.com' },
  authentication: ['client_secret_basic', 'client_secret_post'],
  pkce: 'S256',
  refresh: { type: 'ask', params: ['access_type=offline', 'prompt=consent'] },
  loopback: { port: 'any', host: '127.0.0.1' },
  quirks: [
    'Desktop clients have a "secret" too, and it has to be sent.',
    'A client of type "Desktop app" takes loopback redirect URIs without registration.',
  ],
  register: 'the Google Cloud console, APIs & Services, Credentials',
  errors: {
    'developers.google.com/identity/protocols/oauth2/web-server#authorization-errors': {
      'Error 400: redirect_uri_mismatch|redirect_uri_mismatch': {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.',
        exactCase: true,
      },
      'device_id and device_name are required for private IP': {
        cause: 'The redirect URI is a private IP address, which the server does not take.',
        try: 'Use localhost, or a public host name with https.',
      },
      'developer-approved testers': {
        cause: 'The client is in testing, and the account is not one of its test users.',
        try: 'Add the account to the test users, or publish the app.',
      },
      disabled_client: {
        cause: 'The client was disabled.',
        try: 'Look at the client and its project at Google Cloud.',
      },
      'Some requested scopes were invalid|Error 400: invalid_scope': {
        cause: 'A scope is unknown to the server.',
        try: 'Compare the spelling with its list of scopes; the answer names those that are invalid.',
      },
      deleted_client: { cause: 'The client was deleted.', try: 'Make a new client, or restore it.' },
      admin_policy_enforced: {
        cause: "The administrator of the person's organisation blocks this client or scope.",
        try: 'Have the client allowed in the administration of the organisation.',
      },
      disallowed_useragent: {
        cause: 'The login page was opened in an embedded web view.',
        try: "Open it in the system's browser.",
      },
      org_internal: {
        cause: 'The client is only for accounts of its own organisation.',
        try: 'Use an account of the organisation, or make the client external.',
      },
      'Malformed auth code': {
        cause: 'The code was changed on its way: most often it is still percent-encoded.',
        try: 'Decode the code once (%2F is a slash) and encode it once in the body.',
      },
      'Token has been expired or revoked': {
        cause: 'The refresh token has expired or was revoked.',
        try: 'Log in again; while the client is in testing, refresh tokens last seven days.',
        grant: 'refresh_token',
      },
      'Missing required parameter: redirect_uri|Missing required parameter: code_verifier': {
        cause: 'A parameter of the request is missing.',
        try: 'Send the parameter that is named.',
        shared: true,
      },
      'The OAuth client was not found': {
        cause: 'The server does not know this client.',
        try: 'Compare the client_id, and the project it was made in.',
      },
      'Could not determine client ID from request': {
        cause: 'The request carries neither client_id nor credentials.',
        try: 'Send client_id and client_secret in the body or as Basic.',
        endpoint: 'token',
      },
      invalid_rapt: {
        cause: 'The organisation wants the person to prove their identity again.',
        try: 'Log in again; the session length for cloud services is a setting of the organisation.',
      },
      'client_secret is missing': {
        cause: 'The client is registered with a secret, and the request has none.',
        try: 'Send the client_secret; desktop clients have one too.',
        endpoint: 'token',
        shared: true,
      },
      'Invalid code verifier|Missing code verifier': {
        cause: 'The code_verifier is missing or does not fit the code_challenge.',
        about: 'code_verifier',
        try: 'Keep the verifier of each login until its code is redeemed.',
        shared: true,
      },
      'Client is unauthorized to retrieve access tokens using this method': {
        cause: 'The service account has no delegation for this scope or person.',
        try: 'Have an administrator allow its client ID and the scopes for delegation in the domain.',
      },
      'Invalid JWT Signature': {
        cause: 'The key that signed the assertion is not, or no longer, a key of the service account.',
        try: 'Use the newest key file, and check that the key was not deleted.',
        shared: true,
      },
      'Token must be a short-lived token': {
        cause: 'The times of the assertion are refused: most often a wrong clock.',
        try: 'Set the clock; exp may be at most an hour after iat.',
      },
      "Only clients of type '…' can use the OAuth 2.0 flow for TV": {
        cause: 'The client is not registered for the device flow.',
        try: 'Make a client of the type for televisions and limited input devices.',
      },
      origin_mismatch: {
        cause: 'The page that asks is not among the authorised JavaScript origins.',
        try: 'Register its origin: scheme, host and port.',
      },
      restricted_client: {
        cause: 'The client asks for scopes it may not have.',
        try: 'Add them to its consent screen and have them verified.',
      },
    },
  },
};
