import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { loginAsPerson } from './person-login.ts';
import { type RecordingFront, startRecordingFront } from './recording-front.ts';

let idp: RunningIdp;
let front: RecordingFront;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

beforeEach(async () => {
  front = await startRecordingFront(idp.issuer);
  return () => front.close();
});

afterAll(() => idp.close());

/** A login whose token request passes by the front. */
async function login(...args: readonly string[]) {
  const run = await loginAsPerson(idp, ['--token-endpoint', `${front.origin}/token`, '--json', ...args]);
  return { ...run, sent: run.url.searchParams, redeemed: front.passed[0]?.form ?? new URLSearchParams() };
}

const documentOf = ({ stdout }: { stdout: string }): LoginDocument => JSON.parse(stdout);
const checkOf = (run: { stdout: string }, id: string) =>
  documentOf(run).checks.find((check) => check.id === id);

describe('the two requests of a login', () => {
  it('carry what the specifications ask for, the code bound by PKCE', async () => {
    const { status, sent, redeemed } = await login();
    expect(status).toBe(0);
    expect(Object.fromEntries(sent)).toEqual({
      response_type: 'code',
      client_id: 'demo-public',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      scope: 'openid',
      state: expect.stringMatching(/^[\w-]{22,}$/),
      nonce: expect.stringMatching(/^[\w-]{22,}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(Object.fromEntries(redeemed)).toEqual({
      grant_type: 'authorization_code',
      code: expect.any(String),
      redirect_uri: sent.get('redirect_uri'),
      code_verifier: expect.stringMatching(/^[\w-]{43,128}$/),
      client_id: 'demo-public',
    });
    expect(front.passed).toHaveLength(1);
    expect(sent.get('state')).not.toBe(sent.get('nonce'));
  });

  it('differ from run to run in everything that must not be guessed', async () => {
    const [first, second] = [await login(), await login()];
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.sent.get(name), name).not.toBe(second.sent.get(name));
    }
  });

  it('repeat --resource in both', async () => {
    const resources = ['https://api.example.com/', 'https://files.example.com/v1'];
    const { status, sent, redeemed } = await login(
      ...resources.flatMap((resource) => ['--resource', resource]),
    );
    // The embedded server issues for one resource at a time, and says so.
    expect(status).toBe(3);
    expect(sent.getAll('resource')).toEqual(resources);
    expect(redeemed.getAll('resource')).toEqual(resources);
  });

  it('name a single --resource, which the token is then for', async () => {
    const run = await login('--scope', 'api:read', '--resource', 'https://api.example.com/');
    expect(run.status).toBe(0);
    expect(documentOf(run).decoded.access_token?.claims?.aud).toBe('https://api.example.com/');
  });
});

describe('--param', () => {
  it('adds, replaces, empties and removes parameters', async () => {
    const { status, sent } = await login(
      ...['--param', 'tenant=a=b', '--param', 'tenant=c', '--param', 'display=', '--param', 'nonce=my-nonce'],
      ...['--login-hint', 'alice', '--param', 'login_hint', '--max-age', '600', '--param', 'max_age=700'],
    );
    expect(status).toBe(0);
    expect(sent.getAll('tenant')).toEqual(['a=b', 'c']);
    expect(sent.getAll('display')).toEqual(['']);
    expect(sent.getAll('nonce')).toEqual(['my-nonce']);
    expect(sent.getAll('max_age')).toEqual(['700']);
    expect(sent.has('login_hint')).toBe(false);
  });

  it('that removes state and nonce leaves the checks of them skipped', async () => {
    const run = await login('--param', 'state', '--param', 'nonce');
    expect(run.status).toBe(0);
    expect([run.sent.has('state'), run.sent.has('nonce')]).toEqual([false, false]);
    expect(checkOf(run, 'state')?.outcome).toBe('skipped');
    expect(checkOf(run, 'id-token-nonce')?.outcome).toBe('skipped');
  });
});

describe('--token-param', () => {
  it('adds, replaces, empties and removes parameters', async () => {
    const { status, stderr, redeemed } = await login(
      ...['--token-param', 'tenant=a', '--token-param', 'tenant=b', '--token-param', 'assertion='],
      ...['--token-param', 'redirect_uri=https://other.example/', '--token-param', 'code_verifier'],
    );
    expect(redeemed.getAll('tenant')).toEqual(['a', 'b']);
    expect(redeemed.getAll('assertion')).toEqual(['']);
    expect(redeemed.getAll('redirect_uri')).toEqual(['https://other.example/']);
    expect(redeemed.has('code_verifier')).toBe(false);
    expect(status).toBe(3);
    expect(stderr).toContain('"oauth":{"error":"invalid_');
  });
});

describe('what binds the answer to the run', () => {
  it.each([
    { args: ['--state', 'my-state', '--nonce', 'my-nonce'], state: 'my-state', nonce: 'my-nonce' },
    { args: ['--state', 'off', '--nonce', 'off'], state: null, nonce: null },
  ])('is what $args say', async ({ args, state, nonce }) => {
    const run = await login(...args);
    expect({ status: run.status, state: run.sent.get('state'), nonce: run.sent.get('nonce') }).toEqual({
      status: 0,
      state,
      nonce,
    });
    expect(checkOf(run, 'state')?.outcome).toBe(state === null ? 'skipped' : 'pass');
    expect(checkOf(run, 'id-token-nonce')?.outcome).toBe(nonce === null ? 'skipped' : 'pass');
    expect(documentOf(run).decoded.id_token?.claims?.nonce).toBe(nonce ?? undefined);
  });

  it('is named as the cause when it is less than the server takes', async () => {
    const run = await login('--pkce', 'off');
    expect([run.sent.has('code_challenge'), run.sent.has('code_challenge_method')]).toEqual([false, false]);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toMatch(/"hint":"[^"]*Leave out --pkce off/);
  });
});

