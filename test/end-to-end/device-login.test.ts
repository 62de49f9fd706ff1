import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { lastLineAsJson } from './person-login.ts';

const device = ['demo', '--headless', '--flow', 'device', '--json'];

describe('a login by the device flow', () => {
  it('shows a program the code first, and ends with verified tokens', async () => {
    const { status, stdout, stderr } = await runCli(device);
    expect(status, stderr).toBe(0);
    const [first = '', ...rest] = stdout.split('\n');
    const event = JSON.parse(first);
    expect(event).toEqual({
      version: 1,
      event: 'user_code',
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/device$/),
      verification_uri_complete: `${event.verification_uri}?user_code=${event.user_code}`,
      expires_at: expect.any(String),
    });
    const result = JSON.parse(rest.join('\n'));
    expect(result.decoded.id_token.claims.sub).toBe('alice');
    expect(result.userinfo.sub).toBe('alice');
    const outcomes = new Map(
      result.checks.map((check: { id: string; outcome: string }) => [check.id, check.outcome]),
    );
    for (const id of ['device-response', 'verification-uri', 'device-expires-in', 'id-token-signature'])
      expect(outcomes.get(id), id).toBe('pass');
    expect(outcomes.has('state')).toBe(false);
    expect(stderr).not.toContain('400');
  });

  it('ends with the error of the server when the user refuses', async () => {
    const run = await runCli([...device, '--deny']);
    expect(run.status).toBe(3);
    expect(lastLineAsJson(run)).toMatchObject({
      error: { code: 'token_error', oauth: { error: 'access_denied' } },
    });
  });

  it.each([
    ['--redirect-uri', 'http://127.0.0.1:1/callback'],
    ['--response-mode', 'form_post'],
    ['--state', 'x'],
    ['--par'],
    ['--fapi', '2'],
  ])('refuses %s, which it has no use for', async (...option) => {
    const run = await runCli([...device, ...option]);
    expect(run.status).toBe(2);
    const message = expect.stringContaining(`${option[0]} and --flow device exclude each other`);
    expect(lastLineAsJson(run)).toMatchObject({ error: { message } });
  });
});
