import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { type NarrowedToken, serializeSession } from '../../src/storage/session-file.ts';
import {
  type RotatingServer,
  type RotatingServerOptions,
  startRotatingServer,
} from '../fakes/rotating-server.ts';
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
const owner = () => clientAt(server.origin);
const run = (...argv: readonly string[]) => {
  const [command = '', ...args] = argv;
  return runHere([command, '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });
};

async function restart(options: RotatingServerOptions): Promise<void> {
  await server.close();
  server = await startRotatingServer(options);
}

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const narrowedToken = (access_token: string): NarrowedToken => ({
  requested: { scope: ['read'], resource: [] },
  access_token,
  token_type: 'Bearer',
  scope: ['read'],
  token_response: {},
  obtained_at: new Date().toISOString(),
  expires_at: null,
});

describe('refresh', () => {
  it.each([
    ['the same', ['status'], 'pass'],
    ['others than before', ['status', 'cancel'], 'warn'],
  ])('compares the authorization details with those of before: %s', async (_, actions, outcome) => {
    const details = (names: readonly string[]) => [{ type: 'payment', actions: [...names] }];
    await restart({
      answer: ({ status, body }) => ({
        status,
        body: { ...(body as object), authorization_details: details(actions) },
      }),
    });
    const { accessToken, refreshToken } = server.last;
    home.save(
      sessionWith(server, {
        tokens: { token_response: { accessToken, refreshToken, authorization_details: details(['status']) } },
      }),
    );
    const { stdout } = await run('refresh', '--json');
    expect(JSON.parse(stdout).checks).toContainEqual(
      expect.objectContaining({ id: 'authorization-details', outcome }),
    );
  });

  it('gets new tokens although the old one is good, and shows them as login does', async () => {
    home.save(sessionWith(server));
    const before = server.last.accessToken;
    const { status, stdout, stderr } = await run('refresh', '--json');
    expect(status).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.tokens).toMatchObject({
      access_token: server.last.accessToken,
      refresh_token: server.last.refreshToken,
    });
    expect(server.last.accessToken).not.toBe(before);
    expect(document.checks.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining([
        'token-response',
        'token-type',
        'expires-in',
        'granted-scope',
        'cache-control',
      ]),
    );
    expect(stderr).toMatch(/^✓ Token .*\/token {2}200/);
    expect(home.read(owner()).tokens?.refresh_token).toBe(server.last.refreshToken);
  });

  it('shows no token whole in its text', async () => {
    home.save(sessionWith(server));
    const { status, stdout, stderr } = await run('refresh');
    expect(status).toBe(0);
    expect(stdout).toContain(`Access token received at ${server.origin}`);
    expect(stdout + stderr).not.toContain(server.last.accessToken);
    expect(stdout + stderr).not.toContain(server.last.refreshToken);
  });

  it('without a session: exit 4', async () => {
    expect(errorOf(await run('refresh', '--json'))).toMatchObject({ code: 'login_required', exit_code: 4 });
  });

  it('without a refresh token: exit 2, with the scope that brings one', async () => {
    home.save(withoutRefreshToken(sessionWith(server)));
    expect(errorOf(await run('refresh', '--json'))).toMatchObject({
      exit_code: 2,
      hint: expect.stringContaining('--scope "openid offline_access"'),
    });
  });

  it('of a session that no user takes part in: exit 2, with the command for a new token', async () => {
    home.save({ ...withoutRefreshToken(sessionWith(server)), grant_type: 'client_credentials' });
    expect(errorOf(await run('refresh', '--json'))).toMatchObject({
      exit_code: 2,
      hint: expect.stringMatching(/^It needs none\. For a new token: oauth-code token \S.* --fresh$/),
    });
  });

  it('of a profile for such a session, before there is one: exit 4, with the command for a token', async () => {
    const settings = {
      version: 1,
      profiles: { job: { issuer: server.origin, client_id: 'c', grant_type: 'client_credentials' } },
    };
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify(settings));
    for (const command of ['refresh', 'introspect', 'revoke'])
      expect(errorOf(await runHere([command, '-p', 'job', '--json'], { env: home.env })).hint).toBe(
        'Get a token first: oauth-code token -p job',
      );
  });

  it('of a revoked session: exit 3 with the answer of the server, and the session is dropped', async () => {
    home.save(sessionWith(server));
    server.revoke();
    expect(errorOf(await run('refresh', '--json'))).toMatchObject({
      code: 'token_error',
      exit_code: 3,
      oauth: { error: 'invalid_grant', error_description: 'The refresh token is not known.', status: 400 },
      hint: expect.stringMatching(/^The session was dropped\. Log in again: oauth-code login /),
    });
    expect(home.files()).toEqual([]);
  });

  it('whose ID token is about another person: exit 6, and only the refresh token is replaced', async () => {
    const key = testKey('RS256', 'key-1');
    const claims = { iss: server.origin, sub: 'mallory', aud: 'client-1', iat: 1, exp: 2_000_000_000 };
    const idToken = signedToken({ alg: 'RS256', kid: 'key-1' }, claims, key);
    await restart({
      answer: ({ body }) => ({ status: 200, body: { ...(body as object), id_token: idToken } }),
    });
    const saved = sessionWith(server, { account: { sub: 'alice', name: null } });
    home.save(saved);
    expect(errorOf(await run('refresh', '--json'))).toMatchObject({
      code: 'validation_failed',
      exit_code: 6,
      check: 'refreshed-id-token',
    });
    expect(home.read(owner()).tokens).toEqual({
      ...saved.tokens,
      refresh_token: server.last.refreshToken,
    });
  });
});

