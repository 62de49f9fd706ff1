import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { startIdp } from '../../src/idp/start-idp.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { freePort } from '../fakes/free-port.ts';
import { authorizationUrl, type RunningCli, startCli } from './cli.ts';
import { lastLineAsJson } from './person-login.ts';

const key = testKey('ES256');
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer(({ path }) =>
    path === '/jwks'
      ? json(200, { keys: [key.jwk] })
      : json(200, {
          issuer: server.origin,
          authorization_endpoint: `${server.origin}/authorize`,
          token_endpoint: `${server.origin}/token`,
          jwks_uri: `${server.origin}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256', 'none'],
          backchannel_logout_supported: true,
          frontchannel_logout_supported: true,
        }),
  );
});
afterAll(() => server.close());

const now = () => Math.floor(Date.now() / 1000);
let serial = 0;
/** A logout token; a member that is undefined is left out. */
function logoutToken(claims: object = {}, header: object = {}, signer: typeof key | string = key): string {
  serial += 1;
  const whole = {
    ...{
      iss: server.origin,
      aud: 'client-1',
      sub: 'alice',
      iat: now(),
      exp: now() + 120,
      jti: `id-${serial}`,
    },
    events: { [logoutEvent]: {} },
    ...claims,
  };
  return signedToken(
    { alg: 'ES256', typ: 'logout+jwt', kid: 'key-1', ...header } as JsonObject,
    whole as JsonObject,
    signer,
  );
}

const listen = (channel: string, ...args: readonly string[]) =>
  startCli([
    'listen',
    `${channel}-logout`,
    '--issuer',
    server.origin,
    '--client-id',
    'client-1',
    '--port',
    '0',
    ...args,
  ]);

/** The address that a run prints alone on a line. */
const addressOf = async (cli: RunningCli) => (await cli.stderrMatches(/^(http:\S+-logout)$/m))[1] ?? '';
const post = (uri: string, logout_token: string) =>
  fetch(uri, { method: 'POST', body: new URLSearchParams({ logout_token }) });
const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const failed = (document: { checks: { id: string; outcome: string }[] }) =>
  document.checks.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);

describe('listen backchannel-logout', () => {
  it('validates a logout token, shows it and answers 200', async () => {
    const cli = listen('backchannel', '--once', '--json');
    const uri = await addressOf(cli);
    const answer = await post(uri, logoutToken({ sid: 'session-1' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { status, stdout, stderr } = await cli.finished;
    expect(status, stderr).toBe(0);
    expect(lines(stdout)).toEqual([
      { version: 1, event: 'listening', uri },
      expect.objectContaining({
        event: 'logout_token',
        issuer: server.origin,
        valid: true,
        claims: expect.objectContaining({ sub: 'alice', sid: 'session-1' }),
      }),
    ]);
  });

  it('fetches the keys of a server that changed them, though not for each forged token', async () => {
    const count = () => server.requests.filter(({ path }) => path === '/jwks').length;
    const before = count();
    const cli = listen('backchannel', '--count', '12', '--json');
    const uri = await addressOf(cli);
    for (let sent = 0; sent < 12; sent += 1)
      expect((await post(uri, logoutToken({}, { kid: `forged-${sent}` }))).status).toBe(400);
    const { status, stderr } = await cli.finished;
    expect(status).toBe(7);
    expect(stderr).not.toContain('Warning');
    expect(count() - before).toBe(2);
  });

  const other = testKey('ES256', 'key-1 of another', 2048);
  it.each<[string, () => string, string]>([
    ['a nonce', () => logoutToken({ nonce: 'n' }), 'logout-token-nonce'],
    ['another event', () => logoutToken({ events: { 'urn:x': {} } }), 'logout-token-events'],
    ['another audience', () => logoutToken({ aud: 'client-2' }), 'jwt-aud'],
    ['another issuer', () => logoutToken({ iss: 'https://as.example' }), 'jwt-iss'],
    ['the signature of another key', () => logoutToken({}, {}, other), 'jwt-signature'],
    ['neither sub nor sid', () => logoutToken({ sub: undefined }), 'logout-token-sub'],
    ['an empty sub', () => logoutToken({ sub: '' }), 'logout-token-sub'],
    ['no jti', () => logoutToken({ jti: undefined }), 'logout-token-claims'],
    ['no signature', () => `${logoutToken({}, { alg: 'none' }).replace(/[^.]*$/, '')}`, 'jwt-alg'],
    ['a time that is over', () => logoutToken({ iat: now() - 600, exp: now() - 300 }), 'jwt-exp'],
    ['the typ of another token', () => logoutToken({}, { typ: 'at+jwt' }), 'logout-token-typ'],
    ['no JWT', () => 'x', 'jwt'],
  ])('refuses a token with %s: 400, and exit 7', async (_, make, check) => {
    const cli = listen('backchannel', '--count', '1', '--json');
    const answer = await post(await addressOf(cli), make());
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    const run = await cli.finished;
    expect(run.status).toBe(7);
    const [, document] = lines(run.stdout);
    expect(document.valid).toBe(false);
    expect(failed(document)).toContain(check);
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'findings', exit_code: 7 } });
  });

  it('refuses a token that was received before, and what is not a logout request', async () => {
    const cli = listen('backchannel', '--count', '5', '--json');
    const uri = await addressOf(cli);
    const token = logoutToken({ jti: 'once' });
    const forged = logoutToken({ jti: 'once' }, {}, other);
    // A forged token does not use up the jti.
    for (const [sent, status] of [
      [forged, 400],
      [token, 200],
      [token, 400],
    ] as const)
      expect((await post(uri, sent)).status).toBe(status);
    expect((await fetch(uri)).status).toBe(405);
    const twice = new URLSearchParams([token, forged].map((one): [string, string] => ['logout_token', one]));
    expect((await fetch(uri, { method: 'POST', body: twice })).status).toBe(400);
    expect((await fetch(new URL('/', uri))).status).toBe(404);
    expect((await fetch(uri, { method: 'POST', body: 'logout_token=x' })).status).toBe(400);
    const { status, stdout } = await cli.finished;
    expect(status).toBe(7);
    const [, , , replayed, repeated, other_] = lines(stdout);
    expect(failed(repeated)).toEqual(['logout-token-request']);
    expect(failed(replayed)).toEqual(['logout-token-jti']);
    expect(failed(other_)).toEqual(['logout-token-request']);
  });

  it('ends with 130 at Ctrl-C', async () => {
    const cli = listen('backchannel');
    await addressOf(cli);
    cli.child.kill('SIGINT');
    expect((await cli.finished).status).toBe(130);
  });
});

describe('listen frontchannel-logout', () => {
  it.each([
    ['iss and sid', (issuer: string) => `?iss=${encodeURIComponent(issuer)}&sid=s1`, 200, []],
    ['neither', () => '', 200, []],
    ['another iss', () => '?iss=https%3A%2F%2Fas.example&sid=s1', 400, ['frontchannel-logout']],
    ['sid alone', () => '?sid=s1', 400, ['frontchannel-logout']],
    [
      'an empty sid',
      (issuer: string) => `?iss=${encodeURIComponent(issuer)}&sid=`,
      400,
      ['frontchannel-logout'],
    ],
    ['iss alone', (issuer: string) => `?iss=${encodeURIComponent(issuer)}`, 400, ['frontchannel-logout']],
  ])('compares a request with %s', async (_, query, expected, checks) => {
    const cli = listen('frontchannel', '--once', '--json');
    const answer = await fetch(`${await addressOf(cli)}${query(server.origin)}`, {
      headers: { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(expected);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-frame-options')).toBeNull();
    expect(answer.headers.get('content-security-policy')).not.toContain('frame-ancestors');
    const { status, stdout } = await cli.finished;
    expect(status).toBe(expected === 200 ? 0 : 7);
    expect(failed(lines(stdout)[1])).toEqual(checks);
  });
});

/** A browser that keeps the cookies of one server, and follows redirects within it. */
function createBrowser(origin: string) {
  const cookies = new Map<string, string>();
  return async (address: string, form?: URLSearchParams): Promise<{ url: string; body: string }> => {
    let url = address;
    let body = form;
    for (;;) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) return { url, body: await response.text() };
      url = new URL(location, url).href;
      body = undefined;
      if (!url.startsWith(origin)) return { url, body: await (await fetch(url)).text() };
    }
  };
}

const hiddenFields = (page: string): [string, string][] =>
  [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value],
  );

describe('the embedded server', () => {
  it('tells a listener of the session that the user ends in the browser', async () => {
    const home = mkdtempSync(join(tmpdir(), 'oauth-code-listen-'));
    const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
    const port = await freePort();
    const uri = `http://127.0.0.1:${port}/backchannel-logout`;
    const own = { backchannel_logout_uri: uri, backchannel_logout_session_required: true };
    const clients = [{ client_id: 'demo-public', ...own }];
    const idp = await startIdp({ port: 0, config: readIdpConfig(JSON.stringify({ clients }), 'the test') });
    const client = ['--issuer', idp.issuer, '--client-id', 'demo-public'];
    try {
      const visit = createBrowser(idp.issuer);
      const login = startCli(['login', ...client, '--port', '0', '--json'], { env });
      const signIn = await visit(await authorizationUrl(login));
      const consent = await visit(
        signIn.url,
        new URLSearchParams({ username: 'alice', password: 'x', action: 'login' }),
      );
      await visit(consent.url, new URLSearchParams({ action: 'allow' }));
      const { status, stderr } = await login.finished;
      expect(status, stderr).toBe(0);

      const listener = startCli(
        ['listen', 'backchannel-logout', ...client, '--port', String(port), '--once', '--json'],
        { env },
      );
      expect(await addressOf(listener)).toBe(uri);

      const back = ['--post-logout-redirect-uri', 'http://127.0.0.1:0/callback'];
      const logout = startCli(['logout', ...client, '--end-session', '--no-browser', ...back], { env });
      let printed = '';
      logout.child.stdout?.on('data', (text: string) => {
        printed += text;
      });
      await logout.stderrMatches(/waits for the browser to come back/);
      await expect.poll(() => printed).toContain('\n');
      const page = await visit(printed.trim());
      const end = await visit(
        `${idp.issuer}/session/end/confirm`,
        new URLSearchParams([...hiddenFields(page.body), ['logout', 'yes']]),
      );
      expect(end.body).toContain('Signed out');
      expect((await logout.finished).status).toBe(0);
      const run = await listener.finished;
      expect(run.status, run.stderr + run.stdout).toBe(0);
      const [, document] = lines(run.stdout);
      expect(document.claims).toMatchObject({ sub: 'alice', sid: expect.any(String), aud: 'demo-public' });
      expect(failed(document)).toEqual([]);
    } finally {
      await idp.close();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
