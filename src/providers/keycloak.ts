import { type Provider, unfitVerifier } from './provider.ts';

const otherHostName = {
  cause: 'The token was issued under another URL than the one the server is reached by now.',
  try: 'Use one host name and scheme everywhere, and set the hostname of the server.',
} as const;

/** Keycloak, on whatever host it runs. */
export const keycloak: Provider = {
  name: 'Keycloak',
  hosts: ['*/realms/', '*/auth/realms/'],
  server: { type: 'issuer', issuer: 'https://{host}/realms/{realm}' },
  authentication: [
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'none',
  ],
  pkce: 'S256',
  refresh: { type: 'always' },
  loopback: { port: 'any', host: 'either' },
  quirks: [
    'Register the redirect URI without a port, then any port works.',
    'offline_access asks for a refresh token that outlives the session.',
    'Behind a badly configured proxy the metadata names http endpoints or another issuer.',
  ],
  register: 'the admin console of the realm, Clients',
  errors: {
    'keycloak/keycloak: services/…/oidc/endpoints/TokenEndpoint.java, AuthorizationEndpoint.java': {
      'Invalid parameter: redirect_uri': {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Add it to the valid redirect URIs of the client. Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.',
      },
      'PKCE verification failed': { ...unfitVerifier, shared: true },
      'Code mismatch': { ...unfitVerifier, shared: true },
      'PKCE code verifier not specified': {
        cause: 'The code_verifier is missing from the token request.',
        try: 'Send the verifier the challenge was made from.',
      },
      'Missing parameter: code_challenge_method|Missing parameter: code_challenge': {
        cause: 'The server demands PKCE.',
        try: 'Send code_challenge and code_challenge_method=S256.',
      },
      'Incorrect redirect_uri': {
        cause: 'The redirect_uri of the token request is not that of the authorization request.',
        about: 'redirect_uri',
        try: 'Send the same redirect_uri in both requests.',
        shared: true,
      },
      'Code not valid': {
        cause: 'The code has expired or was used before.',
        try: 'Redeem each code once and within a minute, its usual lifetime (client login timeout).',
        grant: 'authorization_code',
      },
      // A client that is known and refused is unauthorized_client.
      'Invalid client or Invalid client credentials': [
        {
          code: 'unauthorized_client',
          sent: 'secret',
          cause: 'The client secret is wrong.',
          try: 'Compare the credentials of the client in the realm.',
        },
        {
          code: 'unauthorized_client',
          sent: 'nothing',
          cause: 'The client has to authenticate, and did not.',
          try: 'Send its secret; only a public client (client authentication off) needs none.',
        },
        {
          code: 'unauthorized_client',
          sent: 'assertion',
          cause: 'The client assertion is of another client than client_id names.',
          try: 'Set iss and sub to the client_id.',
        },
        {
          code: 'invalid_client',
          cause: 'The realm has no client of this client_id, or it is disabled.',
          try: 'Compare the client_id with the clients of the realm, and have it enabled.',
        },
        {
          code: 'invalid_client',
          sent: 'nothing',
          cause: 'The client has to authenticate by its certificate.',
          try: 'Send the certificate, if the client is registered with one (X509 Certificate).',
        },
        {
          code: 'invalid_client',
          sent: 'assertion',
          cause: 'The client is registered for another authentication method than an assertion.',
          try: 'Look up the client authenticator of the client; iss and sub have to be the client_id.',
        },
      ],
      'Authentication failed.': {
        cause:
          'The client is not authenticated: its secret is wrong or missing, or it is unknown or disabled.',
        try: 'Compare client_id and the credentials with the clients of the realm. A public client may not ask this endpoint.',
        shared: true,
      },
      'Parameter client_assertion_type is missing': {
        cause: 'The client is registered for another authentication method: a signed assertion.',
        try: 'Send client_assertion, or change the client authenticator to client id and secret.',
      },
      'Public client not allowed to retrieve service account': {
        cause: 'The client may not use client credentials: it is public.',
        try: 'Turn client authentication and service accounts on for the client.',
      },
      'Invalid Request': {
        cause: 'The server demands a request object, or refuses the one that was sent or its request_uri.',
        try: 'Look at "request object required" of the client. A request_uri that was pushed works once and for a minute.',
        exactCase: true,
        shared: true,
      },
      'error=invalid_client_credentials|error="invalid_client_credentials': {
        cause: 'The client secret is wrong.',
        try: 'Compare the credentials of the client in the realm; a public client (client authentication off) sends no secret.',
      },
      'error=pkce_verification_failed|error="pkce_verification_failed': unfitVerifier,
      'REFRESH_TOKEN_ERROR…error=invalid_token|REFRESH_TOKEN_ERROR…error="invalid_token': {
        cause: 'The refresh token has expired, its session has ended, or it was used before.',
        try: 'Log in again; the realm limits how long sessions live and how often a refresh token is used.',
      },
      'LOGIN_ERROR…error=user_not_found|LOGIN_ERROR…error="user_not_found': {
        cause: 'The realm has no such user.',
        try: 'Compare the user name with the users of the realm, and the realm in the URL.',
      },
      'error=client_not_found|error="client_not_found': {
        cause: 'The realm has no client of this client_id.',
        try: 'Compare the client_id with the clients of the realm.',
      },
      'error=invalid_redirect_uri|error="invalid_redirect_uri': {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Add it to the valid redirect URIs of the client.',
      },
      'Invalid client secret': {
        cause: 'The client secret is wrong.',
        try: 'Compare the credentials of the client; a public client (client authentication off) sends no secret.',
        shared: true,
      },
      'Client not allowed for direct access grants': {
        cause: 'The client may not use the password grant.',
        try: 'Use a flow with a browser, or enable direct access grants.',
      },
      'Client not enabled to retrieve service account': {
        cause: 'The client may not use client credentials.',
        try: 'Enable service accounts (service accounts roles) for the client.',
      },
      'Session not active|Token is not active|Stale token|Maximum allowed refresh token reuse exceeded': {
        cause: 'The refresh token has expired, its session has ended, or it was used before.',
        try: 'Log in again; ask for offline_access when it has to outlive the session.',
        grant: 'refresh_token',
      },
      'Offline session not found|Offline user session not found|Offline session not active|Offline user session not active':
        {
          cause: 'The offline session has ended: by its lifetime, a logout or an import of the realm.',
          try: 'Log in again, and look at the offline session settings of the realm.',
        },
      'Account is not fully set up': {
        cause:
          'The account has something to do first: a password to change, an address to verify, terms to accept.',
        try: 'Sign in with a browser once, or take the required actions off the account.',
      },
      'Invalid user credentials': {
        cause: 'User name or password is wrong.',
        try: 'Check both, and the realm in the URL.',
        shared: true,
      },
      'Account disabled|User disabled': {
        cause: 'The account is disabled.',
        try: 'Have it enabled in the realm.',
        exactCase: true,
        shared: true,
      },
      'Client disabled': {
        cause: 'The client is disabled.',
        try: 'Enable it in the realm.',
        exactCase: true,
        shared: true,
      },
      'Invalid scopes: ': {
        cause: 'A scope is unknown or not assigned to the client.',
        try: 'Assign the client scope to the client, or leave it out.',
        shared: true,
      },
      authentication_expired: {
        cause: 'The login page was open for too long, or the browser kept the cookie of another login.',
        try: 'Start the login again in a fresh window.',
      },
      "Token client and authorized client don't match": {
        cause: 'The refresh token belongs to another client.',
        try: 'Refresh with the client it was issued to.',
      },
      "Session doesn't have required client": {
        cause:
          'The session of the person no longer has this client: its refresh token was used twice, or it was signed out.',
        try: 'Log in again, and store the newest refresh token each time; only the client it was issued to can use it.',
      },
      'Invalid refresh token': {
        cause:
          'The server does not know this refresh token: expired, revoked, malformed, or issued elsewhere.',
        try: 'Log in again, and compare the iss of the token, if it is a JWT, with the URL that is asked.',
        exactCase: true,
        grant: 'refresh_token',
        shared: true,
      },
      'Token verification failed': {
        cause: 'The access token is of another issuer or realm, has expired, or was changed.',
        try: 'Compare its iss with the realm in the URL, and its exp with the clock.',
        shared: true,
      },
      'Invalid token issuer. Expected ': otherHostName,
      'Invalid token issuer': { ...otherHostName, shared: true },
      'Realm does not exist|Realm not found': {
        cause: 'The realm in the URL does not exist.',
        try: 'Compare its spelling and letter case; older versions have /auth before /realms.',
      },
      'HTTPS required': {
        cause: 'The request came without TLS, from outside.',
        try: 'Use https, or set the proxy headers so that the server knows of it.',
        exactCase: true,
      },
    },
  },
};
