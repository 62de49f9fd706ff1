import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serializeSession } from '../../src/storage/session-file.ts';
import { sessionText } from '../../src/storage/session-store.ts';
import { createTestContext } from '../fakes/context.ts';
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
const named = () => ['--issuer', server.origin, '--client-id', 'client-1'];
const token = (...args: readonly string[]) => runHere(['token', ...named(), ...args], { env: home.env });

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

describe('a saved token that is good', () => {
  it('is printed alone on a line, without any request', async () => {
    home.save(sessionWith(server));
    const { status, stdout, stderr } = await token();
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${server.last.accessToken}\n`,
      stderr: '',
    });
    expect(server.requests).toEqual([]);
  });

  it('is found without options when there is only one session', async () => {
    home.save(sessionWith(server));
    const { status, stdout } = await runHere(['token'], { env: home.env });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${server.last.accessToken}\n` });
  });

  it('is printed as the document of a login', async () => {
    home.save(sessionWith(server));
    const { stdout } = await token('--json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      issuer: server.origin,
      client_id: 'client-1',
      tokens: {
        access_token: server.last.accessToken,
        token_type: 'Bearer',
        scope: ['read', 'write'],
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        refresh_token: server.last.refreshToken,
      },
      token_response: expect.objectContaining({ token_type: 'Bearer' }),
      decoded: { access_token: null, id_token: null },
      userinfo: null,
      checks: [],
    });
  });
});

