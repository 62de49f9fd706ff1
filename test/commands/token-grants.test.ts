import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const given = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2ln';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
let server: ApiServer;
let home: TestHome;
let refusal: object | undefined;

beforeEach(async () => {
  refusal = undefined;
  server = await startApiServer(() =>
    refusal === undefined
      ? json(200, { access_token: `at-${server.requests.length}`, token_type: 'Bearer', expires_in: 300 })
      : json(400, refusal),
  );
  home = createTestHome();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const token = (grant: string, ...args: readonly string[]) =>
  runHere(
    [
      ...['token', '--token-endpoint', `${server.origin}/token`, '--client-id', 'job'],
      ...['--grant-type', grant, ...args],
    ],
    {
      env: { ...home.env, JWT: given, PW: ' a password of alice ', CLIENT_SECRET: 's3cret' },
      files: { '/run/token.jwt': `${given}\n`, '/run/key.pem': pem, '/run/pw': ' a password of alice \n' },
    },
  );
const forms = () =>
  server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())));

function claimsOf(assertion = ''): Record<string, unknown> {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: createPublicKey(privateKey), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  expect(isSigned).toBe(true);
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

describe('the JWT bearer grant', () => {
  it.each([
    ['--assertion-env', 'JWT'],
    ['--assertion-file', '/run/token.jwt'],
    ['--assertion-grant-from', 'env:JWT'],
    ['--assertion-grant-from', 'kubernetes:/run/token.jwt'],
  ])('sends the assertion that is given: %s %s (RFC 7523 §2.1)', async (...args) => {
    const run = await token(jwtBearer, ...args, '--scope', 'read');
    expect(run).toMatchObject({ status: 0, stdout: 'at-1\n', stderr: '' });
    expect(forms()).toEqual([{ grant_type: jwtBearer, assertion: given, scope: 'read', client_id: 'job' }]);
  });

  it('makes one with the key of the client, anew for each request (RFC 7523 §3)', async () => {
    const made = ['--signing-key', '/run/key.pem', '--auth-method', 'none'];
    expect((await token(jwtBearer, ...made)).stdout).toBe('at-1\n');
    expect((await token(jwtBearer, ...made)).stdout).toBe('at-1\n');
    expect((await token(jwtBearer, ...made, '--fresh')).stdout).toBe('at-2\n');
    const [first, second] = forms().map(({ assertion }) => claimsOf(assertion));
    const iat = expect.any(Number);
    const aud = `${server.origin}/token`;
    expect(first).toEqual({ iss: 'job', sub: 'job', aud, iat, exp: expect.any(Number), jti: first?.jti });
    expect(second?.jti).not.toBe(first?.jti);
  });

  it('says in it what is asked for', async () => {
    const made = ['--signing-key', '/run/key.pem', '--assertion-audience', 'https://login.example.com'];
    const claims = ['scope=read write', 'groups=["a","b"]', 'exp=4102444800', 'iss=me@example.com'];
    const options = claims.flatMap((claim) => ['--assertion-claim', claim]);
    await token(jwtBearer, ...made, '--assertion-subject', 'alice', ...options);
    const [form] = forms();
    expect(claimsOf(form?.assertion)).toMatchObject({
      iss: 'me@example.com',
      sub: 'alice',
      aud: 'https://login.example.com',
      scope: 'read write',
      groups: ['a', 'b'],
      exp: 4102444800,
    });
    expect(claimsOf(form?.client_assertion)).toMatchObject({ iss: 'job', sub: 'job' });
    expect((await token(jwtBearer, ...made, '--assertion-subject', 'bob')).stdout).toBe('at-2\n');
  });

  it.each([
    [
      [],
      `--grant-type ${jwtBearer} needs an assertion.`,
      'Add --assertion-file FILE or --assertion-env NAME; or --signing-key FILE, to make one.',
    ],
    [
      ['--signing-key', '/run/key.pem', '--assertion-claim', 'groups=[a'],
      '--assertion-claim is "groups=[a".',
      'Write --assertion-claim name=value; a list or an object as JSON.',
    ],
    [
      ['--assertion-grant-from', 'session:work'],
      '--assertion-grant-from does not name where the assertion comes from.',
      'Use github[:AUDIENCE], gitlab[:VARIABLE], kubernetes[:FILE], env:NAME, file:PATH or command:COMMAND.',
    ],
  ])('is refused before anything is sent: %s', async (args, message, hint) => {
    expect(errorOf(await token(jwtBearer, ...args, '--json'))).toMatchObject({ exit_code: 2, message, hint });
    expect(server.requests).toEqual([]);
  });

  it('explains a refusal, and shows no assertion', async () => {
    refusal = { error: 'invalid_grant', error_description: `Not ${given}.` };
    const { status, stderr } = await token(jwtBearer, '--assertion-env', 'JWT', '-v');
    expect(status).toBe(3);
    expect(stderr).toContain('The assertion is refused');
    expect(stderr).not.toContain(given);
  });
});

describe('the password grant', () => {
  it.each([
    ['--password-env', 'PW'],
    ['--password-file', '/run/pw'],
  ])('sends what a user would type, with a warning: %s (RFC 6749 §4.3.2)', async (...from) => {
    const user = ['--username', 'alice', ...from];
    const run = await token('password', ...user);
    expect(run).toMatchObject({ status: 0, stdout: 'at-1\n' });
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('must not be used (RFC 9700 §2.4)');
    expect(forms()).toEqual([
      { grant_type: 'password', username: 'alice', password: ' a password of alice ', client_id: 'job' },
    ]);
    expect((await token('password', ...user, '-q')).stderr).toBe('');
    expect((await token('password', '--username', 'bob', ...from)).stdout).toBe('at-2\n');
  });

  it.each([
    [['--password-env', 'PW'], '--grant-type password needs a user name.', 'Add --username NAME.'],
    [
      ['--username', 'alice'],
      '--grant-type password needs a password.',
      'Add --password-file FILE or --password-env NAME.',
    ],
  ])('is refused without one of the two: %s', async (args, message, hint) => {
    expect(errorOf(await token('password', ...args, '--json'))).toMatchObject({
      exit_code: 2,
      message,
      hint,
    });
    expect(server.requests).toEqual([]);
  });

  it('keeps the password out of everything that is shown', async () => {
    refusal = { error: 'invalid_grant', error_description: 'Not: a password of alice .' };
    const { stderr } = await token('password', '--username', 'alice', '--password-env', 'PW', '-v');
    expect(stderr).toContain('User name or password is wrong');
    expect(stderr).not.toContain('a password of');
  });
});

it.each([['token'], ['request', 'https://api.example'], ['profile', 'save', 'x']])(
  'says where a password is taken from: %s',
  async (...command) => {
    const run = await runHere([...command, '--grant-type', 'password', '--password', 'x', '--json']);
    expect(errorOf(run)).toMatchObject({ hint: 'Write --password-file FILE or --password-env NAME.' });
  },
);