describe('the wishes of a login', () => {
  it('reach the server under their wire names', async () => {
    const claims = '{"id_token":{"email":null}}';
    const run = await login(
      ...['--prompt', 'login consent', '--login-hint', 'alice', '--max-age', '60', '--ui-locales', 'de en'],
      ...['--acr-values', 'urn:a urn:b', '--claims', claims, '--audience', 'https://api.example.com'],
    );
    expect(run.status).toBe(0);
    expect(Object.fromEntries(run.sent)).toMatchObject({
      prompt: 'login consent',
      login_hint: 'alice',
      max_age: '60',
      ui_locales: 'de en',
      acr_values: 'urn:a urn:b',
      claims,
      audience: 'https://api.example.com',
    });
    const { decoded } = documentOf(run);
    expect(decoded.id_token?.claims).toMatchObject({
      email: 'alice@example.com',
      auth_time: expect.any(Number),
    });
    expect(checkOf(run, 'id-token-auth-time')?.outcome).toBe('pass');
  });

  it('may do without UserInfo', async () => {
    const run = await login('--no-userinfo');
    expect({ status: run.status, userinfo: documentOf(run).userinfo }).toEqual({ status: 0, userinfo: null });
    expect(run.stderr).not.toContain('UserInfo');
  });
});

describe('what is granted beside the scope', () => {
  const details = [
    { type: 'payment_initiation', actions: ['initiate'], amount: { value: '1', currency: 'EUR' } },
  ];

  it('is compared with the authorization details that were asked for', async () => {
    const run = await login(
      ...['--authorization-details', JSON.stringify(details), '--resource', 'https://api.example.com'],
    );
    expect(run, run.stderr).toMatchObject({ status: 0 });
    expect(documentOf(run).token_response.authorization_details).toEqual(details);
    expect(checkOf(run, 'authorization-details')).toMatchObject({ outcome: 'pass' });
    expect(checkOf(run, 'granted-resource')).toMatchObject({ outcome: 'pass' });
  });

  it('is compared with the claims that were asked for', async () => {
    const claims = { id_token: { email: { essential: true }, shoe_size: { essential: true } } };
    const run = await login('--claims', JSON.stringify(claims));
    expect(run, run.stderr).toMatchObject({ status: 0 });
    expect(checkOf(run, 'requested-claims')).toMatchObject({
      outcome: 'warn',
      detail: expect.stringContaining('shoe_size is missing (id_token)'),
    });
  });

  it('has no check where nothing was asked for', async () => {
    const run = await login();
    for (const id of ['authorization-details', 'granted-resource', 'requested-claims'])
      expect(checkOf(run, id)).toBeUndefined();
  });
});