describe('a token that is not good for long enough', () => {
  it.each([
    { case: 'a saved one', validForSeconds: 3590 },
    { case: 'a new one', validForSeconds: -1 },
  ])('is printed with a warning when it never lives as long as --min-validity: $case', async (life) => {
    home.save(sessionWith(server, { validForSeconds: life.validForSeconds }));
    const { status, stdout, stderr } = await token('--min-validity', '7200');
    expect([status, stdout]).toEqual([0, `${server.last.accessToken}\n`]);
    expect(stderr).toContain(`! Token         --min-validity 7200 cannot be met: this token is valid for `);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect((await token('--min-validity', '7200', '--quiet')).stderr).toBe('');
    expect((await token('--min-validity', '60')).stderr).toBe('');
  });

  it.each([
    { case: 'expired', validForSeconds: -1, args: [] },
    { case: 'good for less than a minute', validForSeconds: 50, args: [] },
    { case: 'good for less than --min-validity', validForSeconds: 500, args: ['--min-validity', '600'] },
    { case: 'older than --max-age', validForSeconds: 1800, args: ['--max-age', '600'] },
  ])('is refreshed with one request when it is $case', async ({ validForSeconds, args }) => {
    const startedMs = Date.now();
    home.save(sessionWith(server, { validForSeconds }));
    const before = server.last.refreshToken;
    const { status, stdout, stderr } = await token(...args);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${server.last.accessToken}\n`,
      stderr: '',
    });
    expect(server.requests.map(({ path, form }) => [path, Object.fromEntries(form)])).toEqual([
      ['/token', { grant_type: 'refresh_token', refresh_token: before, client_id: 'client-1' }],
    ]);
    const { tokens, expires_at } = home.read(owner());
    expect(tokens).toMatchObject({
      access_token: server.last.accessToken,
      refresh_token: server.last.refreshToken,
    });
    const expiresMs = Date.parse(expires_at ?? '');
    expect(expiresMs).toBeGreaterThanOrEqual(startedMs + 3_599_000);
    expect(expiresMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(home.files()).toHaveLength(1);
  });

  it.each([
    { case: 'the first half of the life of a 20-second token', leftSeconds: 15, requests: 0 },
    { case: 'the second half of it', leftSeconds: 8, requests: 1 },
  ])('takes $requests requests in $case', async ({ leftSeconds, requests }) => {
    const session = sessionWith(server, { validForSeconds: leftSeconds });
    home.save({ ...session, obtained_at: new Date(Date.now() - (20 - leftSeconds) * 1000).toISOString() });
    expect((await token()).status).toBe(0);
    expect(server.requests).toHaveLength(requests);
  });

  it('keeps the refresh token when the server does not replace it', async () => {
    await restart({ rotates: false });
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const before = server.last.refreshToken;
    expect((await token()).status).toBe(0);
    expect(home.read(owner()).tokens?.refresh_token).toBe(before);
  });

  it('is judged by the clock of this machine when the clock of the server is ahead', async () => {
    const startedMs = Date.now();
    await restart({
      clockAheadSeconds: 600,
      answer: ({ body }) => ({
        status: 200,
        body: {
          ...(body as object),
          expires_in: null,
          expires_at: Math.floor(Date.now() / 1000) + 600 + 300,
        } as never,
      }),
    });
    home.save(sessionWith(server, { validForSeconds: -1 }));
    expect((await token()).status).toBe(0);
    const { clock_skew_seconds, expires_at } = home.read(owner());
    expect(clock_skew_seconds).toBeGreaterThanOrEqual(599);
    const expiresMs = Date.parse(expires_at ?? '');
    expect(expiresMs).toBeGreaterThanOrEqual(startedMs + 298_000);
    expect(expiresMs).toBeLessThanOrEqual(Date.now() + 302_000);
  });
});

describe.skipIf(process.platform === 'win32')('a session that others can read', () => {
  it('is told of once, however often it is looked at', async () => {
    home.save(sessionWith(server, { validForSeconds: -1 }));
    chmodSync(home.path(owner()), 0o644);
    const { status, stderr } = await token();
    expect(status).toBe(0);
    expect(stderr.match(/Others can read the session/g)).toHaveLength(1);
    expect(stderr).toContain(`chmod 600 ${home.path(owner())}`);
  });
});

describe('an answer without an access token', () => {
  it.each([
    { case: 'to a grant that needs no person', args: ['--grant-type', 'client_credentials'], saved: false },
    { case: 'to a refresh', args: [], saved: true },
  ])('$case ends the run with 6', async ({ args, saved }) => {
    await restart({ answer: () => ({ status: 200, body: { id_token: 'x', token_type: 'Bearer' } }) });
    if (saved) home.save(sessionWith(server, { validForSeconds: -1 }));
    const secret = ['--client-secret-env', 'S', '--json'];
    const run = await runHere(['token', ...named(), ...args, ...secret], { env: { ...home.env, S: 's' } });
    expect(errorOf(run)).toMatchObject({ exit_code: 6 });
    expect(home.files()).toHaveLength(saved ? 1 : 0);
  });
});

describe('a session that cannot help', () => {
  it('is missing: exit 4 with the login command', async () => {
    const run = await token('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'login_required',
      exit_code: 4,
      message: `There is no session of client client-1 at ${server.origin}.`,
      hint: `Log in first: oauth-code login --issuer ${server.origin} --client-id client-1`,
    });
  });

  it('has expired and no refresh token: exit 4', async () => {
    home.save(withoutRefreshToken(sessionWith(server, { validForSeconds: -1 })));
    const run = await token('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'login_required',
      exit_code: 4,
      hint: `Log in again: oauth-code login --issuer ${server.origin} --client-id client-1`,
    });
    expect(server.requests).toEqual([]);
  });

  it('was revoked: exit 4, only that session is dropped, and the answer is told', async () => {
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const other = {
      ...sessionWith(server),
      owner: { ...owner(), clientId: 'client-2' },
      client_id: 'client-2',
    };
    home.save(other);
    server.revoke();
    const run = await token('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'login_required',
      step: 'token',
      exit_code: 4,
      message:
        `The server no longer takes the refresh token of client client-1 at ${server.origin}: ` +
        'invalid_grant (The refresh token is not known.). The session was dropped.',
    });
    expect(home.files()).toEqual([home.path(other.owner).split('/').at(-1)]);
  });

  it('is kept when the server fails, or refuses for another reason', async () => {
    for (const [status, body, exit] of [
      [503, '<h1>Down</h1>', 6],
      [401, { error: 'invalid_client' }, 3],
      [400, { error: 'invalid_request' }, 3],
    ] as const) {
      await restart({ answer: () => ({ status, body }) });
      const saved = sessionWith(server, { validForSeconds: -1 });
      home.save(saved);
      expect((await token()).status).toBe(exit);
      expect(home.read(owner()).tokens?.refresh_token).toBe(saved.tokens.refresh_token);
    }
  });

  it('is kept when nothing comes back, and tells later that a refresh was interrupted', async () => {
    let answers = false;
    await restart({ answer: (sound) => (answers ? sound : undefined) });
    home.save(sessionWith(server, { validForSeconds: -1 }));
    expect((await token()).status).toBe(5);
    expect(home.read(owner()).refresh_interrupted_at).toMatch(/^\d{4}-/);
    answers = true;
    const run = await token('--json');
    expect(errorOf(run).message).toMatch(
      /The session was dropped\. A refresh at \d{4}-.* was interrupted: most likely the server replaced the token then/,
    );
  });

  it.each([
    { problem: 'torn', text: '{"version":1,"kind":"oauth-code session","tok' },
    { problem: 'torn', text: '' },
    { problem: 'foreign', text: '{"hello":"world"}' },
  ])('is $problem: it is set aside, said, and exit 4', async ({ problem, text }) => {
    const path = home.write(owner(), text);
    const { status, stdout, stderr } = await token();
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain(`${path}.${problem}`);
    expect(readFileSync(`${path}.${problem}`, 'utf8')).toBe(text);
    expect((await token()).status).toBe(4);
    expect(home.files()).toEqual([`${path.split('/').at(-1)}.${problem}`]);
  });

  it('is of a newer version: exit 2, and it is left alone', async () => {
    const text = serializeSession(sessionWith(server)).replace('"version":1', '"version":2');
    const path = home.write(owner(), text);
    const run = await token('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'config',
      exit_code: 2,
      message: `${path} was written by a newer oauth-code than this one.`,
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is ambiguous: exit 2', async () => {
    for (const clientId of ['client-1', 'client-2']) {
      home.save({ ...sessionWith(server), owner: { ...owner(), clientId }, client_id: clientId });
    }
    const run = await runHere(['token', '--json'], { env: home.env });
    expect(errorOf(run)).toMatchObject({
      code: 'usage',
      message: 'No session was named, and 2 are saved.',
    });
  });

  it('needs a client secret that nobody gives: exit 2, and nothing is sent', async () => {
    const session = sessionWith(server, { validForSeconds: -1 });
    home.save({ ...session, server: { ...session.server, auth_method: 'client_secret_basic' } });
    const run = await token('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'usage',
      message: 'The client client-1 needs its client secret.',
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a check that is named to be waived', () => {
  it('has to be one: exit 2, whether or not the saved token is good', async () => {
    home.save(sessionWith(server));
    const run = await token('--json', '--no-verify', 'bogus-check');
    expect(errorOf(run)).toMatchObject({
      code: 'usage',
      exit_code: 2,
      message: 'Unknown check in --no-verify: bogus-check',
    });
    expect(run.stdout).toBe('');
    expect((await token('--no-verify', 'token_response, iss')).status).toBe(0);
  });
});

describe('the client secret of a refresh', () => {
  it.each([
    { from: 'a variable', secret_from: { env: 'MY_SECRET' } as const },
    { from: 'a file', secret_from: { file: '/my/secret' } as const },
  ])('comes from $from that the login named', async ({ secret_from }) => {
    const session = sessionWith(server, { validForSeconds: -1, secret_from });
    home.save({ ...session, server: { ...session.server, auth_method: 'client_secret_basic' } });
    const { status } = await runHere(['token', ...named()], {
      env: { ...home.env, MY_SECRET: 's3cret' },
      files: { '/my/secret': 's3cret\n' },
    });
    expect(status).toBe(0);
    expect(server.requests[0]?.authorization).toBe(
      `Basic ${Buffer.from('client-1:s3cret').toString('base64')}`,
    );
  });
});

describe('less than a session allows', () => {
  it('is asked for with the refresh token, and leaves the token of the session alone', async () => {
    home.save(sessionWith(server));
    const whole = server.last.accessToken;
    const { status, stdout } = await token('--scope', 'read');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${server.last.accessToken}\n` });
    expect(server.requests[0]?.form.get('scope')).toBe('read');
    expect(home.read(owner()).tokens).toMatchObject({
      access_token: whole,
      refresh_token: server.last.refreshToken,
    });
    expect((await token()).stdout).toBe(`${whole}\n`);
    expect((await token('--scope', 'read')).stdout).toBe(stdout);
    expect(server.requests).toHaveLength(1);
  });

  it('may be one of its resources', async () => {
    const requested = {
      scope: ['read'],
      resource: ['https://a.example/', 'https://b.example/'],
      audience: null,
    };
    home.save(sessionWith(server, { requested, scope: ['read'] }));
    expect((await token('--resource', 'https://b.example/')).status).toBe(0);
    expect(server.requests[0]?.form.getAll('resource')).toEqual(['https://b.example/']);
  });

  it('is not more: exit 4, with the login that would get it', async () => {
    home.save(sessionWith(server));
    const run = await token('--scope', 'read admin', '--json');
    expect(errorOf(run)).toMatchObject({
      exit_code: 4,
      message: `The session of client client-1 at ${server.origin} is not the one that is wanted: its scope is read write.`,
      hint: `Log in for it: oauth-code login --issuer ${server.origin} --client-id client-1 --scope "read admin"`,
    });
  });
});

