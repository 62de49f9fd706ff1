import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDpopProver } from '../../src/client/dpop.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const dpop = createDpopProver(
  undefined,
  () => new Date(),
  () => {},
);
const jkt = dpop.thumbprint();
const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
let server: ApiServer;
let home: TestHome;
let answer: (request: ApiRequest) => Reply | undefined;

beforeEach(async () => {
  answer = () => undefined;
  server = await startApiServer((request) => answer(request));
  home = createTestHome();
  const { origin } = server;
  const session = sessionWith({ origin, tokenEndpoint: `${origin}/token`, last });
  home.save({
    ...session,
    dpop_jkt: jkt,
    server: { ...session.server, introspection_endpoint: `${origin}/introspect` },
    tokens: { ...session.tokens, token_type: 'DPoP', dpop_key: dpop.key() },
  });
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const run = (command: string, ...args: readonly string[]) =>
  runHere([command, '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });
const saved = () => home.read(clientAt(server.origin));
const proofs = () => server.requests.map(({ headers }) => decodeJwt(headers.dpop ?? ''));

describe('a refresh of tokens that are bound to a key', () => {
  const tokens = (type: string) =>
    json(200, { access_token: 'at-new', token_type: type, refresh_token: 'rt-new', expires_in: 60 });

  it('proves the key, and keeps the tokens', async () => {
    answer = () => tokens('DPoP');
    expect(await run('token', '--fresh')).toMatchObject({ status: 0, stdout: 'at-new\n' });
    expect(proofs()).toMatchObject([{ htm: 'POST', htu: `${server.origin}/token` }]);
    expect(saved()).toMatchObject({
      dpop_jkt: jkt,
      tokens: { access_token: 'at-new', dpop_key: dpop.key() },
    });
  });

  it('keeps no Bearer token in their place, but the refresh token that came with it', async () => {
    answer = () => tokens('Bearer');
    const refused = await run('token', '--fresh', '--json');
    expect(errorOf(refused)).toMatchObject({ exit_code: 6, check: 'dpop-binding' });
    expect(saved().tokens).toMatchObject({
      access_token: last.accessToken,
      token_type: 'DPoP',
      refresh_token: 'rt-new',
    });
  });
});

describe('a call with a token that is bound to a key', () => {
  const challenge = (headers: Readonly<Record<string, string>>) =>
    text(401, 'text/plain', '', { 'www-authenticate': 'DPoP error="use_dpop_nonce"', ...headers });

  it('is sent again with the nonce of the API, whatever its method', async () => {
    answer = ({ headers }) =>
      decodeJwt(headers.dpop ?? '').nonce === 'n-1' ? json(200, {}) : challenge({ 'dpop-nonce': 'n-1' });
    const { status } = await run('request', 'POST', `${server.origin}/items`, '-d', 'a=1');
    expect(status).toBe(0);
    expect(proofs().map(({ nonce, htm }) => [htm, nonce])).toEqual([
      ['POST', undefined],
      ['POST', 'n-1'],
    ]);
    expect(server.requests.map(({ body }) => String(body))).toEqual(['a=1', 'a=1']);
    expect(server.requests[0]?.headers.authorization).toBe(`DPoP ${last.accessToken}`);
  });

  it.each([
    [
      'refuses the nonce that it gave',
      { 'dpop-nonce': 'n-1' },
      2,
      'The API refused the nonce that it had given just before.',
    ],
    ['gives no nonce', {}, 1, 'The DPoP-Nonce header of its answer is missing.'],
  ])('ends with 3 when the API %s, and says why', async (_name, headers, count, says) => {
    answer = () => challenge(headers);
    const { status, stderr, stdout } = await run('request', `${server.origin}/items`);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toContain(says);
    expect(server.requests).toHaveLength(count);
  });
});

describe('introspection of a token that is bound to a key', () => {
  it.each([
    [{ cnf: { jkt } }, 0, undefined],
    [{}, 0, undefined],
    [{ cnf: { jkt: 'other' } }, 6, 'dpop-binding'],
  ])('compares the key: %j', async (members, status, check) => {
    answer = () => json(200, { active: true, client_id: 'client-1', ...members });
    const done = await run('introspect', '--json');
    expect([done.status, status === 0 ? undefined : errorOf(done).check]).toEqual([status, check]);
    expect(server.requests[0]?.headers.dpop).toBeUndefined();
  });
});
