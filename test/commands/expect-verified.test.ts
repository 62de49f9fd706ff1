import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import { type Script, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, type RunHere, runHere } from '../fakes/run-here.ts';
import {
  clientAt,
  createTestHome,
  sessionWith,
  type TestHome,
  type TestSessionOptions,
} from '../fakes/saved-sessions.ts';

const own = testKey('RS256', 'key-1');
const forger = testKey('RS256', 'attacker');
const jwt = (claims: JsonObject, key = own) => signedToken({ alg: 'RS256', kid: 'key-1' }, claims, key);

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

/** Makes sure that a claim was looked for in vain, because its only source proves nothing. */
function expectDoubt(run: RunHere, source: string): void {
  const message = expect.stringContaining(`is only in ${source}, which is not verified. `);
  expect(errorOf(run)).toMatchObject({ code: 'expectation_failed', exit_code: 7, message });
}

describe('login --expect', () => {
  const login = async (script: Script, ...args: readonly string[]) => {
    const server = await startScriptedServer(script);
    const words = ['--issuer', server.issuer, '--client-id', 'client-1', '--port', '0', '--json', ...args];
    const visit = async (url: string) => void (await (await fetch(url)).text());
    return runHere(['login', ...words], { env: home.env, visit }).finally(() => server.close());
  };
  const forgedIdToken: Script = { idToken: ({ header, claims }) => signedToken(header, claims, forger) };
  const withoutIdToken: Script = { token: ({ id_token: _, ...members }) => json(200, members) };
  const withAccessToken = (key: typeof own) => (members: JsonObject) =>
    json(200, { ...members, access_token: jwt({ aud: 'api' }, key) });
  const waived = ['--no-verify', 'id-token-signature', '--no-verify', 'id-token'];

  it.each<[string, Script, string, readonly string[]]>([
    ['a forged ID token', forgedIdToken, 'id_token', ['sub=user-1']],
    ['UserInfo bound to a forged ID token', forgedIdToken, 'userinfo', ['userinfo.name']],
    ['UserInfo beside no ID token', withoutIdToken, 'userinfo', ['name']],
    ['a response with a forged ID token', forgedIdToken, 'token_response', ['scope~=openid']],
    ['an absent claim, by a place that has it', forgedIdToken, 'userinfo', ['!name']],
    ['a forged access token', { token: withAccessToken(forger) }, 'access_token', ['access_token.aud=api']],
  ])('does not believe %s', async (_, script, source, expectations) => {
    const options = source === 'access_token' ? ['--no-userinfo'] : waived;
    const expected = expectations.flatMap((expectation) => ['--expect', expectation]);
    expectDoubt(await login(script, ...options, ...expected), source);
    expect(home.files()).toEqual([]);
  });

  it('does not take a claim for absent because a forged access token has it not', async () => {
    const absent = ['--no-userinfo', '--expect', '!groups'];
    const message = expect.stringContaining('nothing in access_token is verified');
    expect(errorOf(await login({ token: withAccessToken(forger) }, ...absent)).message).toEqual(message);
    expect(await login({ token: withAccessToken(own) }, ...absent)).toMatchObject({ status: 0 });
    expect(
      await login({ token: withAccessToken(forger) }, '--no-userinfo', '--expect', '!id_token.groups'),
    ).toMatchObject({ status: 0 });
  });

  it('believes an access token whose signature verifies', async () => {
    const run = await login(
      { token: withAccessToken(own) },
      '--no-userinfo',
      '--expect',
      'access_token.aud=api',
    );
    expect(run).toMatchObject({ status: 0 });
  });
});

