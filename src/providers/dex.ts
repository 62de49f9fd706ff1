import type { Provider } from './provider.ts';

/** Dex, where its issuer has the usual path. */
export const dex: Provider = {
  name: 'Dex',
  hosts: ['*/dex/'],
  server: { type: 'issuer', issuer: 'https://{host}/dex' },
  authentication: ['client_secret_basic', 'client_secret_post', 'none'],
  pkce: 'S256',
  refresh: { type: 'ask', scope: 'offline_access' },
  loopback: { port: 'any', host: 'either' },
  quirks: [
    'There is one refresh token for each user and client: a second login ends that of the first.',
    'A public client without redirect URIs may use any port of localhost; any other registers each port.',
  ],
  errors: {
    'dexidp/dex: server/handlers.go, refreshhandlers.go': {
      'Refresh token is invalid or has already been claimed by another client|Refresh token is invalid or has already been claimed':
        {
          cause:
            'The refresh token was replaced: by its use, or by another login of the same user and client.',
          try: 'Log in again, and store the newest refresh token each time; give each machine a client of its own.',
        },
      'Expecting parameter code_verifier in PKCE flow': {
        cause: 'The code_verifier is missing from the token request.',
        try: 'Send the verifier the challenge was made from.',
      },
    },
  },
};
