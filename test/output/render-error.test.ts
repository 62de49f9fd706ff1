import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { CancelledError, ErrorResponseError, UsageError, ValidationError } from '../../src/errors.ts';
import { buildErrorDocument, renderError } from '../../src/output/render-error.ts';
import { own } from '../../src/say.ts';
import { exampleError } from './example-error.ts';

const looks = { columns: 80, color: false };

describe('buildErrorDocument', () => {
  it('carries every field of an OAuth error unaltered', () => {
    const oauth = { error: 'access_denied', error_description: 'no\u202e', error_uri: null, status: null };
    const error = new ErrorResponseError('authorization_error', 'The person declined.', oauth, {
      step: 'authorization',
      hint: 'Try again.',
    });
    expect(buildErrorDocument(error, [])).toEqual({
      version: 1,
      error: {
        code: 'authorization_error',
        step: 'authorization',
        message: 'The person declined.',
        hint: 'Try again.',
        exit_code: 3,
        oauth,
      },
      checks: [],
    });
  });

  it('names the check that failed', () => {
    expect(buildErrorDocument(new ValidationError('state', 'Differs.'), []).error).toEqual({
      code: 'validation_failed',
      step: null,
      message: 'Differs.',
      hint: null,
      exit_code: 6,
      check: 'state',
    });
  });

  it('has the causes that are ruled out beside the likely ones', () => {
    const ruled_out = [{ cause: 'The clock is wrong.', evidence: 'Both agree.' }];
    const document = buildErrorDocument(new ValidationError('state', 'Differs.'), [], {
      diagnosis: [],
      ruled_out,
    });
    expect(document).toMatchObject({ diagnosis: [], ruled_out });
    expect(renderError(document, { looks })).not.toContain('clock');
    expect(renderError(document, { looks: { ...looks, allChecks: true } })).toContain(
      '\nRuled out\n  – The clock is wrong.\n    Both agree.\n',
    );
  });

  it('knows the exit status of a signal', () => {
    expect(buildErrorDocument(new CancelledError('SIGTERM'), []).error.exit_code).toBe(143);
  });
});

describe('renderError', () => {
  it('tells what happened, what the server said, why, and what to do', () => {
    const causes = [
      {
        cause: 'The client secret is wrong.',
        why: 'It was sent with client_secret_basic, which the server takes.',
        try: 'Compare the secret with the registration of the client.',
        confidence: 'medium',
        source: 'RFC 6749 §5.2',
      },
      {
        cause: 'The client is registered for another method\u202e.',
        why: 'Servers give the same answer to both.',
        try: 'Try --auth-method client_secret_post.',
        confidence: 'high',
        expected: 'client_secret_post',
        received: 'client_secret_basic',
      },
    ] as const;
    expect(renderError({ ...exampleError, diagnosis: causes }, { looks })).toMatchInlineSnapshot(`
      "Checks that did not pass
        ✗ Issuer of the authorization response                           RFC 9207 §2.4
          The answer names another issuer than the one that was asked.
          expected  https://login.example.com/realms/staff
          received  https://evil.example.com/\\u{202e}gro.elpmaxe
        ! Response is not cached                                         RFC 6749 §5.1
          A cache between here and the server may keep the tokens.

      error: The token endpoint refused the request.
        error              invalid_client
        error_description  Client authentication failed: \\u{1b}[31munknown
                           client\\u{1b}[0m\\u{202e}
        error_uri          https://login.example.com/errors/invalid_client
        HTTP status        401

      likely causes:
        1. The client secret is wrong.  (likely)
           It was sent with client_secret_basic, which the server takes.
           Fix: Compare the secret with the registration of the client.
           RFC 6749 §5.2
        2. The client is registered for another method\\u{202e}.  (certain)
           Servers give the same answer to both.
           expected  client_secret_post
           received  client_secret_basic
           Fix: Try --auth-method client_secret_post.

      next: Give the client secret again and run the login again with --auth-method
        client_secret_post.
      "
    `);
  });

  it('is short for a wrong command line', () => {
    const error = new UsageError('The port 99999 does not exist.', {
      hint: 'Give a port up to 65535 with --port.',
    });
    expect(renderError(buildErrorDocument(error, []), { looks })).toBe(
      'error: The port 99999 does not exist.\n\nnext: Give a port up to 65535 with --port.\n',
    );
  });

  it('lets no control character of the server through', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(renderError(exampleError, { looks })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe('the check that ended a run', () => {
  const [expected, received] = ['https://a.example', 'https://a.example/'];
  const why = 'Only a trailing slash differs.';
  const check = checkResult('metadata-issuer', 'fail', `The document is about another issuer. ${why}`, {
    expected,
    received,
  });
  const warned = checkResult('cache-control', 'warn', 'A cache may keep the tokens.');
  const error = new ValidationError('metadata-issuer', own(`${check.title}: ${check.detail}`), {
    hint: 'Next.',
  });
  const cause: Diagnosis = {
    cause: 'The server names itself otherwise.',
    why,
    try: 'Copy it.',
    confidence: 'high',
    expected,
    received,
  };

  it('is told once, with what it compared', () => {
    const text = renderError(
      buildErrorDocument(error, [check, warned], { diagnosis: [cause], ruled_out: [] }),
      { looks },
    );
    expect(text).toBe(
      [
        'error: Issuer of the metadata: The document is about another issuer. Only a',
        '  trailing slash differs.',
        '  expected  https://a.example',
        '  received  https://a.example/',
        '',
        'likely causes:',
        '  1. The server names itself otherwise.  (certain)',
        '     Fix: Copy it.',
        '',
        'Checks that did not pass',
        '  ! Response is not cached                                         RFC 6749 §5.1',
        '    A cache may keep the tokens.',
        '',
        'next: Next.',
        '',
      ].join('\n'),
    );
  });

  it('stays whole in JSON', () => {
    expect(buildErrorDocument(error, [check], { diagnosis: [cause], ruled_out: [] })).toMatchObject({
      checks: [check],
      diagnosis: [cause],
    });
  });

  it('leaves alone a cause that says something else', () => {
    const other = { ...cause, why: 'Because of this.', received: 'https://b.example' };
    const text = renderError(buildErrorDocument(error, [check], { diagnosis: [other], ruled_out: [] }), {
      looks,
    });
    expect(text).toContain(
      '     Because of this.\n     expected  https://a.example\n     received  https://b.example\n',
    );
  });
});
