import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/entry/program.ts';
import type { ErrorDocument, LoginDocument } from '../../../src/output/documents.ts';
import { type PlainOauthServer, startPlainOauthServer } from '../../end-to-end/plain-oauth-server.ts';
import { createTestContext } from '../../fakes/context.ts';

let server: PlainOauthServer;

beforeEach(async () => {
  server = await startPlainOauthServer('RFC 8414');
  return () => server.close();
});

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A login at a terminal whose browser is elsewhere, up to the page that cannot reach this machine. */
async function startLogin(...args: readonly string[]) {
  const test = createTestContext({ stdinIsTTY: true, launch: { type: 'not-launched', obstacle: 'ssh' } });
  const words = ['login', '--issuer', server.issuer, '--client-id', 'x', '--port', '0', '--json', ...args];
  const status = run(words, test.context);
  running.push(async () => {
    test.cancel();
    await status;
  });
  const url = await vi.waitUntil(() => /^http\S+response_type=code\S*$/m.exec(test.stderr())?.[0], {
    timeout: 50_000,
  });
  const answer = await fetch(url, { redirect: 'manual' });
  const finalUrl = new URL(answer.headers.get('location') ?? '');
  return { ...test, status, finalUrl, begins: url, sent: new URL(url).searchParams };
}

const stateCheck = (stdout: string) =>
  (JSON.parse(stdout) as LoginDocument).checks.find(({ id }) => id === 'state');

describe('a login by pasting', () => {
  it.each([
    { what: 'the whole address', text: ({ href }: URL) => href },
    { what: 'the address in quotes and spaces', text: ({ href }: URL) => `  "${href}" ` },
    { what: 'the query string', text: ({ search }: URL) => search },
    { what: 'the query string without its question mark', text: ({ search }: URL) => search.slice(1) },
    { what: 'the answer behind #', text: ({ href }: URL) => href.replace('?', '#') },
  ])('takes $what, with its state compared', async ({ text }) => {
    const login = await startLogin();
    expect(login.stderr()).toMatch(
      /^Waiting for the answer\. If the browser .*\npaste the address of that page here\.$/m,
    );
    login.type(text(login.finalUrl));
    expect(await login.status).toBe(0);
    expect(login.stderr()).toMatch(/^✓ Answer +pasted/m);
    expect(stateCheck(login.stdout())?.outcome).toBe('pass');
    expect(server.tokenRequest.get('code')).toBe(login.finalUrl.searchParams.get('code'));
  });

  it('takes a bare code, and warns that nothing shows whose it is', async () => {
    const login = await startLogin();
    login.type(login.finalUrl.searchParams.get('code') ?? '');
    expect(await login.status).toBe(0);
    expect(login.stderr()).toMatch(/^✓ Answer +a pasted code, without state/m);
    expect(stateCheck(login.stdout())).toMatchObject({
      outcome: 'warn',
      detail: expect.stringContaining('Nothing shows that it belongs to this login'),
    });
    expect(server.tokenRequest.get('code')).toBe('the-code-of-a-plain-server');
  });

  it('says what is wrong with a line and waits on', async () => {
    const login = await startLogin();
    const lines = [
      { line: 'what now?', says: /That is not a redirect URL, query string or code/ },
      { line: 'https://login.example.com/home', says: /holds neither a code nor an error/ },
      { line: login.begins, says: /That is an address where a login begins\./ },
      { line: '?code=stolen-code&state=foreign', says: /^! Ignored +Its state is not the one/m },
      { line: '?code=x&state=other', says: /forged\.[\s\S]+Sent:[\s\S]+Paste\s+the\s+whole\s+address/ },
      { line: '?code=stolen-code', says: /^! Ignored +It held a code without the state/m },
    ];
    login.type('');
    for (const { line, says } of lines) {
      login.type(line);
      await vi.waitUntil(() => says.test(login.stderr()), { timeout: 50_000 });
    }
    expect(server.requests).not.toContain('POST /token');
    login.type(login.finalUrl.href);
    expect(await login.status).toBe(0);
    expect(login.stderr()).not.toMatch(/stolen-code/);
  });

  it('shows an error that was pasted, with status 3', async () => {
    const login = await startLogin();
    login.type(`?error=access_denied&error_description=no&state=${login.sent.get('state')}`);
    expect(await login.status).toBe(3);
    const document: ErrorDocument = JSON.parse(login.stderr().trimEnd().split('\n').at(-1) ?? '');
    expect(document.error).toMatchObject({
      code: 'authorization_error',
      oauth: { error: 'access_denied', error_description: 'no', error_uri: null, status: null },
    });
  });

  it('leaves the way through the listener open', async () => {
    const login = await startLogin();
    login.type('what now?');
    const page = await (await fetch(login.finalUrl)).text();
    expect(await login.status).toBe(0);
    expect(page).toContain('Signed in');
    expect(login.stderr()).toMatch(/^✓ Answer +from the browser/m);
  });

  it.each([
    'https://app.example.com/callback',
    'com.example.app:/oauth2redirect',
    'urn:ietf:wg:oauth:2.0:oob',
  ])('is the only way for %s, where nothing listens', async (redirectUri) => {
    const login = await startLogin('--redirect-uri', redirectUri);
    expect(login.stderr()).not.toContain('Listening');
    expect(login.stderr()).toMatch(/arrived at\s\S+\spaste\sthe\saddress\sof\sthat\spage\shere\./);
    expect(login.stderr()).not.toMatch(/ssh -L/);
    expect(login.sent.get('redirect_uri')).toBe(redirectUri);
    login.type(login.finalUrl.href);
    expect(await login.status).toBe(0);
    expect(server.tokenRequest.get('redirect_uri')).toBe(redirectUri);
  });

  it('is not offered with --no-input', async () => {
    const login = await startLogin('--no-input', '--no-browser');
    expect(login.stderr()).not.toContain('paste');
    login.type(login.finalUrl.href);
    expect(
      await Promise.race([login.status, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))]),
    ).toBe('waits');
  });
});
