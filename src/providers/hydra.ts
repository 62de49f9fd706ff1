import type { Provider } from './provider.ts';

/** Ory Hydra, and Ory Network, which runs it. */
export const hydra: Provider = {
  name: 'Ory Hydra',
  hosts: ['*.projects.oryapis.com'],
  server: { type: 'issuer', issuer: 'https://{project}.projects.oryapis.com' },
  authentication: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  pkce: 'S256',
  refresh: { type: 'ask', scope: 'offline_access' },
  loopback: { port: 'any', host: '127.0.0.1' },
  quirks: [
    'A client assertion has to name the token endpoint as its audience.',
    'Errors that cannot be sent to the redirect URI show at /oauth2/fallbacks/error.',
  ],
  errors: {
    'ory/fosite: errors.go, client_authentication.go': {
      'The error is unrecognizable': {
        cause: 'The times of the client assertion are refused: it has expired, or a clock is wrong.',
        try: 'Make each assertion new, with an exp of a few minutes, and set the clock. Without an assertion, look into the log of the server.',
        endpoint: 'token',
      },
    },
  },
};
