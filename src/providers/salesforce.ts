import { type Provider, unfitVerifier } from './provider.ts';

/** Salesforce. */
export const salesforce: Provider = {
  name: 'Salesforce',
  hosts: ['login.salesforce.com', 'test.salesforce.com', '*.my.salesforce.com'],
  server: { type: 'issuer', issuer: 'https://login.salesforce.com' },
  authentication: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  pkce: 'unadvertised',
  refresh: { type: 'ask', scope: 'refresh_token' },
  loopback: { port: 'exact', host: 'localhost' },
  quirks: [
    'A policy of the app has to allow refresh tokens too.',
    'The API is at instance_url of the token response; expires_in is missing.',
  ],
  unverified: ['loopback'],
  errors: {
    'help.salesforce.com: OAuth 2.0 Authorization Errors (remoteaccess_oauth_flow_errors)': {
      'invalid_client_id|client identifier invalid': {
        cause: 'The server does not know this client.',
        try: 'Compare the consumer key; a new application takes up to ten minutes to be known everywhere.',
        shared: true,
      },
      invalid_client_credentials: {
        cause: 'The client secret is wrong.',
        try: 'Copy the consumer secret again.',
      },
      'invalid client credentials': {
        cause: 'The client secret is wrong.',
        try: 'Copy the consumer secret again.',
        shared: true,
      },
      'authentication failure': {
        cause: 'User name, password or security token is wrong, or the account may not sign in like this.',
        try: 'Append the security token to the password, compare the login server (production, sandbox), and read the login history of the user.',
        code: 'invalid_grant',
        exactCase: true,
      },
      'expired authorization code': {
        cause: 'The code has expired or was used before.',
        try: 'Redeem each code at once and once.',
        grant: 'authorization_code',
        shared: true,
      },
      'invalid authorization code': {
        cause: 'The code has expired or was used before.',
        try: 'Redeem each code at once and once.',
        shared: true,
        grant: 'authorization_code',
      },
      'expired access/refresh token': {
        cause: 'The refresh token has expired or was revoked.',
        try: 'Log in again, and look at the refresh token policy of the connected app.',
        grant: 'refresh_token',
      },
      "OAUTH_APP_BLOCKED|OAUTH_APP_ACCESS_DENIED|app must be installed|user is not admin approved|user hasn't approved this consumer":
        {
          cause: 'The person or the organisation has not approved the application.',
          try: 'Approve or pre-authorize the application for the profile or permission set of the person.',
        },
      rate_limit_exceeded: {
        cause: 'The account or organisation is inactive, locked or limited.',
        try: 'Have its state checked by an administrator.',
        shared: true,
      },
      'inactive_user|inactive_org|org locked': {
        cause: 'The account or organisation is inactive, locked or limited.',
        try: 'Have its state checked by an administrator.',
        shared: true,
      },
      'Audience validation failed|audience is invalid': {
        cause: 'The assertion is for another audience.',
        try: 'Set aud to the login server that is asked: production and sandbox differ.',
        shared: true,
      },
      'ip restricted|login hours': {
        cause: 'The account may not sign in from this address or at this time.',
        try: 'Look at login IP ranges and hours, and at IP relaxation of the application.',
        shared: true,
      },
      OAUTH_EC_APP_NOT_FOUND: {
        cause: 'The application is not installed in the organisation of the person.',
        try: 'Install it there, or sign in to the organisation that has it.',
      },
      OAUTH_APPROVAL_ERROR_GENERIC: {
        cause: 'The approval failed: cookies, the session, or the login server.',
        try: 'Sign in in a fresh window, and compare the login server (production, sandbox, own domain).',
      },
      INVALID_SESSION_ID: {
        cause: 'The access token has expired, was revoked, or is of another organisation.',
        try: 'Refresh it, and send it to the instance_url of its token response.',
      },
      'missing required code challenge': {
        cause: 'The server demands PKCE.',
        try: 'Send code_challenge and code_challenge_method=S256.',
        shared: true,
      },
      'invalid code verifier': { ...unfitVerifier, shared: true },
      'request not supported on this domain': {
        cause: 'Client credentials are asked for at the general login host.',
        try: 'Ask at the own domain of the organisation.',
      },
      'no client credentials user enabled': {
        cause: 'The application has no user to run as.',
        try: 'Enable the client credentials flow and choose its user.',
      },
      'token validity expired': {
        cause: 'The refresh token has expired by the policy of the application.',
        try: 'Log in again, and look at its refresh token policy.',
        shared: true,
      },
      'no valid scopes defined': {
        cause: 'No scope is selected for the application.',
        try: 'Select the scopes in its settings.',
        shared: true,
      },
    },
  },
};
