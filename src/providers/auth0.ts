import { type Provider, unfitVerifier } from './provider.ts';

/** Auth0. */
export const auth0: Provider = {
  name: 'Auth0',
  hosts: ['*.auth0.com'],
  server: { type: 'issuer', issuer: 'https://{tenant}.{region}.auth0.com/' },
  authentication: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  pkce: 'S256',
  refresh: { type: 'ask', scope: 'offline_access' },
  loopback: { port: 'exact', host: 'either' },
  quirks: ['The issuer ends in a slash.', '--audience decides whether the access token is a JWT or opaque.'],
  errors: {
    'auth0.com/docs/troubleshoot': {
      "Grant type '…' not allowed for the client": {
        cause: 'The client may not use this grant.',
        try: 'Enable it under the grant types of the application.',
      },
      'Callback URL mismatch': {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Add it to the allowed callback URLs. Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.',
      },
      'Service not found: ': {
        cause: 'The audience is not an API of this tenant.',
        try: 'Compare "audience" with the identifier of the API, a slash at its end included.',
        shared: true,
      },
      'Client is not authorized to access "…"|Client "…" is not authorized to access "…"|Client is not authorized to access resource server "…"|Client "…" is not authorized to access resource server "…"':
        {
          cause: 'The client has no grant for this API.',
          try: 'Authorize the application for the API (client grant).',
        },
      'The redirect URI is wrong. You sent': {
        cause: 'The redirect_uri of the token request is not that of the authorization request.',
        about: 'redirect_uri',
        try: 'Send the same redirect_uri in both requests.',
      },
      'Service not enabled within domain: ': {
        cause: 'The audience is not an API that is enabled for this tenant.',
        try: 'Compare "audience" with the identifier of the API, a slash at its end included.',
      },
      'Unknown client: ': {
        cause: 'The server does not know this client.',
        try: 'Compare the client_id and the tenant.',
        shared: true,
      },
      mfa_required: {
        cause: 'A second factor is needed.',
        try: 'Use a flow with a browser, or the MFA API with the mfa_token of the answer.',
      },
      'Wrong email or password': {
        cause: 'User name or password is wrong.',
        try: 'Check both, and the connection (realm) that is asked.',
        shared: true,
      },
      'too_many_attempts|user is blocked': {
        cause: 'The account or the address is blocked.',
        try: 'Unblock it at the server, or wait.',
      },
      'Client has not been granted scopes: ': {
        cause: 'The client asks for scopes it was not granted for this API.',
        try: 'Grant them to the application (client grant), or ask for less.',
      },
      'Unknown or invalid refresh token': {
        cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
        try: 'Log in again, and store the newest refresh token each time.',
      },
      '"error":"access_denied","error_description":"Unauthorized"': [
        {
          endpoint: 'token',
          sent: 'nothing',
          cause: 'The client has to authenticate, and did not.',
          try: 'Send the client secret of the application.',
        },
        {
          endpoint: 'token',
          cause: 'The client secret is wrong, or the server does not know this client.',
          try: 'Compare client_id and secret with the application, and the tenant in the host name.',
        },
      ],
      'Failed to verify code verifier': { ...unfitVerifier, shared: true },
      '"error_description":"Invalid authorization code"|"error_description": "Invalid authorization code"': {
        cause: 'The code has expired or was used before.',
        try: 'Redeem each code at once and once.',
        shared: true,
      },
    },
    'auth0.com/docs/manage-users/organizations/configure-organizations/define-organization-behavior': {
      'parameter organization is required for this client': {
        cause:
          'The application signs in members of organizations only, and the request does not name an organization.',
        try: 'Send organization=org_… in the authorization request, or let the login flow of the application ask for one (organization_require_behavior).',
      },
    },
  },
};
