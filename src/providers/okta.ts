import type { Provider } from './provider.ts';

/** Okta: codes of its API have the form `E0000` and a number; the token endpoint says texts. */
export const okta: Provider = {
  name: 'Okta',
  hosts: ['*.okta.com', '*.oktapreview.com'],
  server: { type: 'issuer', issuer: 'https://{org}.okta.com/oauth2/{server}' },
  authentication: [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'client_secret_jwt',
    'none',
  ],
  pkce: 'required',
  refresh: { type: 'ask', scope: 'offline_access' },
  loopback: { port: 'exact', host: 'either' },
  quirks: ['An org may have several authorization servers, each with an issuer of its own.'],
  unverified: ['pkce', 'loopback'],
  errors: {
    'developer.okta.com/docs/reference/error-codes': {
      E0000011: {
        cause: 'The token that was sent is invalid, expired or of another organisation.',
        try: 'Send an access token of this organisation; an API token goes behind SSWS, an access token behind Bearer.',
      },
      E0000004: {
        cause: 'The credentials are wrong, or the account is locked.',
        try: 'Check user name, password and the state of the account.',
      },
      E0000005: { cause: 'The session is invalid or has expired.', try: 'Sign in again.' },
      E0000006: {
        cause: 'The token may not do this.',
        try: 'Grant the scope or the administrator role the operation needs.',
      },
      E0000007: {
        cause:
          'The resource was not found: most often a wrong organisation, authorization server or identifier in the URL.',
        try: 'Compare the URL with the issuer, including /oauth2/default or the identifier of the authorization server.',
      },
      E0000015: {
        cause: 'The feature is not enabled for this organisation.',
        try: 'API Access Management is needed for an authorization server of your own; use the one of the organisation, or have it enabled.',
      },
      E0000021: {
        cause: 'The Content-Type of the request is refused.',
        try: 'Send application/x-www-form-urlencoded to the token endpoint.',
      },
      E0000022: {
        cause: 'The endpoint does not take this HTTP method.',
        try: 'Use POST for the token endpoint, and check its URL.',
      },
      E0000047: {
        cause: 'The rate limit was reached.',
        try: 'Wait until X-Rate-Limit-Reset and ask less often.',
      },
      E0000003: {
        cause: 'The body of the request is malformed.',
        try: 'Send form data to the token endpoint, JSON to the API.',
      },
      E0000001: {
        cause: 'A parameter of the request is refused.',
        try: 'Read errorCauses: they name the parameter.',
      },
      E0000008: {
        cause: 'The path does not exist.',
        try: 'Compare the URL with the metadata of the authorization server.',
      },
      'E0000009|E0000010': { cause: 'The server failed, or is under maintenance.', try: 'Try again later.' },
      E0000064: { cause: 'The password has expired.', try: 'Change it in a browser.' },
      E0000068: {
        cause: 'The one-time code is wrong.',
        try: 'Use the newest code, and check the clock of the device that made it.',
      },
      'E0000069|E0000119': {
        cause: 'The account is locked.',
        try: 'Wait, or have an administrator unlock it.',
      },
    },
    'developer.okta.com/docs/api/openapi/okta-oauth/guides/overview': {
      "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings": {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.',
        exactCase: true,
      },
      "'no_matching_policy'|no_matching_policy|'no_matching_scope'|no_matching_scope|Policy evaluation failed for this request":
        {
          cause: 'No access policy of the authorization server allows this client, grant, person or scope.',
          try: 'Add a policy and rule for the client, its grant type and the scopes.',
        },
      'User is not assigned to the client application': {
        cause: 'The person is not assigned to the application.',
        try: 'Assign the person or a group of theirs.',
      },
      'The authorization code is invalid or has expired': {
        cause: 'The code has expired or was used before.',
        try: 'Redeem each code at once and once.',
        grant: 'authorization_code',
        shared: true,
      },
      'The refresh token is invalid or expired': {
        cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
        try: 'Log in again, and store the newest refresh token each time.',
        grant: 'refresh_token',
        shared: true,
      },
      'Browser requests to the token endpoint must|Browser requests to the token endpoint may not': {
        cause: 'The request has an Origin, so the token endpoint applies its rules for browsers.',
        try: 'From a browser: use PKCE, no offline_access, and a registered redirect URI of that origin. From elsewhere: send no Origin.',
      },
      'Cannot supply multiple client credentials': {
        cause: 'The client authenticates in two ways at once.',
        try: 'Send the credentials in the header or in the body, not in both.',
      },
      'One or more scopes are not configured for the authorization server': {
        cause: 'A scope is not defined at this authorization server.',
        try: 'Define it there, or leave it out; each authorization server has its own.',
      },
      'The DPoP proof JWT header is missing': {
        cause: 'The application wants tokens that are bound to a key, and no DPoP proof was sent.',
        try: 'Send a DPoP proof, or take the requirement off the application.',
      },
      'The client secret supplied for a confidential client is invalid': {
        cause: 'The client secret is wrong.',
        try: 'Copy it again from the application, or make a new one.',
      },
      'PKCE code challenge is required': {
        cause: 'The server demands PKCE.',
        try: 'Send code_challenge and code_challenge_method=S256.',
        shared: true,
      },
    },
  },
};