describe('the login for another session', () => {
  it.each([
    ['--client-id other', ' --client-id other'],
    ['--audience https://api.example', ' --audience https://api.example'],
    ['--scope admin', ' --scope "admin"'],
  ])('repeats what was given beside the profile: %s', async (given, words) => {
    const settings = { version: 1, profiles: { work: { issuer: server.origin, client_id: 'client-1' } } };
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify(settings));
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'work' } }));
    const run = await runHere(['token', '-p', 'work', ...given.split(' '), '--json'], { env: home.env });
    expect(errorOf(run)).toMatchObject({ hint: `Log in for it: oauth-code login -p work${words}` });
  });
});

describe('a grant without a person', () => {
  const secret = { JOB_SECRET: 's3cret-of-the-job' };
  const job = (...args: readonly string[]) =>
    runHere(
      [
        'token',
        ...named(),
        '--grant-type',
        'client_credentials',
        '--client-secret-env',
        'JOB_SECRET',
        ...args,
      ],
      { env: { ...home.env, ...secret } },
    );

  it('brings a token, which is kept: the next one takes no request', async () => {
    const { status, stdout, stderr } = await job('--scope', 'read');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${server.last.accessToken}\n`,
      stderr: '',
    });
    expect(server.requests.map(({ form }) => Object.fromEntries(form))).toEqual([
      { grant_type: 'client_credentials', scope: 'read' },
    ]);
    expect((await job('--scope', 'read')).stdout).toBe(stdout);
    expect(server.requests).toHaveLength(1);
  });

  it('is done again with one request when its token has expired, without being told how', async () => {
    await job();
    const saved = home.read(owner());
    home.write(owner(), serializeSession({ ...saved, expires_at: saved.obtained_at } as never));
    const { status, stdout } = await runHere(['token', ...named()], { env: { ...home.env, ...secret } });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${server.last.accessToken}\n` });
    expect(server.requests).toHaveLength(2);
  });

  it('leaves nothing behind with --store none', async () => {
    expect((await job('--store', 'none')).status).toBe(0);
    expect(home.files()).toEqual([]);
  });

  it('ends with the error of the server, as it is: exit 3', async () => {
    await restart({
      answer: () => ({ status: 401, body: { error: 'invalid_client', error_description: 'No.' } }),
    });
    const run = await job('--json');
    expect(errorOf(run)).toMatchObject({
      code: 'token_error',
      exit_code: 3,
      oauth: { error: 'invalid_client', error_description: 'No.', error_uri: null, status: 401 },
    });
  });
});

