import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const key = testKey('RS256', 'key-1');
const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
let server: ApiServer;
let home: TestHome;
let answer: (request: ApiRequest) => Reply | undefined;
let withoutEndpoints: boolean;
let wrongEndpoints: JsonObject;

beforeEach(async () => {
  withoutEndpoints = false;
  wrongEndpoints = {};
  answer = () => undefined;
  server = await startApiServer((request) => {
    if (request.path === '/jwks') return json(200, { keys: [key.jwk] });
    return request.path.startsWith('/.well-known/') ? json(200, metadata()) : answer(request);
  });
  home = createTestHome();
  save();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

function metadata(): JsonObject {
  const issuer = server.origin;
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    ...wrongEndpoints,
    ...(withoutEndpoints
      ? {}
      : {
          userinfo_endpoint: `${issuer}/userinfo`,
          introspection_endpoint: `${issuer}/introspect`,
          revocation_endpoint: `${issuer}/revoke`,
        }),
  };
}

function save(further: Parameters<typeof sessionWith>[1] = {}): void {
  const { origin } = server;
  home.save(
    sessionWith(
      { origin, tokenEndpoint: `${origin}/token`, last },
      { account: { sub: 'user-1', name: 'alice' }, verified: ['account'], ...further },
    ),
  );
}

const sessionOf = () => ['--issuer', server.origin, '--client-id', 'client-1'];
const run = (...argv: readonly string[]) => runHere([...argv, ...sessionOf()], { env: home.env });
const jwt = (claims: JsonObject, typ = 'token-introspection+jwt') =>
  signedToken({ alg: 'RS256', kid: 'key-1', typ }, claims, key);
const asked = (path: string) => server.requests.filter((request) => request.path === path);

describe('userinfo', () => {
  it('asks with the token of the session and checks whom the answer is about', async () => {
    answer = () => json(200, { sub: 'user-1', email: 'alice@example.com' });
    const { status, stdout } = await run('userinfo', '--json');
    expect(status).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      issuer: server.origin,
      client_id: 'client-1',
      userinfo: { sub: 'user-1', email: 'alice@example.com' },
    });
    expect(document.checks).toContainEqual(expect.objectContaining({ id: 'userinfo-sub', outcome: 'pass' }));
    expect(asked('/userinfo')[0]?.headers.authorization).toBe(`Bearer ${last.accessToken}`);
    expect(asked('/jwks')).toEqual([]);
  });

  it('verifies an answer that is signed', async () => {
    answer = () =>
      text(200, 'application/jwt', jwt({ iss: server.origin, aud: 'client-1', sub: 'user-1' }, 'JWT'));
    const { stdout } = await run('userinfo', '--json');
    expect(JSON.parse(stdout).checks).toContainEqual(
      expect.objectContaining({ id: 'userinfo-signature', outcome: 'pass' }),
    );
  });

  it('shows the claims and the checks as text', async () => {
    answer = () => json(200, { sub: 'user-1', name: 'Alice' });
    const { stdout } = await run('userinfo', '-q');
    expect(stdout).toContain(`✓ Alice at ${server.origin}`);
    expect(stdout).toMatch(/^Checks {2}\d+ checks: .*\d+ passed, \d+ not applicable$/m);
    expect(stdout).not.toContain('UserInfo subject');
    expect((await run('userinfo', '-q', '--checks')).stdout).toContain('UserInfo subject');
  });

  it('refuses claims of somebody else: exit 6', async () => {
    answer = () => json(200, { sub: 'user-2' });
    const refused = await run('userinfo', '--json');
    expect(errorOf(refused)).toMatchObject({
      code: 'validation_failed',
      exit_code: 6,
      check: 'userinfo-sub',
    });
  });

  it('tells what the server says of the token: exit 3', async () => {
    answer = () =>
      json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token", error_description="gone"' });
    expect(errorOf(await run('userinfo', '--json'))).toMatchObject({
      code: 'endpoint_error',
      step: 'userinfo',
      oauth: { error: 'invalid_token', error_description: 'gone', status: 401 },
    });
  });

  it('needs a person: a session of the client itself has no user: exit 4', async () => {
    save({ grant_type: 'client_credentials' });
    const refused = await run('userinfo', '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'login_required', exit_code: 4 });
    expect(server.requests).toEqual([]);
  });

  it('takes a token of its own, and names no server that it does not know: exit 2', async () => {
    answer = () => json(200, { sub: 'x' });
    const argv = ['userinfo', '--access-token-file', '-', '--json'];
    const given = await runHere([...argv, '--userinfo-endpoint', `${server.origin}/userinfo`], {
      stdin: 'my-token\n',
    });
    expect(given.status).toBe(0);
    expect(asked('/userinfo')[0]?.headers.authorization).toBe('Bearer my-token');
    expect(errorOf(await runHere(argv, { stdin: 'my-token' }))).toMatchObject({
      code: 'usage',
      message: 'No authorization server was given.',
    });
  });

  it('exits with 7 when an expectation is not met', async () => {
    answer = () => json(200, { sub: 'user-1', email_verified: false });
    const refused = await run('userinfo', '--expect', 'email_verified=true', '--json');
    expect(errorOf(refused)).toMatchObject({
      code: 'expectation_failed',
      exit_code: 7,
      step: 'expectation',
      message: 'Expected email_verified=true, but userinfo.email_verified is false.',
    });
  });
});

