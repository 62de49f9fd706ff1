import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const key = testKey('RS256', 'key-1');
const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

let server: ApiServer;
let home: TestHome;
/** What a refresh brings beside the access token. */
let refreshed: { readonly id_token?: string };

beforeEach(async () => {
  refreshed = {};
  server = await startApiServer((request) =>
    request.path === '/jwks'
      ? json(200, { keys: [key.jwk] })
      : json(200, {
          access_token: 'at-new-0123456789',
          token_type: 'Bearer',
          expires_in: 3600,
          ...refreshed,
        }),
  );
  home = createTestHome();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const idToken = (exp: number) =>
  signedToken(
    { alg: 'RS256', kid: 'key-1' },
    { iss: server.origin, sub: 'user-1', aud: 'client-1', iat: inSeconds(-600), exp },
    key,
  );

function save(id_token: string | undefined): void {
  const session = sessionWith(
    { origin: server.origin, tokenEndpoint: `${server.origin}/token`, last },
    { account: { sub: 'user-1', name: 'alice' }, tokens: id_token === undefined ? {} : { id_token } },
  );
  home.save({ ...session, server: { ...session.server, jwks_uri: `${server.origin}/jwks` } });
}

const token = (...args: readonly string[]) =>
  runHere(['token', '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });

describe('kubectl', () => {
  const credential = async (...args: readonly string[]) => {
    const { stdout } = await token('-o', 'exec-credential', ...args);
    return JSON.parse(stdout).status;
  };

  it('gets the ID token of the session, with its own expiry', async () => {
    const exp = inSeconds(1800);
    save(idToken(exp));
    const status = await credential();
    expect(status.token.split('.')).toHaveLength(3);
    expect(Date.parse(status.expirationTimestamp)).toBe(exp * 1000);
    expect(server.requests).toEqual([]);
  });

  it('gets the access token where there is no ID token, or where it is chosen', async () => {
    save(undefined);
    expect((await credential()).token).toBe(last.accessToken);
    save(idToken(inSeconds(1800)));
    expect((await credential('--token', 'access_token')).token).toBe(last.accessToken);
  });

  it('has the session refreshed when the ID token is about to end', async () => {
    save(idToken(inSeconds(5)));
    refreshed = { id_token: idToken(inSeconds(1800)) };
    expect((await credential()).token).toBe(refreshed.id_token);
  });

  it('is told that a person is needed when no new ID token comes: exit 4', async () => {
    save(idToken(inSeconds(-5)));
    const { status, stdout, stderr } = await token('-o', 'exec-credential');
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain('The ID token has expired');
    expect(stderr).toContain('oauth-code login --issuer');
  });
});

describe('--token', () => {
  it.each([
    ['token', (text: string) => text.trim()],
    ['header', (text: string) => /^Authorization: Bearer (\S+)\n$/.exec(text)?.[1]],
    ['curl-config', (text: string) => /Bearer (\S+)"\n$/.exec(text)?.[1]],
    ['env', (text: string) => /='(\S+)'\n$/.exec(text)?.[1]],
  ])('chooses the ID token for -o %s', async (format, tokenIn) => {
    const saved = idToken(inSeconds(1800));
    save(saved);
    const { stdout } = await token('-o', format, '--token', 'id_token');
    expect(tokenIn(stdout)).toBe(saved);
  });

  it('says that there is none: exit 2', async () => {
    save(undefined);
    const { status, stderr } = await token('--token', 'id_token');
    expect(status).toBe(2);
    expect(stderr).toContain('The session has no ID token.');
  });
});

describe('a session without an access token', () => {
  const saveWithout = (exp: number) => {
    const session = sessionWith(
      { origin: server.origin, tokenEndpoint: `${server.origin}/token`, last },
      { refreshable: false, expires_at: null },
    );
    home.save({
      ...session,
      tokens: { access_token: '', token_type: null, id_token: idToken(exp), token_response: {} },
    });
  };

  it('gives its ID token, as it is and in a document', async () => {
    saveWithout(inSeconds(1800));
    expect((await token('--token', 'id_token')).stdout).toBe(`${idToken(inSeconds(1800))}\n`);
    const { stdout } = await token('--token', 'id_token', '--json');
    expect(JSON.parse(stdout).tokens).toMatchObject({
      access_token: null,
      id_token: idToken(inSeconds(1800)),
    });
  });

  it.each<[readonly string[], string]>([
    [[], 'has no access token, and no refresh token to get one with.'],
    [['--token', 'id_token', '--fresh'], 'The ID token of client client-1 at'],
  ])('takes a person with %j: exit 4', async (args, words) => {
    saveWithout(inSeconds(1800));
    const { status, stdout, stderr } = await token(...args);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toContain(words);
  });
});

it('a valid ID token is given where the access token has expired', async () => {
  const session = sessionWith(
    { origin: server.origin, tokenEndpoint: `${server.origin}/token`, last },
    {
      expires_at: new Date(Date.now() - 60_000).toISOString(),
      tokens: { id_token: idToken(inSeconds(1800)) },
    },
  );
  home.save(session);
  expect((await token('--token', 'id_token')).stdout).toMatch(/^ey/);
  expect(server.requests).toEqual([]);
});