describe('logout', () => {
  it('forgets the session here and tells nobody', async () => {
    home.save(sessionWith(server));
    const { status, stdout, stderr } = await run('logout');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain(`forgot the session (client client-1 at ${server.origin})`);
    expect(home.files()).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('is not a failure when there is nothing to forget', async () => {
    const { status, stderr } = await run('logout');
    expect(status).toBe(0);
    expect(stderr).toContain('There is no session of client client-1');
  });

  it('has the access token revoked first, then the refresh token', async () => {
    home.save(sessionWith(server));
    const { status } = await run('logout', '--revoke');
    expect(status).toBe(0);
    expect(server.requests.map(({ path, form }) => [path, Object.fromEntries(form)])).toEqual([
      ['/revoke', { token: server.last.accessToken, token_type_hint: 'access_token', client_id: 'client-1' }],
      [
        '/revoke',
        { token: server.last.refreshToken, token_type_hint: 'refresh_token', client_id: 'client-1' },
      ],
    ]);
    expect(home.files()).toEqual([]);
  });

  it.each([
    ['logout', '--revoke'],
    ['revoke', '--token-type-hint', 'refresh_token'],
  ])('%s hands out no access token once the refresh token may be revoked', async (...words) => {
    let stored = '';
    await restart({
      answer(sound, { path, form }) {
        const isLast = form.get('token_type_hint') === 'refresh_token';
        if (path !== '/revoke' || !isLast) return sound;
        stored = readFileSync(home.path(owner()), 'utf8');
        return undefined;
      },
    });
    const { accessToken, refreshToken } = server.last;
    home.save(sessionWith(server, { tokens: { narrowed: [narrowedToken('at-narrowed')] } }));
    expect((await run(...words)).status).toBe(5);
    expect(stored).toContain(refreshToken);
    expect(stored).not.toContain(accessToken);
    expect(stored).not.toContain('at-narrowed');
    expect(await run('token')).toMatchObject({ status: 4, stdout: '' });
    expect(server.requests.at(-1)?.form.get('refresh_token')).toBe(refreshToken);
  });

  it('goes on to the refresh token where access tokens cannot be revoked', async () => {
    await restart({
      answer: (sound, { form }) =>
        form.get('token_type_hint') === 'access_token'
          ? { status: 400, body: { error: 'unsupported_token_type' } }
          : sound,
    });
    home.save(sessionWith(server));
    const { status, stderr } = await run('logout', '--revoke');
    expect(status).toBe(0);
    expect(stderr).toContain('this server revokes no access tokens');
    expect(home.files()).toEqual([]);
  });

  it.each([
    {
      case: 'the server refuses',
      answer: { status: 400, body: { error: 'unsupported_token_type' } },
      exit: 3,
    },
    { case: 'the server fails', answer: { status: 503, body: '' }, exit: 6 },
    { case: 'nothing comes back', answer: undefined, exit: 5 },
  ])('keeps the session when $case: exit $exit', async ({ answer, exit }) => {
    await restart({ answer: () => answer });
    home.save(sessionWith(server));
    expect((await run('logout', '--revoke')).status).toBe(exit);
    expect(home.files()).toHaveLength(1);
  });

  it('keeps the session when there is nowhere to revoke: exit 2', async () => {
    const { revocation_endpoint: _none, ...place } = sessionWith(server).server;
    home.save({ ...sessionWith(server), server: place });
    expect(errorOf(await run('logout', '--revoke', '--json'))).toMatchObject({ code: 'usage', exit_code: 2 });
    expect(home.files()).toHaveLength(1);
  });

  it('opens the page that ends the session at the server, and does not print its URL', async () => {
    home.save(sessionWith(server, { tokens: { id_token: 'the-id-token' } }));
    const { status, stdout, stderr, opened } = await run('logout', '--end-session');
    expect(status).toBe(0);
    expect(opened).toEqual([`${server.origin}/end?client_id=client-1&id_token_hint=the-id-token`]);
    expect(stdout + stderr).not.toContain('the-id-token');
  });

  it.each<[string, readonly string[], number]>([
    ['javascript:alert(1)//', [], 6],
    ['ms-msdt:/id', ['--no-browser'], 6],
    ['file:///etc/passwd', ['--no-browser'], 6],
    ['https://u:p@as.example/end', ['--no-browser'], 6],
    ['--remote-debug', [], 6],
    ['x', ['--end-session-endpoint', 'x'], 2],
    ['x', ['--end-session-endpoint', 'foo:bar', '--no-browser'], 2],
  ])('opens and prints no address such as %j, and forgets nothing', async (address, args, exit) => {
    const session = sessionWith(server);
    home.save({ ...session, server: { ...session.server, end_session_endpoint: address } });
    const refused = await run('logout', '--end-session', ...args);
    expect(refused).toMatchObject({ status: exit, stdout: '', opened: [] });
    expect(home.files()).toHaveLength(1);
  });

  it.each([
    ['javascript:alert(1)//', 'is not an http or https URL'],
    ['com.example.app:/bye', 'is not an http or https URL'],
    ['bye', 'is not an http or https URL'],
    ['https://u:p@app.example/bye', 'holds a user name or password'],
    ['https://app.example/bye#here', 'has a fragment or is malformed'],
  ])('asks for no return to %j, and forgets nothing', async (uri, problem) => {
    home.save(sessionWith(server));
    const refused = await run('logout', '--end-session', '--post-logout-redirect-uri', uri, '--json');
    expect(errorOf(refused)).toMatchObject({
      exit_code: 2,
      message: `--post-logout-redirect-uri ${problem}.`,
    });
    expect(home.files()).toHaveLength(1);
  });

  it('prints that URL on stdout when no browser is to be opened', async () => {
    home.save(sessionWith(server));
    const { stdout, opened } = await run(
      'logout',
      '--end-session',
      '--no-browser',
      '--post-logout-redirect-uri',
      'https://app.example/bye',
    );
    expect(stdout).toBe(
      `${server.origin}/end?client_id=client-1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye\n`,
    );
    expect(opened).toEqual([]);
  });

  describe('with a post-logout redirect URI on this machine', () => {
    const uri = ['--post-logout-redirect-uri', 'http://127.0.0.1:0/bye'];
    const logOut = async (visit: (back: URL) => Promise<unknown>, ...args: readonly string[]) => {
      home.save(sessionWith(server));
      const visits: Promise<unknown>[] = [];
      const argv = ['logout', '--issuer', server.origin, '--client-id', 'client-1', '--end-session'];
      const run = await runHere([...argv, ...uri, ...args], {
        env: home.env,
        async visit(url) {
          const { searchParams } = new URL(url);
          const back = new URL(searchParams.get('post_logout_redirect_uri') ?? '');
          back.searchParams.set('state', searchParams.get('state') ?? '');
          visits.push(visit(back));
        },
      });
      await Promise.all(visits);
      return run;
    };

    it('waits for the browser, and compares its state', async () => {
      let page = '';
      const { status, stderr } = await logOut(async (back) => {
        expect((await fetch(new URL('/other', back))).status).toBe(404);
        const forged = new URL(back);
        forged.searchParams.set('state', 'another');
        expect((await fetch(forged)).status).toBe(400);
        page = await (await fetch(back)).text();
      });
      expect(status, stderr).toBe(0);
      expect(page).toContain('Signed out');
      expect(stderr).toContain(`opened ${server.origin}/end with`);
      expect(stderr).toContain('ignored a request. The browser came with another state');
      expect(stderr).toContain('the browser came back. The state is the one that was sent.');
    });

    it('says so as JSON', async () => {
      const { stdout } = await logOut((back) => fetch(back), '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        post_logout_redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/bye$/),
        checks: [{ id: 'logout-state', outcome: 'pass' }],
      });
    });

    it.each([
      [
        'came back without a state',
        (back: URL) => fetch(`${back.origin}${back.pathname}`),
        { code: 'validation_failed', check: 'logout-state', exit_code: 6 },
      ],
      ['did not come back', async () => {}, { code: 'timeout', exit_code: 5 }],
      [
        'came with another state alone',
        (back: URL) => fetch(`${back.origin}${back.pathname}?state=x`),
        { code: 'validation_failed', check: 'logout-state', exit_code: 6 },
      ],
    ])('fails when the browser %s; the session is forgotten', async (_, visit, error) => {
      const run = await logOut(visit, '--json', '--browser-timeout', '1');
      expect(errorOf(run)).toMatchObject({ ...error, step: 'end_session' });
      expect(home.files()).toEqual([]);
    });

    it('does not wait where no browser opens and nobody may be asked', async () => {
      home.save(sessionWith(server));
      const launch = { type: 'not-launched', obstacle: 'ssh' } as const;
      const argv = ['logout', '--issuer', server.origin, '--client-id', 'client-1', '--end-session', ...uri];
      const run = await runHere([...argv, '--no-input'], { env: home.env, launch });
      expect(run.status).toBe(4);
      expect(run.stdout).toContain(`${server.origin}/end?`);
      expect(run.stderr).toContain('No browser was opened');
    });

    it('forgets nothing when the port is taken', async () => {
      home.save(sessionWith(server));
      const taken = ['--post-logout-redirect-uri', `${server.origin}/bye`];
      const { status, stderr } = await run('logout', '--end-session', ...taken);
      expect(status).toBe(2);
      expect(stderr.replace(/\s+/g, ' ')).toContain('Use another port with --post-logout-redirect-uri URI.');
      expect(home.files()).toHaveLength(1);
    });
  });

  it('says as JSON what it did', async () => {
    home.save(sessionWith(server, { account: { sub: 'u1', name: 'alice' } }));
    const { stdout } = await run('logout', '--revoke', '--json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      removed: [{ issuer: server.origin, client_id: 'client-1', account: 'alice' }],
      revoked: true,
      end_session_url: null,
    });
  });

  it('forgets the sessions of every account with --all, which takes --yes where nobody can be asked', async () => {
    home.save(sessionWith(server));
    const other = serializeSession(sessionWith(server, { account: { sub: 'u2', name: 'bob' } }));
    const path = home.path(owner()).replace(/\.json$/, '~0123456789abcdef.json');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, other, { mode: 0o600 });
    expect(errorOf(await run('logout', '--all', '--json'))).toMatchObject({
      exit_code: 2,
      hint: 'Add --yes to confirm.',
    });
    expect(home.files()).toHaveLength(2);
    expect((await run('logout', '--account', 'bob')).status).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect((await run('logout', '--all', '--yes')).status).toBe(0);
    expect(home.files()).toEqual([]);
  });
});

