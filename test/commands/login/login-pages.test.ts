import { describe, expect, it } from 'vitest';
import { checkResult } from '../../../src/checks/check-result.ts';
import { createLoginPages } from '../../../src/commands/login/login-pages.ts';
import { ErrorResponseError, NetworkError, ValidationError } from '../../../src/errors.ts';
import { createRedactor } from '../../../src/output/redact.ts';
import { resultOf } from './example-result.ts';

const secret = 'SplxlOBeZQQYbYS6WxSbIA';

function pages() {
  const redactor = createRedactor([
    { kind: 'code', value: secret },
    { kind: 'access_token', value: 'access-7f-of-a-server' },
  ]);
  return {
    pages: createLoginPages(redactor.redact, {
      now: () => new Date('2026-11-30T12:00:00Z'),
    }),
  };
}

/** What a page says, without its markup. */
const textOf = (page: string) =>
  page
    .replace(/<style[\s\S]*?<\/style>|<script[\s\S]*?<\/script>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page at the end of a login', () => {
  it('tells who signed in where, and how the checks went, without a token', async () => {
    const { pages: created } = pages();
    const checks = [checkResult('state', 'pass', 'ok'), checkResult('pkce', 'warn', 'odd')];
    const tokens = {
      access_token: 'access-7f-of-a-server',
      expires_in: 3600,
      token_type: 'Bearer',
      refresh_token: 'refresh-7f',
      scope: 'openid',
    };
    const userinfo = { sub: 'alice', email: 'alice@example.com', name: 'access-7f-of-a-server' };
    const page = await created.success(resultOf(tokens, { userinfo, checks }));
    const text = textOf(page);
    expect(text).toContain('Signed in');
    for (const fact of [
      'https://a.example',
      'app',
      'alice@example.com',
      'openid',
      'Refresh token received',
      'Access token expires',
    ])
      expect(text).toContain(fact);
    expect(text).toMatch(/Checks 2 checks: 1 warning, 1 passed/);
    expect(page).not.toMatch(/access-7f|refresh-7f/);
  });

  it('does without what is not known', async () => {
    const { pages: created } = pages();
    const tokens = { access_token: 'x', token_type: 'Bearer' };
    const text = textOf(await created.success(resultOf(tokens, { issuer: null, requestedScope: [] })));
    expect(text).toContain('Refresh token none');
    expect(text).not.toContain('Subject');
    expect(text).toContain('Scope none');
  });

  it('tells what a server said, escaped and without secrets', () => {
    const { pages: created } = pages();
    const oauth = {
      error: 'access_denied',
      error_description: `<script>alert(1)</script> ${secret}`,
      error_uri: 'https://a.example/help',
      status: null,
    };
    const error = new ErrorResponseError('authorization_error', `Refused with ${secret}.`, oauth, {
      hint: `Do not use ${secret}.`,
    });
    const page = created.failure(error);
    expect(page).not.toContain(secret);
    expect(page).not.toContain('<script>alert');
    const text = textOf(page);
    for (const part of ['The login failed', 'access_denied', 'https://a.example/help', '‹code›']) {
      expect(text).toContain(part);
    }
  });

  it('names the check that failed', () => {
    const { pages: created } = pages();
    const error = new ValidationError('id-token-nonce', 'The nonce differs.');
    expect(textOf(created.failure(error))).toMatch(/The nonce differs\..*Check id-token-nonce/);
  });

  it('tells of a failure without any server', () => {
    const { pages: created } = pages();
    const error = new NetworkError('timeout', 'Nothing came within 30 s.', { hint: 'Try again.' });
    expect(textOf(created.failure(error))).toMatch(/Nothing came within 30 s\..*Try again\./);
  });

  it('says nothing of the inside of a bug', () => {
    const { pages: created } = pages();
    const text = textOf(created.failure(new TypeError('undefined is not a function at secret place')));
    expect(text).toContain('Something went wrong in oauth-code.');
    expect(text).not.toContain('secret place');
  });

  it('says why an answer was ignored', () => {
    const { pages: created } = pages();
    expect(textOf(created.ignored('Its <b>state</b> is foreign.'))).toContain('&lt;b&gt;state');
  });
});
