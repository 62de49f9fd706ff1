import { chmodSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { ConfigError } from '../../src/errors.ts';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import { createTestContext } from '../fakes/context.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

let server: ScriptedServer;
let home: TestHome;

beforeEach(async () => {
  server = await startScriptedServer();
  home = createTestHome();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const follow = async (url: string) => void (await (await fetch(url)).text());
const login = (args: readonly string[] = [], env = home.env, keychain?: Map<string, string>) =>
  runHere(['login', '--issuer', server.issuer, '--client-id', 'client-1', '--port', '0', ...args], {
    env,
    visit: follow,
    ...(keychain === undefined ? {} : { keychain }),
  });
const token = (...args: readonly string[]) => runHere(['token', ...args], { env: home.env });

describe('a login', () => {
  it('keeps its session, so that token works afterwards', async () => {
    const { status, stdout, stderr } = await login(['--scope', 'openid profile']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/✓ Session .*saved/);
    expect(stdout).toMatch(/^ {2}next: oauth-code token --issuer /m);
    const saved = home.read(clientAt(server.issuer));
    expect(saved).toMatchObject({
      issuer: server.issuer,
      client_id: 'client-1',
      account: { sub: 'user-1' },
      grant_type: 'authorization_code',
      requested: { scope: ['openid', 'profile'], resource: [], audience: null },
      refreshable: true,
      server: {
        token_endpoint: `${server.issuer}/token`,
        auth_method: 'none',
        jwks_uri: `${server.issuer}/jwks`,
      },
    });
    if (process.platform !== 'win32') {
      expect(statSync(home.path(clientAt(server.issuer))).mode & 0o777).toBe(0o600);
    }
    const asked = server.requests.length;
    expect((await token('--issuer', server.issuer, '--client-id', 'client-1')).stdout).toBe(
      `${server.secrets.get('access_token')}\n`,
    );
    expect((await token()).stdout).toBe(`${server.secrets.get('access_token')}\n`);
    expect(server.requests).toHaveLength(asked);
  });

  it.each<readonly [string, Script, readonly string[], readonly string[]]>([
    ['a validated ID token, and the account of it', {}, [], ['id_token', 'account']],
    ['nothing, where no ID token was asked for', {}, ['--scope', 'read'], []],
    [
      'nothing, where a check of the ID token was waived',
      { idToken: ({ header, claims, key }) => signedToken(header, { ...claims, iss: 'https://x' }, key) },
      ['--no-verify', 'id-token-iss'],
      [],
    ],
    ['nothing, where no keys are known', { metadata: ({ jwks_uri: _, ...rest }) => rest }, [], []],
  ])('marks as verified %s', async (_, script, args, verified) => {
    await server.close();
    server = await startScriptedServer(script);
    const { status, stderr } = await login(['--trust-audience', 'api', '--id-token-alg', 'RS256', ...args]);
    expect(status, stderr).toBe(0);
    expect(home.read(clientAt(server.issuer))).toMatchObject({
      verified,
      id_token_rules: { trusted_audiences: ['api'], alg: 'RS256' },
    });
  });

  it('keeps nothing with --store none', async () => {
    expect((await login(['--store', 'none'])).status).toBe(0);
    expect(home.files()).toEqual([]);
  });

  it('keeps the tokens encrypted when there is a keychain', async () => {
    const keychain = new Map<string, string>();
    const { status, stderr } = await login(
      [],
      { OAUTH_CODE_HOME: home.folder, OAUTH_CODE_STORE: '' },
      keychain,
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/Session .*encrypted/);
    const text = readFileSync(home.path(clientAt(server.issuer)), 'utf8');
    for (const kind of ['access_token', 'refresh_token', 'id_token']) {
      expect(text).not.toContain(server.secrets.get(kind) ?? kind);
    }
  });

  it('keeps the session of a profile under its name, and the profile it saves', async () => {
    expect((await login(['--save', 'work', '--scope', 'openid'])).status).toBe(0);
    expect(home.read({ type: 'profile', name: 'work' }).plain).toBe(true);
    expect((await token('-p', 'work')).stdout).toBe(`${server.secrets.get('access_token')}\n`);
  });

  it.each([
    ['--trust-audience', 'api', false],
    ['--id-token-alg', 'RS256', false],
    ['--prompt', 'login', true],
  ])('of a profile with %s %s can be renewed without settings: %s', async (option, value, quick) => {
    expect((await login(['--save', 'work', option, value])).status).toBe(0);
    expect(
      (await runHere(['login', '-p', 'work', '--port', '0'], { env: home.env, visit: follow })).status,
    ).toBe(0);
    expect(home.read({ type: 'profile', name: 'work' }).quick).toBe(quick);
  });

  it('of another account keeps the first one beside it', async () => {
    const accounts = ['alice', 'bob'];
    const script: Script = {
      idToken: ({ header, claims, key }) => signedToken(header, { ...claims, sub: accounts[0] ?? '' }, key),
      userinfo: () => json(200, { sub: accounts[0] }),
    };
    await server.close();
    server = await startScriptedServer(script);
    const tokens: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      expect((await login()).status).toBe(0);
      tokens.push(server.secrets.get('access_token') ?? '');
      accounts.shift();
    }
    const own = ['--issuer', server.issuer, '--client-id', 'client-1'];
    expect((await token(...own)).stdout).toBe(`${tokens[1]}\n`);
    expect((await token(...own, '--account', 'bob')).stdout).toBe(`${tokens[1]}\n`);
    expect((await token(...own, '--account', 'alice')).stdout).toBe(`${tokens[0]}\n`);
    expect((await token(...own, '--account', 'carol')).status).toBe(4);
    expect(home.files()).toHaveLength(2);
  });

  it.each(['torn', 'foreign', 'newer', ...(process.platform === 'win32' ? [] : ['untrusted'])])(
    'sets a file that is %s aside, and says so',
    async (problem) => {
      const texts: Readonly<Record<string, string>> = {
        torn: '{',
        foreign: '{}',
        newer: '{"kind":"oauth-code session","version":2}',
        untrusted: '',
      };
      const path = home.write(clientAt(server.issuer), texts[problem] ?? '');
      if (problem === 'untrusted') chmodSync(path, 0o606);
      const { status, stderr } = await login();
      expect(status).toBe(0);
      expect(stderr).toContain(`${path}.${problem}`);
      expect(readFileSync(`${path}.${problem}`, 'utf8')).toBe(texts[problem]);
      expect(home.read(clientAt(server.issuer)).client_id).toBe('client-1');
    },
  );
});

describe('a session that cannot be kept', () => {
  const unwritable = { XDG_STATE_HOME: '/dev/null', OAUTH_CODE_STORE: '' };

  it.runIf(process.platform === 'linux')('is only said to be lost when nobody asked for it', async () => {
    const { status, stdout, stderr } = await login([], unwritable);
    expect(status).toBe(0);
    expect(stdout).toContain('Signed in');
    expect(stderr).toMatch(/! Session .*not kept for later\. Cannot write/);
  });

  it.runIf(process.platform === 'linux')(
    'ends the run before anybody is bothered when it was asked for: exit 2',
    async () => {
      const failed = await login(['--store', 'file', '--json'], unwritable);
      expect(errorOf(failed)).toMatchObject({ code: 'config', exit_code: 2 });
      expect(server.requests).toEqual([]);
      expect(failed.opened).toEqual([]);
    },
  );

  it('is not kept elsewhere than in the keychain that was asked for: exit 2', async () => {
    const broken = {
      get: async () => {
        throw new ConfigError('Cannot read the keychain of this system: it is locked');
      },
      set: async () => {},
      remove: async () => false,
    };
    const test = createTestContext({ env: home.env });
    const status = await run(
      ['login', '--issuer', server.issuer, '--client-id', 'client-1', '--store', 'keychain', '--json'],
      { ...test.context, keychain: broken },
    );
    expect(status).toBe(2);
    expect(test.stderr()).toContain('it is locked');
    expect(server.requests).toEqual([]);
    expect(home.files()).toEqual([]);
  });
});