describe('session', () => {
  const session = (...args: readonly string[]) => runHere(['session', ...args], { env: home.env });

  it('lists what there is, without tokens', async () => {
    home.save(
      sessionWith(server, {
        owner: { type: 'profile', name: 'work' },
        account: { sub: 'u1', name: 'alice' },
      }),
    );
    home.write({ type: 'profile', name: 'broken' }, '{');
    const { status, stdout } = await session('list', '--json');
    expect(status).toBe(0);
    expect(stdout).not.toContain(server.last.accessToken);
    expect(stdout).not.toContain(server.last.refreshToken);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      sessions: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}$/),
          profile: 'work',
          issuer: server.origin,
          client_id: 'client-1',
          account: { sub: 'u1', name: 'alice' },
          grant_type: 'authorization_code',
          scope: ['read', 'write'],
          renewable: true,
          kept: 'file',
        },
      ],
      unreadable: [{ id: expect.stringMatching(/^[0-9a-f]{8}$/), problem: 'torn' }],
      set_aside: [],
    });
    const text = (await session('list')).stdout;
    expect(text).toMatch(/^ {4}session {2}account +scope +token +id$/m);
    expect(text).toMatch(/^ {2}✓ work +alice \(u1\) +read write +expires in .* renewable +[0-9a-f]{8}$/m);
    expect(text).toMatch(/Unreadable[\s\S]*damaged[\s\S]*profile-broken\.json$/m);
    expect(text.split('\n').filter((line) => line.length > 80 && !/\//.test(line))).toEqual([]);
  });

  it.each([
    ['the default profile', 'work', {}, 'default_profile', /In use +by the default profile$/m],
    ['a variable', 'other', { OAUTH_CODE_PROFILE: 'other' }, 'variable', /In use +here, by variables/m],
  ])('says which one is used by %s', async (_, name, env, use, row) => {
    const settings = { version: 1, default_profile: 'work', profiles: { work: {}, other: {} } };
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify(settings));
    for (const profile of ['work', 'other']) {
      home.save(sessionWith(server, { owner: { type: 'profile', name: profile } }));
    }
    const here = { env: { ...home.env, ...env } };
    const { sessions } = JSON.parse((await runHere(['session', 'list', '--json'], here)).stdout);
    const [, shown = ''] =
      /oauth-code session show (\S+) says why/.exec((await runHere(['session', 'list'], here)).stdout) ?? [];
    expect((await runHere(['session', 'show', shown], here)).stdout).toMatch(row);
    expect(
      sessions.map((one: { profile: string; in_use: string | null }) => [one.profile, one.in_use]),
    ).toEqual(['other', 'work'].map((profile) => [profile, profile === name ? use : null]));
    const list = (await runHere(['session', 'list'], here)).stdout;
    expect(list.match(/^ {2}✓ .*$/gm)).toEqual([expect.stringMatching(new RegExp(`^ {2}✓ ${name} `))]);
    expect((await runHere(['session', 'show', name], here)).stdout).toMatch(row);
  });

  it('says that the only one is used, and lists it when settings cannot be read', async () => {
    home.save(sessionWith(server));
    writeFileSync(join(home.folder, 'config.json'), '{');
    const { sessions } = JSON.parse((await session('list', '--json')).stdout);
    expect(sessions).toMatchObject([{ profile: null, in_use: 'only_session' }]);
  });

  it('shows what a session is for, within the columns', async () => {
    const resource = ['https://api.example.com/orders', 'https://api.example.com/invoices'];
    home.save(sessionWith(server, { requested: { scope: [], resource, audience: 'https://aud.example' } }));
    for (const columns of [80, 40]) {
      const { stdout } = await runHere(['session', 'list'], {
        env: home.env,
        stdout: { isTTY: true, columns },
      });
      for (const value of [...resource, 'https://aud.example']) expect(stdout).toContain(value);
      expect(stdout.split('\n').filter((line) => line.length > columns && /\s\S+\s/.test(line))).toEqual([]);
    }
  });

  it('shows what a session is for apart from its scope', async () => {
    const requested = { scope: [], resource: ['https://api.example.com'], audience: 'urn:api' };
    home.save(sessionWith(server, { requested }));
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'plain' } }));
    const { stdout } = await runHere(['session', 'list'], {
      env: home.env,
      stdout: { isTTY: true, columns: 200 },
    });
    expect(stdout).toMatch(/^ {4}session +account +scope +for +token +id$/m);
    expect(stdout).toMatch(/ read write {2}https:\/\/api\.example\.com, urn:api {2}expires/);
    expect(stdout).toMatch(/ plain +none +read write {3,}expires/);
  });

  it.each([
    [160, /^ {2}✓ client-1 at \S+ +none +read write +expires in .* renewable +[0-9a-f]{8}$/m],
    [84, /^ {2}✓ client-1 at .* [0-9a-f]{8}\n {4}http\S+/m],
    [40, /^ {2}✓ client-1 at http\S*\n {6}account {2}none\n {6}scope {2}read write$/m],
  ])('lists in columns what fits into %i, a wide one wrapped', async (columns, shown) => {
    home.save(sessionWith(server));
    const { stdout } = await runHere(['session', 'list'], {
      env: home.env,
      stdout: { isTTY: true, columns },
    });
    expect(stdout).toMatch(shown);
  });

  it('says where it looked when there is none', async () => {
    const { status, stdout, stderr } = await session('list');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('There are no sessions in ');
  });

  it('shows one by profile or id, without tokens', async () => {
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'work' } }));
    const { stdout } = await session('show', 'work', '--json');
    const shown = JSON.parse(stdout).session;
    expect(shown).toMatchObject({
      profile: 'work',
      token_endpoint: server.tokenEndpoint,
      auth_method: 'none',
    });
    expect(JSON.parse((await session('show', shown.id, '--json')).stdout).session).toEqual(shown);
    expect((await session('show', 'work')).stdout).toMatch(/^Token endpoint +http/m);
    expect(stdout).not.toContain(server.last.refreshToken);
  });

  it('removes one, also one that cannot be read', async () => {
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'work' } }));
    home.write({ type: 'profile', name: 'broken' }, '{');
    const [{ id }] = JSON.parse((await session('list', '--json')).stdout).unreadable;
    expect((await session('remove', id)).status).toBe(0);
    expect((await session('remove', 'work')).status).toBe(0);
    expect(home.files()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32').each([
    ['a FIFO', (path: string) => execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path])],
    ['a device', (path: string) => symlinkSync('/dev/zero', path)],
    ['an oversized file', (path: string) => writeFileSync(path, '')],
  ])('lists and removes %s, which stops no command about another session', async (what, make) => {
    const bad = home.path({ type: 'profile', name: 'bad' });
    const prepare = () => {
      mkdirSync(dirname(bad), { recursive: true });
      make(bad);
      if (what === 'an oversized file') truncateSync(bad, 2 ** 40);
    };
    prepare();
    home.save(sessionWith(server));
    expect((await runHere(['token'], { env: home.env })).stdout).toBe(`${server.last.accessToken}\n`);
    const { sessions, unreadable } = JSON.parse((await session('list', '--json')).stdout);
    expect(sessions).toHaveLength(1);
    expect(unreadable).toEqual([{ id: expect.any(String), file: bad, problem: 'unusable' }]);
    expect((await session('remove', unreadable[0].id)).status).toBe(0);
    expect(home.files()).toHaveLength(1);
    prepare();
    expect((await session('remove', '--all', '--yes')).status).toBe(0);
    expect(home.files()).toEqual([]);
  });

  it.each([
    ['others can change it', /chmod go-w .*profile-bad\.json/, ''],
    ['damaged', /oauth-code session remove [0-9a-f]{8}/, '{'],
  ])('says of one that cannot be shown: %s', async (reason, hint, text) => {
    if (text === '' && process.platform === 'win32') return;
    const path = home.write({ type: 'profile', name: 'bad' }, text);
    if (text === '') chmodSync(path, 0o606);
    const [{ id }] = JSON.parse((await session('list', '--json')).stdout).unreadable;
    expect(errorOf(await session('show', id, '--json'))).toMatchObject({
      exit_code: 2,
      message: `Session ${id} cannot be used: ${reason}.`,
      hint: expect.stringMatching(hint),
    });
  });

  it.each([
    { args: ['show', 'wrok'], hint: /Did you mean "work"\?/ },
    { args: ['remove', 'wrok'], hint: /Did you mean "work"\?/ },
    { args: ['remove'], hint: /or give --all/ },
    { args: ['remove', 'work', '--all'], hint: /or give --all/ },
    { args: ['remove', '--all'], hint: /Add --yes/ },
  ])('$args: exit 2', async ({ args, hint }) => {
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'work' } }));
    const error = errorOf(await session(...args, '--json'));
    expect(error.exit_code).toBe(2);
    expect(error.hint).toMatch(hint);
    expect(home.files()).toHaveLength(1);
  });
});
