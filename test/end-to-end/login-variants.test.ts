import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { freePort } from '../fakes/free-port.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';
import { authorizationUrl, startCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';
import { type PlainOauthServer, startPlainOauthServer } from './plain-oauth-server.ts';
import { startRecordingFront } from './recording-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-variants-'));
const documentOf = ({ stdout }: { stdout: string }): LoginDocument => JSON.parse(stdout);

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

describe('the redirect URI', () => {
  it.each([
    'http://127.0.0.1:0/callback',
    'http://localhost:0/callback',
    'http://[::1]:0/callback',
    'https://127.0.0.1:0/callback',
    'https://localhost:0/callback',
  ])('may be %s, its port settled before it is sent', async (redirectUri) => {
    const { status, url, stderr, page } = await loginAsPerson(idp, ['--redirect-uri', redirectUri]);
    expect(status).toBe(0);
    const sent = url.searchParams.get('redirect_uri') ?? '';
    expect(sent.replace(/:[1-9]\d*\//, ':0/')).toBe(redirectUri);
    expect(stderr).toContain(`Listening     ${sent}`);
    expect(page).toContain('Signed in');
  });

  it('on localhost is listened for on both families', async () => {
    const cli = startCli([
      'login',
      '--issuer',
      idp.issuer,
      ...['--client-id', 'demo-public', '--redirect-uri', 'http://localhost:0/callback'],
    ]);
    const redirectUri = new URL(new URL(await authorizationUrl(cli)).searchParams.get('redirect_uri') ?? '');
    const answers = await Promise.all(['127.0.0.1', '[::1]'].map((host) => statusAt(host, redirectUri)));
    expect(answers).toEqual([404, 404]);
    cli.child.kill('SIGINT');
    expect((await cli.finished).status).toBe(130);
  });

  it('over https takes a given certificate', async () => {
    const { cert, key } = issueCertificate({ name: 'the given one', altNames: ['127.0.0.1'] });
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const { status } = await loginAsPerson(idp, [
      ...['--redirect-uri', 'https://127.0.0.1:0/callback'],
      ...['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')],
    ]);
    expect(status).toBe(0);
  });

  it('may be served elsewhere than it says, as behind a proxy', async () => {
    const boundPort = await freePort();
    const proxy = await startRecordingFront(`http://127.0.0.1:${boundPort}`);
    const redirectUri = `${proxy.origin}/callback`;
    const { status, url, stderr, page } = await loginAsPerson(idp, [
      ...['--redirect-uri', redirectUri, '--port', new URL(redirectUri).port],
      ...['--listen', `127.0.0.1:${boundPort}`],
    ]);
    await proxy.close();
    expect(status).toBe(0);
    expect(url.searchParams.get('redirect_uri')).toBe(redirectUri);
    expect(stderr).toContain(`on 127.0.0.1:${boundPort} for ${redirectUri}`);
    expect(page).toContain('Signed in');
  });

  it.each([
    { redirectUri: 'http://app.example/callback', says: 'does not lead to this machine' },
    { redirectUri: 'com.example.app:/callback', says: 'does not lead to this machine' },
    { redirectUri: 'http://127.0.0.1:8378/callback#x', says: 'without a fragment' },
    { redirectUri: '/callback', says: 'not an absolute URI' },
    { redirectUri: 'http://127.0.0.1:6000/callback', says: '6000' },
  ])('$redirectUri is refused where nothing could receive the answer', async ({ redirectUri, says }) => {
    const { status, stdout, stderr } = await startCli([
      'login',
      '--issuer',
      idp.issuer,
      ...['--client-id', 'demo-public', '--redirect-uri', redirectUri],
    ]).finished;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('Discovery');
  });
});

describe('--response-mode form_post', () => {
  it('brings the answer in the body', async () => {
    const { status, url, page } = await loginAsPerson(idp, ['--response-mode', 'form_post']);
    expect(url.searchParams.get('response_mode')).toBe('form_post');
    expect(status).toBe(0);
    expect(page).toContain('Signed in');
  });

  it('is checked: the answer comes as it was asked for', async () => {
    const { checks } = documentOf(await loginAsPerson(idp, ['--response-mode', 'form_post', '--json']));
    expect(checks.filter(({ id }) => id === 'response-mode')).toMatchObject([
      { outcome: 'pass', expected: 'form_post', received: 'form_post' },
    ]);
  });

  it('brings a denial in the body too', async () => {
    const { status, page } = await loginAsPerson(idp, ['--response-mode', 'form_post'], { decision: 'deny' });
    expect(status).toBe(3);
    expect(page).toContain('access_denied');
  });
});

describe('the endpoints of a server', () => {
  const endpoints = () => [
    ...['--authorization-endpoint', `${idp.issuer}/auth`, '--token-endpoint', `${idp.issuer}/token`],
  ];

  it('are enough without an issuer, which is then not compared', async () => {
    const others = ['--jwks-uri', `${idp.issuer}/jwks`, '--userinfo-endpoint', `${idp.issuer}/me`];
    const run = await loginAsPerson(idp, [...endpoints(), ...others, '--scope', 'openid', '--json'], {
      issuer: false,
    });
    expect(run.status).toBe(0);
    expect(run.stderr).not.toContain('Discovery');
    const { issuer, userinfo, checks } = documentOf(run);
    expect({ issuer, userinfo }).toEqual({ issuer: null, userinfo: { sub: 'alice' } });
    const outcomes = Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]));
    expect(outcomes).toMatchObject({ 'id-token-signature': 'pass', 'id-token-iss': 'skipped' });
  });

  it('go before the discovered ones, while the rest is still discovered', async () => {
    const front = await startRecordingFront(idp.issuer);
    const run = await loginAsPerson(idp, ['--userinfo-endpoint', `${front.origin}/me`, '--json']);
    await front.close();
    expect(run.status).toBe(0);
    expect(front.passed.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /me']);
    expect(documentOf(run).userinfo).toEqual({ sub: 'alice' });
  });

  it('may be in a document that --metadata-url names', async () => {
    const metadataUrl = `${idp.issuer}/.well-known/oauth-authorization-server`;
    const run = await loginAsPerson(idp, ['--metadata-url', metadataUrl, '--json'], { issuer: false });
    expect({ status: run.status, issuer: documentOf(run).issuer }).toEqual({ status: 0, issuer: idp.issuer });
  });

  it('may be given by the address of the metadata in the place of the issuer', async () => {
    const metadataUrl = `${idp.issuer}/.well-known/openid-configuration`;
    const run = await loginAsPerson(idp, ['--issuer', metadataUrl, '--json']);
    expect({ status: run.status, issuer: documentOf(run).issuer }).toEqual({ status: 0, issuer: idp.issuer });
  });
});

