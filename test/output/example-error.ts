import { checkResult } from '../../src/checks/check-result.ts';
import { ErrorResponseError } from '../../src/errors.ts';
import { buildErrorDocument } from '../../src/output/render-error.ts';

/** A token endpoint that refuses the client, after a callback that was in order. */
export const exampleError = buildErrorDocument(
  new ErrorResponseError(
    'token_error',
    'The token endpoint refused the request.',
    {
      error: 'invalid_client',
      error_description: 'Client authentication failed: \u001b[31munknown client\u001b[0m\u202e',
      error_uri: 'https://login.example.com/errors/invalid_client',
      status: 401,
    },
    {
      step: 'token',
      hint: 'Give the client secret again and run the login again with --auth-method client_secret_post.',
    },
  ),
  [
    checkResult('state', 'pass', 'The answer carries the state that was sent.'),
    checkResult('iss', 'fail', 'The answer names another issuer than the one that was asked.', {
      expected: 'https://login.example.com/realms/staff',
      received: 'https://evil.example.com/\u202egro.elpmaxe',
    }),
    checkResult('cache-control', 'warn', 'A cache between here and the server may keep the tokens.'),
  ],
);