describe('the formats', () => {
  const formats: readonly (readonly [format: string, expected: (token: string) => string])[] = [
    ['token', (text) => `${text}\n`],
    ['header', (text) => `Authorization: Bearer ${text}\n`],
    ['env', (text) => `OAUTH_CODE_ACCESS_TOKEN='${text}'\n`],
    ['curl-config', (text) => `header = "Authorization: Bearer ${text}"\n`],
  ];

  it.each(formats)('%s', async (format, expected) => {
    home.save(sessionWith(server));
    expect((await token('-o', format)).stdout).toBe(expected(server.last.accessToken));
  });

  it('exec-credential, in the version kubectl asks for', async () => {
    const session = sessionWith(server);
    home.save(session);
    const { stdout } = await runHere(['token', ...named(), '-o', 'exec-credential'], {
      env: {
        ...home.env,
        KUBERNETES_EXEC_INFO: '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential"}',
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      status: {
        token: server.last.accessToken,
        expirationTimestamp: session.expires_at?.replace(/\.\d+Z$/, 'Z'),
      },
    });
  });

  it('github-output: masks on stdout, values in the file', async () => {
    home.save(sessionWith(server));
    const file = join(home.folder, 'github-output');
    writeFileSync(file, 'earlier=1\n');
    const { status, stdout } = await runHere(['token', ...named(), '-o', 'github-output'], {
      env: { ...home.env, GITHUB_OUTPUT: file },
    });
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`::add-mask::${server.last.accessToken}`);
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .every((line) => line.startsWith('::add-mask::')),
    ).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(
      new RegExp(`^earlier=1\naccess_token<<(\\S+)\n${server.last.accessToken}\n\\1\nexpires_at<<`),
    );
  });

  it('github-output outside a job: exit 2, and no token anywhere', async () => {
    home.save(sessionWith(server));
    const { status, stdout, stderr } = await token('-o', 'github-output');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('GITHUB_OUTPUT');
  });

  it('one that there is not: exit 2', async () => {
    expect((await token('-o', 'yaml')).status).toBe(2);
  });
});