describe('--expect about a session', () => {
  let server: ApiServer;
  let keys: readonly JsonObject[];
  beforeEach(async () => {
    keys = [own.jwk];
    server = await startApiServer(({ path }) => {
      if (path === '/jwks') return json(200, { keys: [...keys] });
      if (path === '/userinfo') return json(200, { sub: 'user-1', email: 'a@b.example' });
      return text(200, 'application/token-introspection+jwt', introspection);
    });
  });
  afterEach(() => server.close());

  const introspection = jwt({ token_introspection: { active: true } }, forger);
  const openid = { requested: { scope: ['openid'], resource: [], audience: null }, scope: ['openid'] };
  const save = (accessToken: string, further: TestSessionOptions = {}) => {
    const { origin } = server;
    const last = { accessToken, refreshToken: 'rt-0123456789abcdef' };
    const session = sessionWith({ origin, tokenEndpoint: `${origin}/token`, last }, further);
    const places = {
      userinfo_endpoint: `${origin}/userinfo`,
      introspection_endpoint: `${origin}/introspect`,
    };
    home.save({ ...session, server: { ...session.server, jwks_uri: `${origin}/jwks`, ...places } });
  };
  const run = (command: string, expectation: string, ...args: readonly string[]) => {
    const words = [
      '--issuer',
      server.origin,
      '--client-id',
      'client-1',
      '--json',
      '--expect',
      expectation,
      ...args,
    ];
    return runHere([command, ...words], {
      env: home.env,
      runProgram: async () => ({ type: 'ended', status: 0 }),
    });
  };
  const fetched = () => server.requests.filter(({ path }) => path === '/jwks').length;

  it.each([
    ['userinfo', 'sub~=.'],
    ['token', 'scope~=profile'],
  ])(
    '%s counts nothing unverified where openid was asked for and not granted',
    async (command, expectation) => {
      save('opaque-0123456789', { ...openid, scope: ['profile'] });
      expect(await run(command, expectation)).toMatchObject({ status: 7 });
    },
  );

  it.each([
    ['token', []],
    ['exec', ['--', 'tool']],
  ])(
    '%s fetches the keys once for an access token, keeps the one that fits, and looks again after a rollover',
    async (command, args) => {
      save(jwt({ aud: 'api' }));
      for (let count = 0; count < 2; count += 1) {
        expect(await run(command, 'aud=api', ...args)).toMatchObject({ status: 0 });
      }
      expect(fetched()).toBe(1);
      expect(home.read(clientAt(server.origin)).access_token_key).toEqual(own.jwk);
      const next = testKey('RS256', 'key-1', 3072);
      keys = [next.jwk];
      save(jwt({ aud: 'api' }, next), { access_token_key: own.jwk });
      expect(await run(command, 'aud=api', ...args)).toMatchObject({ status: 0 });
      expect(fetched()).toBe(2);
    },
  );

  it.each([
    ['token', []],
    ['exec', ['--', 'tool']],
  ])('%s does not believe a forged access token', async (command, args) => {
    save(jwt({ aud: 'api' }, forger));
    expectDoubt(await run(command, 'aud=api', ...args), 'access_token');
    expect(home.read(clientAt(server.origin))).not.toHaveProperty('access_token_key');
  });

  it('fetches no keys where no claim of the access token is looked at', async () => {
    save(jwt({ aud: 'api' }));
    expect(await run('token', 'token_type=Bearer')).toMatchObject({ status: 0 });
    expect(fetched()).toBe(0);
  });

  it.each([
    ['access_token.scope~=read', 'access_token has no scope.'],
    ['scope~=read', 'access_token has no scope.'],
    ['access_token.exp>1m', 'access_token has no exp.'],
  ])('takes for %s of a JWT nothing that only the response or the request says', async (expectation, why) => {
    save(jwt({ aud: 'api' }));
    const message = `Expected ${expectation}, but ${why}`;
    expect(errorOf(await run('token', expectation))).toMatchObject({ exit_code: 7, message });
  });

  it.each([
    ['token', 'id_token.sub=user-1', 'id_token'],
    ['exec', 'sub=user-1', 'id_token'],
    ['token', 'scope~=openid', 'token_response'],
    ['userinfo', 'email=a@b.example', 'userinfo'],
  ])(
    '%s believes %s only where the session says that the login was verified',
    async (command, expectation, source) => {
      const tokens = { id_token: jwt({ sub: 'user-1' }) };
      const account = { sub: 'user-1', name: null };
      const args = command === 'exec' ? ['--', 'tool'] : [];
      save('at-0123456789abcdef', { ...openid, account, tokens });
      expectDoubt(await run(command, expectation, ...args), source);
      save('at-0123456789abcdef', { ...openid, account, tokens, verified: ['id_token', 'account'] });
      expect(await run(command, expectation, ...args)).toMatchObject({ status: 0 });
    },
  );

  it('userinfo believes the endpoint itself where openid was not asked for', async () => {
    save('at-0123456789abcdef');
    expect(await run('userinfo', 'email=a@b.example')).toMatchObject({ status: 0 });
  });

  it('introspect does not believe an answer with a waived check', async () => {
    save('at-0123456789abcdef');
    const waivers = ['signature', 'iss', 'aud'].flatMap((id) => ['--no-verify', `introspection-${id}`]);
    expectDoubt(await run('introspect', 'active=true', ...waivers), 'introspection');
  });
});

describe('decode --expect', () => {
  const files = { 'keys.json': JSON.stringify({ keys: [own.jwk] }) };
  const decode = (token: string, ...args: readonly string[]) =>
    runHere(['decode', token, '--expect', 'sub=user-1', ...args], { files });

  it.each([
    ['a token that nothing verifies', own, [], 7],
    ['a forged token', forger, ['--jwks', 'keys.json'], 6],
  ])('does not believe %s', async (_, key, args, status) => {
    expect((await decode(jwt({ sub: 'user-1' }, key), ...args)).status).toBe(status);
  });

  it('believes a token that its key verifies', async () => {
    expect((await decode(jwt({ sub: 'user-1' }), '--jwks', 'keys.json')).status).toBe(0);
  });
});