describe('introspect', () => {
  const active = () => json(200, { active: true, scope: 'read', client_id: 'client-1', exp: 4_000_000_000 });

  it('asks about the access token of the session, as it is', async () => {
    save({ validForSeconds: -100 });
    answer = active;
    const { status, stdout } = await run('introspect', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, active: true, introspection: { scope: 'read' } });
    const form = new URLSearchParams(asked('/introspect')[0]?.body.toString());
    expect(Object.fromEntries(form)).toEqual({
      token: last.accessToken,
      token_type_hint: 'access_token',
      client_id: 'client-1',
    });
  });

  it('asks about any token as the client that the options name', async () => {
    answer = active;
    const argv = [
      'introspect',
      '-',
      '--issuer',
      server.origin,
      '--client-id',
      'api',
      '--client-secret-env',
      'S',
      '--json',
    ];
    const { status } = await runHere(argv, { env: { S: 'secret' }, stdin: 'a-token\n' });
    expect(status).toBe(0);
    const [request] = asked('/introspect');
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('api:secret').toString('base64')}`);
    expect(request?.body.toString()).toBe('token=a-token');
  });

  it('takes a token that is not active for an answer, which an expectation can refuse', async () => {
    answer = () => json(200, { active: false });
    const shown = await run('introspect');
    expect(shown.status).toBe(0);
    expect(shown.stdout).toMatch(/^! The token is NOT active/m);
    const refused = await run('introspect', '--expect', 'active=true', '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'expectation_failed', exit_code: 7 });
  });

  it.each<[string, () => JsonObject, RegExp]>([
    ['has expired', () => ({ exp: 1000 }), /it expired at 1970/],
    [
      'is of another issuer',
      () => ({ iss: 'https://other.example' }),
      /another issuer, https:\/\/other\.example/,
    ],
    ['does not name this client', () => ({ aud: 'account' }), /its aud does not name this client/],
    ['says nothing against it', () => ({ aud: 'client-1' }), /^The token is not active\.$/],
  ])('says what a token that is not active shows itself: it %s', async (_, claims, detail) => {
    const accessToken = jwt({ iss: server.origin, exp: 4_000_000_000, ...claims() }, 'at+jwt');
    save({ tokens: { access_token: accessToken } });
    answer = () => json(200, { active: false });
    const { stdout } = await run('introspect', '--json');
    const { checks } = JSON.parse(stdout);
    expect(checks.find(({ id }: { id: string }) => id === 'introspection-response').detail).toMatch(detail);
  });

  it('verifies an answer that is signed (RFC 9701)', async () => {
    answer = () =>
      text(
        200,
        'application/token-introspection+jwt',
        jwt({ iss: server.origin, aud: 'client-1', iat: 1, token_introspection: { active: true } }),
      );
    const { status, stdout } = await run('introspect', '--json');
    expect(status).toBe(0);
    const outcomes = JSON.parse(stdout).checks.map(({ id, outcome }: { id: string; outcome: string }) => [
      id,
      outcome,
    ]);
    expect(outcomes).toContainEqual(['introspection-signature', 'pass']);
    expect(outcomes).toContainEqual(['introspection-aud', 'pass']);
  });

  it.each([
    [
      'introspection-aud',
      () => jwt({ iss: server.origin, aud: 'other', token_introspection: { active: true } }),
    ],
    [
      'introspection-iss',
      () => jwt({ iss: 'https://other', aud: 'client-1', token_introspection: { active: true } }),
    ],
    [
      'introspection-signature',
      () =>
        `${jwt({ iss: server.origin, aud: 'client-1', token_introspection: { active: true } }).slice(0, -8)}AAAAAAAA`,
    ],
  ])('trusts no signed answer that fails %s: exit 6', async (check, make) => {
    answer = () => text(200, 'application/token-introspection+jwt', make());
    expect(errorOf(await run('introspect', '--json'))).toMatchObject({ code: 'validation_failed', check });
  });

  it.each([
    ['an OAuth error', json(401, { error: 'invalid_client' }), { code: 'endpoint_error', exit_code: 3 }],
    ['nothing about the token', json(200, {}), { code: 'invalid_response', exit_code: 6 }],
    ['a page', text(200, 'text/html', '<h1>x</h1>'), { code: 'invalid_response', exit_code: 6 }],
    [
      'a redirect',
      text(302, 'text/html', '', { location: '/x?token=1' }),
      { code: 'invalid_response', exit_code: 6 },
    ],
    ['a failure', text(503, 'text/plain', ''), { code: 'invalid_response', exit_code: 6 }],
  ])('refuses %s', async (_, reply, error) => {
    answer = () => reply;
    expect(errorOf(await run('introspect', '--json'))).toMatchObject({ ...error, step: 'introspection' });
  });

  it('says when the server has no such endpoint: exit 2', async () => {
    withoutEndpoints = true;
    expect(errorOf(await run('introspect', '--json'))).toMatchObject({
      exit_code: 2,
      message: `The metadata of ${server.origin} has no introspection_endpoint.`,
    });
  });
});

describe('revoke', () => {
  it('revokes the refresh token of the session and removes the session', async () => {
    answer = () => text(200, 'text/plain', '');
    const { status, stdout } = await run('revoke', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      revoked: true,
      token_type_hint: 'refresh_token',
      session: 'removed',
    });
    expect(asked('/revoke')[0]?.body.toString()).toContain(
      `token=${last.refreshToken}&token_type_hint=refresh_token`,
    );
    expect(home.files()).toEqual([]);
    expect((await run('token')).status).toBe(4);
  });

  it('revokes the access token alone when that is meant; the session then refreshes', async () => {
    answer = ({ path }) =>
      path === '/token'
        ? json(200, { access_token: 'at-new', token_type: 'Bearer', expires_in: 60 })
        : text(200, 'text/plain', '');
    const { stdout } = await run('revoke', '--token-type-hint', 'access_token', '--json');
    expect(JSON.parse(stdout).session).toBe('kept');
    expect((await run('token')).stdout).toBe('at-new\n');
    expect(asked('/revoke')[0]?.body.toString()).toContain(`token=${last.accessToken}&`);
  });

  it('does not promise that the refresh token outlives the access token', async () => {
    answer = () => text(200, 'text/plain', '');
    const { stdout } = await run('revoke', '--token-type-hint', 'access_token');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'The saved session is kept. Whether its refresh token still works is up to the server (RFC 7009 §2.1).',
    );
  });

  it('revokes a token that is given and leaves the session alone', async () => {
    answer = () => text(200, 'text/plain', '');
    const { stdout } = await run('revoke', 'some-token');
    expect(stdout).toContain('the same for a token it never knew');
    expect(asked('/revoke')[0]?.body.toString()).toBe('token=some-token&client_id=client-1');
    expect(() => home.read(clientAt(server.origin))).not.toThrow();
  });

  it.each([
    { kind: 'access', token: last.accessToken, session: 'kept', status: 0, words: [] },
    { kind: 'narrowed', token: 'at-narrowed', session: 'kept', status: 0, words: ['--scope', 'read'] },
    { kind: 'refresh', token: last.refreshToken, session: 'removed', status: 4, words: [] },
  ])('strikes a token that is given from the session whose $kind token it is', async (row) => {
    const narrowed = {
      requested: { scope: ['read'], resource: [] },
      access_token: 'at-narrowed',
      token_type: 'Bearer',
      scope: ['read'],
      token_response: {},
      obtained_at: new Date().toISOString(),
      expires_at: null,
    };
    save({ tokens: { narrowed: [narrowed] } });
    answer = ({ path }) =>
      path === '/token'
        ? json(200, { access_token: 'at-new', token_type: 'Bearer', expires_in: 60 })
        : text(200, 'text/plain', '');
    expect(JSON.parse((await run('revoke', row.token, '--json')).stdout).session).toBe(row.session);
    const { status, stdout } = await run('token', ...row.words);
    expect([status, stdout]).toEqual([row.status, row.status === 0 ? 'at-new\n' : '']);
  });

  it('keeps the session when the server refuses: exit 3', async () => {
    answer = () => json(400, { error: 'unsupported_token_type' });
    expect(errorOf(await run('revoke', '--json'))).toMatchObject({
      code: 'endpoint_error',
      step: 'revocation',
      oauth: { error: 'unsupported_token_type', status: 400 },
    });
    expect(() => home.read(clientAt(server.origin))).not.toThrow();
  });

  it('says that the session has no such token: exit 2', async () => {
    const refused = await run('revoke', '--token-type-hint', 'id_token', '--json');
    expect(errorOf(refused)).toMatchObject({ exit_code: 2, message: 'The saved session has no id token.' });
  });
});

it.each(['userinfo', 'introspection'])(
  'a %s endpoint that holds a password is refused: exit 6',
  async (kind) => {
    const command = kind === 'userinfo' ? kind : 'introspect';
    withoutEndpoints = true;
    wrongEndpoints = { [`${kind}_endpoint`]: 'https://a:b@example.com/' };
    expect(errorOf(await run(command, '--json'))).toMatchObject({
      exit_code: 6,
      message: `The ${kind}_endpoint of the metadata holds a user name or password.`,
    });
  },
);

it.each([['revoke'], ['logout', '--revoke'], ['request', '/api']])(
  'a command without encrypted answers opens no decryption key: %s',
  async (command, ...further) => {
    answer = () => json(200, {});
    const argv = further.map((text) => (text.startsWith('/') ? `${server.origin}${text}` : text));
    const env = { ...home.env, OAUTH_CODE_DECRYPTION_KEY: '/nonexistent/key.pem' };
    const { status, stderr } = await runHere([command ?? '', ...argv, ...sessionOf()], { env });
    expect(status, stderr).toBe(0);
  },
);