describe('as a credential helper of git', () => {
  const ask = (action: string, stdin: string, ...args: readonly string[]) =>
    runHere(['token', ...named(), '-o', 'git-credential', '--git-host', 'git.example', ...args, action], {
      env: home.env,
      stdin,
    });

  it('answers get with the token as password', async () => {
    const session = sessionWith(server);
    home.save(session);
    const { status, stdout } = await ask('get', 'protocol=https\nhost=git.example\nunknown=1\n\n');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `username=oauth2\npassword=${server.last.accessToken}\npassword_expiry_utc=${Math.floor(
        Date.parse(session.expires_at ?? '') / 1000,
      )}\n`,
    });
  });

  it('answers with a Bearer token when that is wanted and git can use it', async () => {
    home.save(sessionWith(server));
    const request = 'capability[]=authtype\nprotocol=https\nhost=git.example\n\n';
    expect((await ask('get', request, '--git-bearer')).stdout).toMatch(
      new RegExp(
        `^capability\\[\\]=authtype\nauthtype=Bearer\ncredential=${server.last.accessToken}\nephemeral=1\n`,
      ),
    );
    expect((await ask('get', 'protocol=https\nhost=git.example\n', '--git-bearer')).stdout).toMatch(
      /^username=/,
    );
  });

  it('has another token fetched after git has said erase', async () => {
    home.save(sessionWith(server));
    const refused = server.last.accessToken;
    await ask('erase', `protocol=https\nhost=git.example\npassword=${refused}\n\n`);
    expect((await ask('get', 'protocol=https\nhost=git.example\n\n')).stdout).toContain(
      server.last.accessToken,
    );
    expect(server.last.accessToken).not.toBe(refused);
    expect(server.requests).toHaveLength(1);
  });

  it('does nothing for store and actions it does not know', async () => {
    for (const [action, asked] of [
      ['store', 'protocol=https\nhost=git.example\n'],
      ['capability', ''],
    ] as const) {
      expect(await ask(action, asked)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    }
  });
});

describe('tokens kept with the keychain', () => {
  const args = ['--client-secret-env', 'JOB_SECRET', '--json'];
  const surroundings = (keychain: Map<string, string>) => ({
    env: { ...home.env, OAUTH_CODE_STORE: '', JOB_SECRET: 's3cret' },
    keychain,
  });
  const accessTokenOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout).tokens.access_token;

  it('are nowhere in the file, and found again', async () => {
    const keychain = new Map<string, string>();
    const job = ['token', ...named(), ...args, '--grant-type', 'client_credentials'];
    const first = await runHere(job, surroundings(keychain));
    expect(readFileSync(home.path(owner()), 'utf8')).not.toContain(accessTokenOf(first));
    expect(accessTokenOf(await runHere(job, surroundings(keychain)))).toBe(accessTokenOf(first));
    expect(server.requests).toHaveLength(1);
    expect([...keychain.keys()]).toEqual(['sessions']);
    // Without its key such a session is worth nothing and costs nothing: another takes its place.
    expect((await runHere(job, surroundings(new Map()))).status).toBe(0);
    expect(server.requests).toHaveLength(2);
  });

  it('are refreshed and sealed again', async () => {
    const keychain = new Map<string, string>();
    const context = createTestContext(surroundings(keychain)).context;
    const session = sessionWith(server, { validForSeconds: -1 });
    home.write(owner(), await sessionText(context, session, 'keychain'));
    const run = await runHere(['token', ...named(), '--json'], surroundings(keychain));
    expect(accessTokenOf(run)).toBe(server.last.accessToken);
    const text = readFileSync(home.path(owner()), 'utf8');
    expect(text).not.toContain(server.last.accessToken);
    expect(text).not.toContain(server.last.refreshToken);
    expect(accessTokenOf(await runHere(['token', ...named(), '--json'], surroundings(keychain)))).toBe(
      server.last.accessToken,
    );
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    {
      case: 'the key is gone',
      spoil: (text: string) => text,
      key: undefined,
      message: 'The key to this session is no longer in the keychain.',
    },
    {
      case: 'something beside them was changed',
      spoil: (text: string) => text.replace('/token"', '/evil"'),
      key: 'kept',
      message: 'This session was sealed with another key, or was changed since.',
    },
  ])('are of no use when $case: exit 2, and nothing is sent', async ({ spoil, key, message }) => {
    const keychain = new Map<string, string>();
    const context = createTestContext(surroundings(keychain)).context;
    const text = await sessionText(context, sessionWith(server), 'keychain');
    home.write(owner(), spoil(text));
    const run = await runHere(
      ['token', ...named(), '--json'],
      surroundings(key === undefined ? new Map() : keychain),
    );
    expect(errorOf(run)).toMatchObject({ code: 'config', exit_code: 2, message });
    expect(server.requests).toEqual([]);
  });
});
