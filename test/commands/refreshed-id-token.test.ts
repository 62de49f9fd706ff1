import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type { SavedSession } from '../../src/storage/session-file.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const key = testKey('RS256', 'key-1');
const nowSeconds = () => Math.floor(Date.now() / 1000);
const sign = (claims: JsonObject) => signedToken({ alg: 'RS256', kid: 'key-1' }, claims, key);
const b64 = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');

let server: RotatingServer;
let home: TestHome;
/** The ID token of the next answers; undefined: none. */
let idToken: ((sound: JsonObject) => string) | undefined;
let withAccessToken: boolean;
let keysAnswer: () => { readonly status: number; readonly body: JsonObject };

const soundClaims = (): JsonObject => ({
  iss: server.origin,
  sub: 'alice',
  aud: 'client-1',
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
  auth_time: 1_700_000_000,
});

beforeEach(async () => {
  idToken = sign;
  withAccessToken = true;
  keysAnswer = () => ({ status: 200, body: { keys: [key.jwk] } });
  server = await startRotatingServer({
    answer(sound, { path }) {
      if (path === '/jwks') return keysAnswer();
      if (path === '/other-jwks') return { status: 404, body: {} };
      if (sound.status !== 200) return sound;
      const { access_token = '', ...rest } = sound.body as JsonObject;
      return {
        status: 200,
        body: {
          ...rest,
          ...(withAccessToken ? { access_token } : {}),
          ...(idToken === undefined ? {} : { id_token: idToken(soundClaims()) }),
        },
      };
    },
  });
  home = createTestHome();
  const session = sessionWith(server, { validForSeconds: -1, account: { sub: 'alice', name: null } });
  home.save({
    ...session,
    verified: ['id_token', 'account'],
    server: { ...session.server, jwks_uri: `${server.origin}/jwks`, id_token_algs: ['RS256'] },
    tokens: { ...session.tokens, id_token: sign({ ...soundClaims(), nonce: 'n-1' }) },
  });
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const run = (command: string, ...args: readonly string[]) =>
  runHere([command, '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });
const saved = () => home.read(clientAt(server.origin));

/** What may be wrong with a refreshed ID token, and the check that says so. */
const attacks: readonly (readonly [string, (sound: JsonObject) => string, string])[] = [
  [
    'signed with another key',
    (sound) => signedToken({ alg: 'RS256', kid: 'key-1' }, sound, testKey('RS256', 'key-2')),
    'id-token-signature',
  ],
  ['without a signature', (sound) => `${b64({ alg: 'none' })}.${b64(sound)}.`, 'id-token-alg'],
  [
    'altered after it was signed',
    (sound) => sign(sound).replace(/\.[^.]+\./, `.${b64({ ...sound, email: 'x' })}.`),
    'id-token-signature',
  ],
  ['that has expired', (sound) => sign({ ...sound, exp: 1_700_000_600 }), 'id-token-exp'],
  ['without exp', ({ exp: _, ...sound }) => sign(sound), 'id-token-exp'],
  ['issued in the future', (sound) => sign({ ...sound, iat: nowSeconds() + 3600 }), 'id-token-iat'],
  ['of another issuer', (sound) => sign({ ...sound, iss: 'https://evil.example' }), 'refreshed-id-token'],
  ['about another person', (sound) => sign({ ...sound, sub: 'mallory' }), 'refreshed-id-token'],
  ['for another client', (sound) => sign({ ...sound, aud: 'client-2' }), 'refreshed-id-token'],
  ['of another login', (sound) => sign({ ...sound, auth_time: 1_700_000_001 }), 'refreshed-id-token'],
  ['for a further audience', (sound) => sign({ ...sound, aud: ['client-1', 'api'] }), 'id-token-aud'],
  [
    'with an azp that the first had not',
    (sound) => sign({ ...sound, azp: 'client-1' }),
    'refreshed-id-token',
  ],
  ['with another nonce', (sound) => sign({ ...sound, nonce: 'n-2' }), 'id-token-nonce'],
  [
    'beside another access token',
    (sound) => sign({ ...sound, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    'id-token-at-hash',
  ],
  ['that is not a JWT', () => 'x', 'refreshed-id-token'],
  ['that is encrypted', () => `${b64({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AA.AA.AA.AA`, 'id-token'],
];

describe.each(['token', 'refresh'])('%s refuses a refreshed ID token', (command) => {
  it.each(attacks)(
    '%s, keeps the rotated refresh token, and works with the waiver',
    async (_, forge, check) => {
      idToken = forge;
      const before = saved();
      for (const round of [1, 2]) {
        const sent = server.last.refreshToken;
        expect(errorOf(await run(command, '--json'))).toMatchObject({
          code: 'validation_failed',
          exit_code: 6,
          step: 'id_token',
          check,
        });
        const asked = server.requests.filter(({ path }) => path === '/token');
        expect([asked.length, asked.at(-1)?.form.get('refresh_token')]).toEqual([round, sent]);
        const { tokens, expires_at, verified } = saved();
        expect(tokens).toEqual({ ...before.tokens, refresh_token: server.last.refreshToken });
        expect([expires_at, verified]).toEqual([before.expires_at, before.verified]);
        expect(server.isAlive()).toBe(true);
      }
      // No waiver admits a token without a signature.
      if (check === 'id-token-alg') return;
      const waivers = [
        'refreshed-id-token',
        check,
        'id-token',
        'id-token-signature',
        'id-token-iss',
        'id-token-aud',
        'id-token-azp',
      ];
      const waived = await run(command, '--json', ...waivers.flatMap((id) => ['--no-verify', id]));
      expect(waived.status).toBe(0);
      expect(saved()).toMatchObject({
        verified: ['account'],
        tokens: { access_token: server.last.accessToken, refresh_token: server.last.refreshToken },
      });
      expect(home.files()).toHaveLength(1);
    },
  );
});

describe('a refreshed ID token', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another client', { aud: 'client-2' }],
    ['another party', { azp: 'client-2' }],
  ])('of %s works with the one waiver that the error names', async (_, claims) => {
    idToken = (sound) => sign({ ...sound, ...claims });
    expect(errorOf(await run('token', '--json')).check).toBe('refreshed-id-token');
    const { status, stdout } = await run('token', '--no-verify', 'refreshed-id-token');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${server.last.accessToken}\n` });
    expect(saved().verified).toEqual(['account']);
  });

  it.each([42, true, [], { a: 1 }, ''])(
    'that is not text (%j) is refused like one that cannot be read',
    async (value) => {
      idToken = () => value as string;
      expect(errorOf(await run('token', '--json'))).toMatchObject({ exit_code: 6, step: 'id_token' });
      expect(saved().tokens?.refresh_token).toBe(server.last.refreshToken);
    },
  );

  it('that is sound replaces the former one and is verified', async () => {
    const { status, stdout, stderr } = await run('token');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${server.last.accessToken}\n`,
      stderr: '',
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/token', '/jwks']);
    expect(saved().verified).toEqual(['account', 'id_token']);
    expect(saved().tokens?.id_token).not.toContain('nonce');
  });

  it('may leave out the nonce, which one after it still has to agree with', async () => {
    expect((await run('token')).status).toBe(0);
    idToken = (sound) => sign({ ...sound, nonce: 'n-2' });
    expect(errorOf(await run('token', '--max-age', '0', '--json')).check).toBe('id-token-nonce');
    idToken = (sound) => sign({ ...sound, nonce: 'n-1' });
    expect((await run('token', '--max-age', '0')).status).toBe(0);
  });

  it('that comes for a part of the session is judged too', async () => {
    idToken = (sound) => sign({ ...sound, sub: 'mallory' });
    expect(errorOf(await run('token', '--scope', 'read', '--json')).check).toBe('refreshed-id-token');
    expect(saved().tokens).toMatchObject({ refresh_token: server.last.refreshToken });
    expect(saved().tokens).not.toHaveProperty('narrowed');
  });

  it('cannot be verified while the keys cannot be had, and the refresh token is kept', async () => {
    keysAnswer = () => ({ status: 503, body: {} });
    expect((await run('token')).status).toBe(6);
    keysAnswer = () => ({ status: 200, body: { keys: [key.jwk] } });
    expect((await run('token')).status).toBe(0);
    expect(server.isAlive()).toBe(true);
  });

  it.each<[string, SavedSession['id_token_rules'], readonly string[], string | undefined]>([
    ['audiences that the login trusted', { trusted_audiences: ['api'] }, [], undefined],
    ['audiences that the run trusts', {}, ['--trust-audience', 'api'], undefined],
    ['the algorithm of the login', { trusted_audiences: ['api'], alg: 'ES256' }, [], 'id-token-alg'],
    [
      'the algorithm of the run',
      { trusted_audiences: ['api'], alg: 'ES256' },
      ['--id-token-alg', 'RS256'],
      undefined,
    ],
  ])('is judged by %s', async (_, rules, args, check) => {
    const { version: _version, kind: _kind, sealed: _sealed, tokens, ...session } = saved();
    if (tokens === undefined) throw new Error('The tokens are sealed.');
    home.save({ ...session, tokens, ...(rules && { id_token_rules: rules }) });
    idToken = (sound) => sign({ ...sound, aud: ['client-1', 'api'] });
    const done = await run('token', '--json', ...args);
    if (check === undefined) expect(done.status).toBe(0);
    else expect(errorOf(done).check).toBe(check);
  });

  it('is verified with the keys of --jwks-uri where that is given', async () => {
    expect((await run('token', '--jwks-uri', `${server.origin}/other-jwks`)).status).toBe(6);
    expect((await run('token', '--jwks-uri', `${server.origin}/jwks`)).status).toBe(0);
    expect(server.requests.map(({ path }) => path)).toEqual(['/token', '/other-jwks', '/token', '/jwks']);
  });

  it('stays what it was where an answer brings none, of which refresh shows nothing', async () => {
    idToken = undefined;
    const { status, stdout } = await run('refresh');
    expect(status).toBe(0);
    expect(stdout).toContain('Access token received');
    expect(stdout).not.toMatch(/NOT VERIFIED|NOT verified/);
    expect(saved().verified).toEqual(['id_token', 'account']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/token']);
  });
});

it('an answer without an access token ends the run with 6 and keeps the rotated refresh token', async () => {
  withAccessToken = false;
  for (const _ of [1, 2]) {
    const before = saved();
    expect(errorOf(await run('token', '--json'))).toMatchObject({ code: 'invalid_response', exit_code: 6 });
    expect(saved()).toEqual({
      ...before,
      tokens: { ...before.tokens, refresh_token: server.last.refreshToken },
    });
  }
  withAccessToken = true;
  expect((await run('refresh')).status).toBe(0);
});

describe('the first ID token of a grant without a person', () => {
  const ask = (...args: readonly string[]) => {
    const fresh = ['--grant-type', 'client_credentials', '--jwks-uri', `${server.origin}/jwks`];
    return runHere(
      ['token', '--issuer', server.origin, '--client-id', 'machine', '--json', ...fresh, ...args],
      {
        env: { ...home.env, OAUTH_CODE_CLIENT_SECRET: 'a-secret-of-the-client' },
      },
    );
  };
  const machine = { type: 'client', clientId: 'machine' } as const;
  const sameLogin = /^of another login|that the first had|another nonce|another person/;

  it.each(attacks.filter(([name]) => !sameLogin.test(name)))(
    '%s is refused, and kept nowhere',
    async (_, forge) => {
      idToken = (sound) => forge({ ...sound, aud: 'machine' });
      const before = home.files();
      expect(errorOf(await ask())).toMatchObject({ exit_code: 6, step: 'id_token' });
      expect(home.files()).toEqual(before);
    },
  );

  it('is verified when it is sound', async () => {
    idToken = (sound) => sign({ ...sound, aud: 'machine' });
    expect(await ask('--expect', 'id_token.sub=alice')).toMatchObject({ status: 0 });
    const session = home.read({ ...machine, issuer: server.origin });
    expect(session.verified).toEqual(['id_token', 'account']);
  });
});
