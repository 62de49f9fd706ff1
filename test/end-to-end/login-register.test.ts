import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { freePort } from '../fakes/free-port.ts';
import { errorOf, type RunHere, runHere } from '../fakes/run-here.ts';
import { runCli, startCli } from './cli.ts';
import { visitUrl } from './person-login.ts';

let home = '';
let port: string;
let otherPort: string;
const homes: string[] = [];
/** What was asked at the endpoint for clients, such as `POST` and `DELETE`. */
const asked: string[] = [];
let idp: RunningIdp;

beforeAll(async () => {
  [port, otherPort] = [String(await freePort()), String(await freePort())];
  idp = await startIdp({
    port: 0,
    onRequest: ({ method, path }) => void (path.startsWith('/reg') && asked.push(method)),
  });
});
afterAll(async () => {
  await idp.close();
  for (const one of homes) rmSync(one, { recursive: true });
});
function newHome(): void {
  home = mkdtempSync(join(tmpdir(), 'oauth-code-login-register-'));
  homes.push(home);
}
beforeAll(newHome);
afterEach(() => {
  newHome();
  asked.length = 0;
});

const kept = (folder: string) => {
  try {
    return readdirSync(join(home, folder)).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};

/** Runs a command in this process; a browser that is opened belongs to alice. */
function here(args: readonly string[], options: TestContextOptions & { decision?: 'allow' | 'deny' } = {}) {
  const { decision = 'allow', env, ...rest } = options;
  return runHere(args, {
    env: { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file', ...env },
    async visit(url) {
      await visitUrl(idp, url, { decision });
    },
    ...rest,
  });
}

const login = (...args: readonly string[]) =>
  here(['login', '--issuer', idp.issuer, '--register', '--port', port, '--json', ...args]);

function documentOf({ status, stdout, stderr }: RunHere): LoginDocument {
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('login --register', () => {
  it('registers a public client for its redirect URI, uses it again, and deletes it with the last session', async () => {
    const first = documentOf(await login());
    const second = documentOf(await login());
    expect(second.client_id).toBe(first.client_id);
    expect(asked).toEqual(['POST', 'GET']);
    const other = documentOf(
      await here(['login', '--issuer', idp.issuer, '--register', '--port', otherPort, '--json']),
    );
    expect(other.client_id).not.toBe(first.client_id);
    expect(kept('registrations')).toHaveLength(2);
    asked.length = 0;
    const logout = await here(['logout', '--issuer', idp.issuer, '--client-id', first.client_id]);
    expect(logout.stderr).toContain(`The client ${first.client_id} was deleted at the server.`);
    const removed = await here(['session', 'remove', '--all', '-y']);
    expect(removed.status, removed.stderr).toBe(0);
    expect(asked).toEqual(['DELETE', 'DELETE']);
    expect(kept('registrations')).toEqual([]);
  });

  it('is deleted with its session over the connection that the options describe', async () => {
    const { client_id } = documentOf(await login());
    asked.length = 0;
    const away = await here(['session', 'remove', '--all', '-y', '--ca-file', join(home, 'missing.pem')]);
    expect(away.stderr.replaceAll(/\s+/g, ' ')).toContain('missing.pem');
    expect(asked).toEqual([]);
    expect(kept('registrations')).toHaveLength(1);
    const gone = await here(['register', '--delete', '--client-id', client_id]);
    expect(gone.status, gone.stderr).toBe(0);
  });

  it('keeps a secret where a token is renewed with it, and asks as a profile says', async () => {
    const args = [
      '--auth-method',
      'client_secret_basic',
      '--scope',
      'openid offline_access',
      '--save',
      'work',
    ];
    for (const store of ['file', 'keychain']) {
      const keychain = new Map<string, string>();
      const options = { keychain, env: { OAUTH_CODE_STORE: store } };
      const { stderr, status } = await here(
        ['login', '--issuer', idp.issuer, '--register', '--port', '0', '-y', ...args],
        options,
      );
      expect(status, stderr).toBe(0);
      const token = await here(['token', '-p', 'work', '--fresh'], options);
      expect(token.status, token.stderr).toBe(0);
      expect(keychain.size).toBe(store === 'keychain' ? 3 : 0);
      expect((await here(['logout', '-p', 'work'], options)).status).toBe(0);
      expect(keychain.size).toBe(store === 'keychain' ? 1 : 0);
      expect(kept('registrations')).toEqual([]);
    }
  });

  it('signs with the algorithm that it registers', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = join(home, 'key.pem');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const run = await login('--signing-key', key, '--signing-alg', 'PS256');
    expect(documentOf(run)).toMatchObject({ client_id: expect.any(String) });
  });

  it('registers anew where the server does not know the client any more', async () => {
    const first = documentOf(await login());
    expect((await here(['register', '--read', '--client-id', first.client_id])).status).toBe(0);
    const [file = ''] = kept('registrations');
    const saved = join(home, 'registrations', file);
    writeFileSync(`${saved}.registration_access_token`, 'another');
    expect(readFileSync(saved, 'utf8')).toContain(first.client_id);
    const second = await login();
    expect(documentOf(second).client_id).not.toBe(first.client_id);
    expect(second.stderr).toContain('another is registered');
  });

  it.each<[string, () => Promise<RunHere>, number]>([
    ['with --store none', () => login('--store', 'none'), 0],
    [
      'after a refusal',
      () => here(['login', '--issuer', idp.issuer, '--register', '--port', '0'], { decision: 'deny' }),
      3,
    ],
    ['after an expectation that is not met', () => login('--expect', 'sub=bob'), 7],
    ['where nobody opens the browser', () => login('--no-browser', '--browser-timeout', '1'), 5],
  ])('deletes the client at once %s', async (_, act, status) => {
    const done = await act();
    expect(done.status, done.stderr).toBe(status);
    expect(done.stderr).toMatch(/The client \S+ was deleted at the server/);
    expect(asked).toEqual(['POST', 'DELETE']);
    expect(kept('registrations')).toEqual([]);
  });

  it('deletes it on Ctrl-C', async () => {
    const test = createTestContext({
      env: { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' },
      visit: async () => test.cancel(),
    });
    const status = await run(['login', '--issuer', idp.issuer, '--register', '--port', '0'], test.context);
    expect(status).toBe(130);
    expect(asked).toEqual(['POST', 'DELETE']);
    expect(test.stderr()).toContain('was deleted at the server');
  });

  it('leaves no client behind when the built command gets Ctrl-C', async () => {
    const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
    const cli = startCli(['login', '--issuer', idp.issuer, '--register', '--port', '0', '--no-browser'], {
      env,
    });
    await cli.stderrMatches(/response_type=code/);
    cli.child.kill('SIGINT');
    expect((await cli.finished).status).toBe(130);
    expect(asked).toEqual(['POST', 'DELETE']);
  });

  it.each([
    ['code', ['--port', '0', '--par', '--dpop']],
    ['device', ['--flow', 'device']],
  ])('works in the demo, with the flow %s', async (_, args) => {
    const demo = await runCli(['demo', '--headless', '--register', ...args]);
    expect(demo.status, demo.stderr).toBe(0);
    expect(demo.stderr).toContain('was deleted at the server');
    expect(demo.stdout).toContain('Signed in as alice');
  });

  it.each([
    [['--client-id', 'x'], '--register and --client-id exclude each other'],
    [['--flow', 'ciba'], '--register is not for --flow ciba'],
    [['--client-secret-env', 'HOME'], '--register and --client-secret-env exclude each other'],
  ])('refuses %s', async (args, message) => {
    const run = await here(['login', '--issuer', idp.issuer, '--register', '--json', ...args]);
    expect(errorOf(run).message).toContain(message);
  });
});
