import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApiServer } from '../fakes/api-server.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import {
  clientAt,
  createTestHome,
  sessionWith,
  type TestHome,
  withoutRefreshToken,
} from '../fakes/saved-sessions.ts';

let server: RotatingServer;
let home: TestHome;
const named = () => ['--issuer', server.origin, '--client-id', 'client-1'];
const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runHere([...words], { env: { ...home.env, ...env } });
const asClient = ['--grant-type', 'client_credentials', '--client-secret-env', 'S'];
const secret = { S: 'a-secret-of-the-client' };

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

describe('--store none', () => {
  it.each([
    { case: 'as an option', words: ['--store', 'none'], env: {} },
    { case: 'as a variable', words: [], env: { OAUTH_CODE_STORE: 'none' } },
  ])('$case fetches a token anew, reads no session and writes none', async ({ words, env }) => {
    home.save(sessionWith(server, { grant_type: 'client_credentials' }));
    const before = home.read(clientAt(server.origin));
    const all = ['token', ...named(), ...asClient, ...words];
    for (const count of [1, 2]) {
      const { status, stdout } = await run(all, { ...secret, ...env });
      expect([status, stdout]).toEqual([0, `${server.last.accessToken}\n`]);
      expect(server.requests).toHaveLength(count);
    }
    expect(home.read(clientAt(server.origin))).toEqual(before);
    expect(home.files()).toHaveLength(1);
  });

  it.each([
    { case: 'a good token', validForSeconds: 3600 },
    { case: 'an expired token', validForSeconds: -1 },
  ])('ends with 4 where a person is needed, though a session has $case', async (life) => {
    home.save(sessionWith(server, life));
    for (const words of [
      [...named(), '--store', 'none'],
      ['--store', 'none'],
    ]) {
      const refused = await run(['token', ...words, '--json']);
      expect(errorOf(refused)).toMatchObject({ code: 'login_required', exit_code: 4 });
      expect(refused.stdout + refused.stderr).not.toContain('Log in');
    }
    expect(server.requests).toEqual([]);
  });

  it('needs no folder for sessions', async () => {
    writeFileSync(join(home.folder, 'sessions'), 'not a folder');
    const { status, stdout } = await run(['token', ...named(), ...asClient, '--store', 'none'], secret);
    expect([status, stdout]).toEqual([0, `${server.last.accessToken}\n`]);
  });

  it('fetches another token when an API refuses the first one', async () => {
    const api = await startApiServer(({ headers }) =>
      headers.authorization === `Bearer ${server.last.accessToken}` && server.requests.length > 1
        ? undefined
        : {
            status: 401,
            headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
            body: '',
          },
    );
    try {
      const words = ['request', api.origin, ...named(), ...asClient, '--store', 'none'];
      expect((await run(words, secret)).status).toBe(0);
      expect(server.requests).toHaveLength(2);
      expect(home.files()).toEqual([]);
    } finally {
      await api.close();
    }
  });
});

describe('--fresh', () => {
  it('refreshes although the saved token is good, and keeps the new one', async () => {
    home.save(sessionWith(server));
    const before = server.last.accessToken;
    const { status, stdout } = await run(['token', ...named(), '--fresh']);
    expect([status, stdout]).toEqual([0, `${server.last.accessToken}\n`]);
    expect(server.last.accessToken).not.toBe(before);
    expect(home.read(clientAt(server.origin)).tokens?.access_token).toBe(server.last.accessToken);
    expect((await run(['token', ...named()])).stdout).toBe(stdout);
    expect(server.requests).toHaveLength(1);
  });

  it('asks again for a token that takes no person', async () => {
    for (const count of [1, 2]) {
      expect((await run(['token', ...named(), ...asClient, '--fresh'], secret)).status).toBe(0);
      expect(server.requests).toHaveLength(count);
    }
  });

  it('ends with 4 where the session has no refresh token', async () => {
    home.save(withoutRefreshToken(sessionWith(server)));
    expect(errorOf(await run(['token', ...named(), '--fresh', '--json']))).toMatchObject({ exit_code: 4 });
  });
});

describe('a saved token of a client that was set up otherwise', () => {
  const saved = () => {
    const session = sessionWith(server, { secret_from: { env: 'FIRST' } });
    home.save({ ...session, server: { ...session.server, auth_method: 'client_secret_basic' } });
  };
  it.each([
    ['--auth-method client_secret_post', 'client_secret_basic, not client_secret_post'],
    ['--client-secret-env SECOND', 'variable FIRST, not variable SECOND'],
    ['--client-secret-file second.txt', 'variable FIRST, not file '],
    ['OAUTH_CODE_CLIENT_SECRET', 'variable FIRST, not variable OAUTH_CODE_CLIENT_SECRET'],
  ])('is printed, and one line says so: %s', async (given, said) => {
    saved();
    const isVariable = !given.startsWith('-');
    const words = ['token', ...named(), ...(isVariable ? [] : given.split(' '))];
    const env = {
      FIRST: 'secret-1-value',
      SECOND: 'secret-2-value',
      ...(isVariable ? { [given]: 'secret-3-value' } : {}),
    };
    const { status, stdout, stderr } = await run(words, env);
    expect([status, stdout]).toEqual([0, `${server.last.accessToken}\n`]);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/secret-\d-value/);
    expect((await run([...words, '-q'], env)).stderr).toBe('');
  });

  it.each([
    ['--client-secret-env S', 'issued without a client secret, not with one from variable S\n'],
    ['--signing-key key.pem', 'issued by none, not private_key_jwt\n'],
    ['--assertion-from env:JOB', 'issued by none, not private_key_jwt\n'],
    ['OAUTH_CODE_SIGNING_KEY=key.pem', 'issued by none, not private_key_jwt\n'],
  ])('is told of for a public client: %s', async (given, said) => {
    home.save(sessionWith(server));
    const [name = '', value = ''] = given.split('=');
    const words = given.startsWith('-') ? given.split(' ') : [];
    const { status, stderr } = await run(['token', ...named(), ...words], { [name]: value });
    expect(status).toBe(0);
    expect(stderr).toContain(said);
  });

  it('is told of by nothing where it is the same', async () => {
    saved();
    const words = ['--auth-method', 'client_secret_basic', '--client-secret-env', 'FIRST'];
    expect((await run(['token', ...named(), ...words], { FIRST: 'other-value' })).stderr).toBe('');
    expect((await run(['token', ...named()])).stderr).toBe('');
  });
});
