import { describe, expect, it } from 'vitest';
import {
  BugError,
  CancelledError,
  ConfigError,
  ErrorResponseError,
  FindingsError,
  InvalidResponseError,
  LoginRequiredError,
  NamedError,
  NetworkError,
  UsageError,
  ValidationError,
} from '../src/errors.ts';

const oauth = { error: 'access_denied', error_description: null, error_uri: null, status: null };
const details = { hint: 'Do this.', step: 'token', cause: new Error('inside') } as const;

describe('an error that is named', () => {
  it.each<[NamedError, string, string, number]>([
    [new UsageError('No.', details), 'UsageError', 'usage', 2],
    [new ConfigError('No.', details), 'ConfigError', 'config', 2],
    [new LoginRequiredError('No.', details), 'LoginRequiredError', 'login_required', 4],
    [new NetworkError('tls', 'No.', details), 'NetworkError', 'tls', 5],
    [new ErrorResponseError('token_error', 'No.', oauth, details), 'ErrorResponseError', 'token_error', 3],
    [new InvalidResponseError('No.', details), 'InvalidResponseError', 'invalid_response', 6],
    [new ValidationError('state', 'No.', details), 'ValidationError', 'validation_failed', 6],
    [new FindingsError('expectation_failed', 'No.', details), 'FindingsError', 'expectation_failed', 7],
  ])('%s says who must act, and how the process ends', (error, name, code, exitCode) => {
    expect(error).toBeInstanceOf(NamedError);
    expect(error).toMatchObject({ name, code, exitCode, message: 'No.', ...details });
    expect(String(error)).toBe(`${name}: No.`);
  });

  it('does without what nobody knows', () => {
    const error = new UsageError('No.');
    expect(error).toMatchObject({ hint: undefined, step: undefined });
    expect(error).not.toHaveProperty('cause');
  });

  it('keeps what the server sent, and which check failed', () => {
    expect(new ErrorResponseError('authorization_error', 'No.', oauth).oauth).toEqual(oauth);
    expect(new ValidationError('id-token-exp', 'No.').check).toBe('id-token-exp');
  });
});

describe('what has no name', () => {
  it.each<[unknown, string]>([
    [new TypeError('x is undefined'), 'x is undefined'],
    ['a string', 'a string'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ toString: () => 'an object' }, 'an object'],
  ])('is a bug: %o', (thrown, text) => {
    expect(new BugError(thrown)).toMatchObject({
      code: 'bug',
      exitCode: 1,
      message: `Unexpected failure: ${text}`,
      hint: expect.stringContaining('--debug'),
    });
  });

  it('stays with the bug as its cause', () => {
    const thrown = new TypeError('x is undefined');
    expect(new BugError(thrown).cause).toBe(thrown);
  });
});

describe('a cancelled run', () => {
  it.each([
    ['SIGINT', 'Cancelled.', 130],
    ['SIGTERM', 'Stopped by SIGTERM.', 143],
    ['SIGHUP', 'Stopped by SIGHUP.', 129],
    ['SIGBREAK', 'Stopped by SIGBREAK.', 129],
  ] as const)('ends as a shell expects of %s', (signalName, message, exitCode) => {
    expect(new CancelledError(signalName)).toMatchObject({
      code: 'cancelled',
      signalName,
      message,
      exitCode,
    });
  });
});