describe('an OAuth server without OpenID Connect', () => {
  let server: PlainOauthServer;

  afterEach(() => server.close());

  async function login(args: readonly string[]) {
    const cli = startCli(['login', '--client-id', 'my app', '--port', '0', '--json', ...args]);
    const url = await authorizationUrl(cli);
    const [page, run] = await Promise.all([fetch(url).then((answer) => answer.text()), cli.finished]);
    return { ...run, page, sent: new URL(url).searchParams };
  }

  const byEndpoints = () => [
    ...[
      '--authorization-endpoint',
      `${server.origin}/authorize`,
      '--token-endpoint',
      `${server.origin}/token`,
    ],
  ];

  it.each(['RFC 8414', 'RFC 8414 below a path'] as const)(
    'is found by its %s metadata',
    async (published) => {
      server = await startPlainOauthServer(published);
      const run = await login(['--issuer', server.issuer]);
      expect(run.status).toBe(0);
      expect([run.sent.has('scope'), run.sent.has('nonce'), run.sent.has('code_challenge')]).toEqual([
        false,
        false,
        true,
      ]);
      expect(documentOf(run)).toMatchObject({
        issuer: server.issuer,
        tokens: { access_token: 'an-opaque-access-token', token_type: 'Bearer', scope: [] },
        decoded: { access_token: null, id_token: null },
        userinfo: null,
      });
      expect(server.requests.at(-1)).toBe('POST /token');
      expect(run.page).toContain('Signed in');
    },
  );

  it('needs no metadata when both endpoints are given', async () => {
    server = await startPlainOauthServer();
    const run = await login([...byEndpoints(), '--scope', 'read']);
    expect(run.status).toBe(0);
    expect(documentOf(run)).toMatchObject({ issuer: null, tokens: { scope: ['read'] } });
    expect(server.requests).toEqual(['GET /authorize', 'POST /token']);
    expect(server.tokenRequest.get('client_id')).toBe('my app');
  });

  it('with an issuer but no metadata is used through its given endpoints', async () => {
    server = await startPlainOauthServer();
    const run = await login(['--issuer', server.origin, ...byEndpoints()]);
    expect(run.status).toBe(0);
    expect(documentOf(run).issuer).toBe(server.origin);
  });

  it('without metadata and endpoints is asked at every well-known place, and all are named', async () => {
    server = await startPlainOauthServer();
    const cli = startCli([
      'login',
      '--issuer',
      `${server.origin}/a`,
      '--client-id',
      'x',
      '--port',
      '0',
      '--json',
    ]);
    const run = await cli.finished;
    expect(run).toMatchObject({ status: 6, stdout: '' });
    const places = [
      '/a/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/a',
      '/.well-known/openid-configuration/a',
    ];
    expect(server.requests).toEqual(places.map((place) => `GET ${place}`));
    const { error } = lastLineAsJson(run) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe('invalid_response');
    for (const place of places) expect(error.message).toContain(place);
    expect(error.hint).toContain('--authorization-endpoint');
  });

  it.each([
    { pkce: 'plain', challenge: true, says: /plain/ },
    { pkce: 'off', challenge: false, says: /no PKCE|without|not bound/i },
  ])('takes --pkce $pkce, which the checks remark on', async ({ pkce, challenge, says }) => {
    server = await startPlainOauthServer('RFC 8414');
    const run = await login(['--issuer', server.issuer, '--pkce', pkce]);
    expect(run.status).toBe(0);
    expect(run.sent.has('code_challenge')).toBe(challenge);
    expect(server.tokenRequest.get('code_verifier')).toBe(run.sent.get('code_challenge'));
    const check = documentOf(run).checks.find(({ id }) => id === 'pkce');
    expect(check).toMatchObject({ outcome: 'warn', detail: expect.stringMatching(says) });
  });
});

/** The status of a path that is not the callback, at another address than the host name's. */
function statusAt(host: string, { port }: URL): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`http://${host}:${port}/elsewhere`, { headers: { host: `localhost:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
