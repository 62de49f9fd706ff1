import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentSettings, type Session, sessionText } from '../../src/storage/session-store.ts';
import { createTestContext } from '../fakes/context.ts';
import {
  type RotatingServer,
  type RotatingServerOptions,
  startRotatingServer,
} from '../fakes/rotating-server.ts';
import { runHere } from '../fakes/run-here.ts';
import {
  clientAt,
  createTestHome,
  sessionWith,
  type TestHome,
  withoutRefreshToken,
} from '../fakes/saved-sessions.ts';
import { cleanEnvironment, runCli } from './cli.ts';

let server: RotatingServer;
let home: TestHome;

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

/**
 * Runs the built bin through its entry, and the program past it in this process, with the same files; what a run changes
 * is put back where a test asks for it.
 */
async function throughBothDoors(
  args: readonly string[],
  {
    env = {},
    prepare,
    again = false,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly prepare: () => void | Promise<void>;
    readonly again?: boolean;
  },
) {
  await prepare();
  const options = { env: { OAUTH_CODE_HOME: home.folder, OAUTH_CODE_STORE: '', ...env }, cwd: home.folder };
  const quick = await runCli(['token', ...args], options);
  if (again) await prepare();
  const { status, stdout, stderr } = await runHere(['token', ...args], {
    env: { ...cleanEnvironment, ...options.env },
    home: cleanEnvironment.HOME,
    workingDirectory: home.folder,
  });
  return { quick, whole: { status, stdout, stderr } };
}

/** The builtin modules that a run loaded, and our files. */
function modulesLoaded(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly builtins: readonly string[]; readonly files: readonly string[] }> {
  const hook = join(__dirname, '..', '..', 'bench', 'report-on-exit.cjs');
  const report = join(home.folder, 'report.json');
  const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
  const env = {
    PATH: process.env.PATH ?? '',
    OAUTH_CODE_HOME: home.folder,
    BENCH_REPORT_FILE: report,
    ...more,
  };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--require', hook, ...args.map((word) => (word === 'BIN' ? bin : word))],
      { env, cwd: home.folder },
      (error) => {
        if (error !== null) return reject(error);
        return resolve(JSON.parse(readFileSync(report, 'utf8')));
      },
    );
  });
}

function withSecret(from: { readonly env: string } | undefined): Partial<Session> {
  const place = { auth_method: 'client_secret_basic' } as Session['server'];
  return from === undefined ? { server: place, quick: false } : { server: place, secret_from: from };
}

const profile = { type: 'profile', name: 'work' } as const;
const client = () => ['--issuer', server.origin, '--client-id', 'client-1'];

async function saveProfile(differing: Partial<Session> = {}, more: object = {}): Promise<void> {
  const config = {
    version: 1,
    profiles: { work: { issuer: server.origin, client_id: 'client-1', ...more } },
  };
  writeFileSync(join(home.folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const context = createTestContext({ env: home.env, home: home.folder }).context;
  home.save({
    ...sessionWith(server),
    owner: profile,
    settings: await currentSettings(context),
    ...differing,
  });
}

const idToken = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'sig']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const soonSeconds = () => Math.floor(Date.now() / 1000) + 3600;
const kubectl = (server?: string) => ({
  KUBERNETES_EXEC_INFO: JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    kind: 'ExecCredential',
    spec: { interactive: false, ...(server === undefined ? {} : { cluster: { server } }) },
  }),
});
const tokens = (more: object) => ({
  access_token: 'at-1',
  token_type: 'Bearer',
  token_response: {},
  ...more,
});

/** What scripts type, and the quick door answers from the session file. */
const doors: readonly {
  readonly case: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly session?: Partial<Session>;
}[] = [
  { case: 'JSON', args: ['-p', 'work', '--json'] },
  { case: 'JSON by the format', args: ['-p', 'work', '-o', 'json'] },
  { case: 'JSON by a variable', args: ['-p', 'work'], env: { OAUTH_CODE_JSON: '1' } },
  {
    case: 'JSON with numbers and texts of the server',
    args: ['-p', 'work', '--json'],
    session: {
      tokens: tokens({
        id_token: idToken({ sub: '\u2028é', big: 1.5, exp: 1 }),
        token_response: { x: '\u200b', expires_in: 3600 },
      }) as Session['tokens'],
    },
  },
  { case: 'a dotenv line', args: ['-p', 'work', '-o', 'env'] },
  { case: 'a line for curl', args: ['-p', 'work', '--output=curl-config', '-q', '--no-input'] },
  { case: 'a credential of kubectl', args: ['-p', 'work', '-o', 'exec-credential'] },
  {
    case: 'kubectl itself',
    args: ['-p', 'work', '-o', 'exec-credential'],
    env: kubectl('https://k8s.example'),
  },
  {
    case: 'kubectl with an ID token',
    args: ['-p', 'work'],
    env: { ...kubectl(), OAUTH_CODE_OUTPUT: 'exec-credential' },
    session: { tokens: tokens({ id_token: idToken({ exp: soonSeconds(), iat: 1 }) }) as Session['tokens'] },
  },
  { case: 'a token for a longer time', args: ['-p', 'work', '--min-validity', '120'] },
  {
    case: 'a token for a longer time by a variable',
    args: ['-p', 'work'],
    env: { OAUTH_CODE_MIN_VALIDITY: '120' },
  },
  { case: 'a profile by a variable', args: [], env: { OAUTH_CODE_PROFILE: 'work', OAUTH_CODE_QUIET: '1' } },
  { case: 'the scope that was asked for', args: ['-p', 'work', '--scope', 'read'] },
  {
    case: 'that scope in another order, in two options',
    args: ['-p', 'work', '--scope=b', '--scope', 'a'],
    session: { requested: { scope: ['a', 'b'], resource: [], audience: null } },
  },
  {
    case: 'the secret in the variable of the login',
    args: ['-p', 'work', '--client-secret-env', 'MY_SECRET'],
    session: { secret_from: { env: 'MY_SECRET' } },
  },
  {
    case: 'the secret in the file of the login',
    args: ['-p', 'work'],
    env: { OAUTH_CODE_CLIENT_SECRET_FILE: '/run/secrets/s' },
    session: { secret_from: { file: '/run/secrets/s' } },
  },
];

/** What only looks like it: the whole program has to judge. */
const others: typeof doors = [
  { case: 'two formats', args: ['-p', 'work', '--json', '-o', 'header'] },
  {
    case: 'a format in a variable beside --json',
    args: ['-p', 'work', '--json'],
    env: { OAUTH_CODE_OUTPUT: 'env' },
  },
  { case: 'another scope', args: ['-p', 'work', '--scope', 'admin'] },
  {
    case: 'a part of the scope',
    args: ['-p', 'work', '--scope', 'read'],
    session: {
      requested: { scope: ['read', 'write'], resource: [], audience: null },
      scope: ['read', 'write'],
    },
  },
  {
    case: 'a secret of another place',
    args: ['-p', 'work', '--client-secret-env', 'OTHER_SECRET'],
    env: { OTHER_SECRET: 's' },
  },
  {
    case: 'two places of a secret',
    args: ['-p', 'work'],
    env: { OAUTH_CODE_CLIENT_SECRET: 's', OAUTH_CODE_CLIENT_SECRET_ENV: 'MY_SECRET', MY_SECRET: 's' },
    session: { secret_from: { env: 'MY_SECRET' } },
  },
  { case: 'no time', args: ['-p', 'work', '--min-validity', 'soon'] },
  { case: 'a switch that is none', args: ['-p', 'work'], env: { OAUTH_CODE_QUIET: 'maybe' } },
  {
    case: 'a token that is not of that life',
    args: ['-p', 'work', '--min-validity', '7200'],
    session: { refreshable: false },
  },
  {
    case: 'a token bound to a key',
    args: ['-p', 'work', '-o', 'curl-config'],
    session: { tokens: tokens({ token_type: 'DPoP' }) as Session['tokens'] },
  },
  {
    case: 'a token of no known type',
    args: ['-p', 'work', '-o', 'exec-credential'],
    session: { tokens: tokens({ token_type: 'mac' }) as Session['tokens'] },
  },
  {
    case: 'a quote in a dotenv line',
    args: ['-p', 'work', '-o', 'env'],
    session: { tokens: tokens({ access_token: "a'b" }) as Session['tokens'] },
  },
  {
    case: 'kubectl of another version',
    args: ['-p', 'work', '-o', 'exec-credential'],
    env: { KUBERNETES_EXEC_INFO: '{"apiVersion":"v9"}' },
  },
  {
    case: 'kubectl with an ID token that has expired',
    args: ['-p', 'work', '-o', 'exec-credential'],
    session: { refreshable: false, tokens: tokens({ id_token: idToken({ exp: 1 }) }) as Session['tokens'] },
  },
  { case: 'another grant', args: ['-p', 'work', '--grant-type', 'client_credentials'] },
];

describe('both doors say the same, byte for byte,', () => {
  it.each([...doors, ...others])('for $case', async ({ args, env = {}, session = {} }) => {
    const { quick, whole } = await throughBothDoors(args, {
      env,
      prepare: () =>
        saveProfile({ requested: { scope: ['read'], resource: [], audience: null }, ...session }),
    });
    // A second may pass between the two.
    const withoutTime = (run: typeof quick) => ({
      ...run,
      stderr: run.stderr.replace(/valid for\s[^,]+,/, ''),
    });
    expect(withoutTime(quick)).toEqual(withoutTime(whole));
  });

  it.each([
    { bound: ['https://k8s.example'], asking: 'https://k8s.example/', status: 0 },
    { bound: ['https://k8s.example'], asking: 'https://other.example', status: 2 },
    { bound: ['https://k8s.example'], asking: undefined, status: 2 },
    { bound: 'https://k8s.example', asking: 'https://other.example', status: 2 },
  ])(
    'for kubectl at $asking with a token bound to $bound: exit $status',
    async ({ bound, asking, status }) => {
      const { quick, whole } = await throughBothDoors(['-p', 'work', '-o', 'exec-credential'], {
        env: kubectl(asking),
        prepare: () => saveProfile({}, { kubernetes_servers: bound }),
      });
      expect(quick).toEqual(whole);
      expect(quick.status).toBe(status);
    },
  );

  it.each([
    { case: 'the token of a profile', args: ['-p', 'work'] },
    { case: 'the token of a profile, the option written out', args: ['--profile=work'] },
    { case: 'a header', args: ['-p', 'work', '-o', 'header'] },
    { case: 'the token of the default output', args: ['-p', 'work', '--output=token'] },
    { case: 'JSON', args: ['-p', 'work', '--json'] },
    { case: 'a profile that there is not', args: ['-p', 'wrok'] },
    { case: 'an unknown option', args: ['-p', 'work', '--nonsense'] },
    { case: 'an option without its value', args: ['-p'] },
    { case: 'an option given twice', args: ['-p', 'work', '-p', 'work'] },
    { case: 'the help', args: ['--help'] },
    { case: 'a token for a longer time', args: ['-p', 'work', '--min-validity', '120'] },
    { case: 'an unknown format', args: ['-p', 'work', '-o', 'yaml'] },
  ])('for $case', async ({ args }) => {
    const { quick, whole } = await throughBothDoors(args, { prepare: () => saveProfile() });
    expect(quick).toEqual(whole);
  });

  it.each<{
    readonly case: string;
    readonly prepare: () => void | Promise<void>;
    readonly env?: Record<string, string>;
  }>([
    { case: 'a client', prepare: () => void home.save(sessionWith(server)) },
    { case: 'no session', prepare: () => {} },
    {
      case: 'an expired session without a refresh token',
      prepare: () => void home.save(withoutRefreshToken(sessionWith(server, { validForSeconds: -1 }))),
    },
    {
      case: 'a token of another type',
      prepare: () => void home.save(sessionWith(server, { tokens: { token_type: 'DPoP' } })),
    },
    {
      case: 'a token that no line may hold',
      prepare: () => void home.save(sessionWith(server, { tokens: { access_token: 'a\nb' } })),
    },
    {
      case: 'a file of a newer version',
      prepare: () => void home.write(clientAt(server.origin), '{"kind":"oauth-code session","version":2}'),
    },
    { case: 'a file that others can read', prepare: () => chmodSync(home.save(sessionWith(server)), 0o644) },
    {
      case: 'a variable that asks for something',
      prepare: () => void home.save(sessionWith(server)),
      env: { OAUTH_CODE_SCOPE: 'admin' },
    },
  ])('for $case', async ({ prepare, env = {} }) => {
    const { quick, whole } = await throughBothDoors([...client(), '-o', 'header'], { prepare, env });
    expect(quick).toEqual(whole);
  });

  it.each<{
    readonly case: string;
    readonly server?: RotatingServerOptions;
    readonly differing?: Partial<Session>;
    readonly env?: Record<string, string>;
    readonly status: number;
    /** Files, where not every refusal removes the session. */
    readonly left?: number;
  }>([
    { case: 'that the server refreshes', status: 0 },
    {
      case: 'whose client has a secret in a variable',
      differing: withSecret({ env: 'MY_SECRET' }),
      env: { MY_SECRET: 's' },
      status: 0,
    },
    {
      case: 'whose variable with the secret is empty',
      differing: withSecret({ env: 'MY_SECRET' }),
      status: 2,
    },
    { case: 'whose secret is nowhere', differing: withSecret(undefined), status: 2 },
    {
      case: 'that the server refuses',
      server: {
        answer: () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'a\u202eb' } }),
      },
      status: 4,
    },
    {
      case: 'that the server refuses in other words',
      server: {
        answer: () => ({ status: 400, body: { error: 'invalid_request', message: 'Expired refresh token' } }),
      },
      status: 4,
      left: 1,
    },
    {
      case: 'of a client that the server refuses',
      server: { answer: () => ({ status: 401, body: { error: 'invalid_client' } }) },
      status: 3,
    },
    {
      case: 'for which the server fails',
      server: { answer: () => ({ status: 503, body: '<h1>Down</h1>' }) },
      status: 6,
    },
    { case: 'for which the server hangs up', server: { answer: () => undefined }, status: 5 },
    { case: 'for which nothing is there', differing: {}, status: 5 },
    {
      case: 'that brings an ID token of another server',
      server: {
        answer: ({ body }) => ({
          status: 200,
          body: { ...(body as object), id_token: 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln' },
        }),
      },
      status: 6,
    },
    {
      case: 'that brings no access token',
      server: { answer: () => ({ status: 200, body: { refresh_token: 'rt', token_type: 'Bearer' } }) },
      status: 6,
    },
    {
      case: 'that brings a token no line may hold',
      server: {
        answer: () => ({ status: 200, body: { access_token: 'a b', token_type: 'Bearer', expires_in: 60 } }),
      },
      status: 6,
    },
  ])(
    'for an expired session $case: exit $status',
    async ({ case: name, server: differently, differing = {}, env = {}, status, left }) => {
      if (differently !== undefined) {
        await server.close();
        server = await startRotatingServer(differently);
      }
      if (name === 'for which nothing is there') await server.close();
      const { quick, whole } = await throughBothDoors(client(), {
        again: true,
        env,
        prepare: () => {
          server.begin();
          const session = sessionWith(server, { validForSeconds: -1 });
          home.save({ ...session, ...differing, server: { ...session.server, ...differing.server } });
        },
      });
      const withoutTokens = (run: typeof quick) => ({
        ...run,
        stdout: run.stdout.replace(/at-[\w-]+/, 'at'),
      });
      expect(withoutTokens(quick)).toEqual(withoutTokens(whole));
      expect(quick.status).toBe(status);
      expect(home.files()).toHaveLength(left ?? (status === 4 ? 0 : 1));
    },
  );

  it('for a client secret in UTF-16', async () => {
    const file = join(home.folder, 'secret.txt');
    writeFileSync(file, Buffer.from('\uFEFFa-client-secret\r\n', 'utf16le'));
    const place = { auth_method: 'client_secret_basic' } as Session['server'];
    const expired = sessionWith(server, { validForSeconds: -1 });
    const { quick, whole } = await throughBothDoors(client(), {
      prepare: () =>
        void home.save({ ...expired, server: { ...expired.server, ...place }, secret_from: { file } }),
      again: true,
    });
    expect(quick).toEqual(whole);
    expect(quick).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/not\s+text\s+in\s+UTF-8/),
    });
    expect(server.requests).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('for a client secret that others can read', async () => {
    const file = join(home.folder, 'secret.txt');
    writeFileSync(file, 'a-client-secret', { mode: 0o644 });
    const place = { auth_method: 'client_secret_basic' } as Session['server'];
    const expired = sessionWith(server, { validForSeconds: -1 });
    const { quick, whole } = await throughBothDoors(client(), {
      prepare: () =>
        void home.save({ ...expired, server: { ...expired.server, ...place }, secret_from: { file } }),
      again: true,
    });
    for (const { stderr } of [quick, whole])
      expect(stderr).toMatch(/secret\.txt can be read by other users: chmod 600/);
  });

  it('for an expired session whose server is asked over plain http', async () => {
    const { origin, last } = server;
    const expired = sessionWith(
      { origin, last, tokenEndpoint: 'http://as.test/token' },
      { validForSeconds: -10 },
    );
    const { quick, whole } = await throughBothDoors(client(), {
      prepare: () => void home.save(expired),
      env: { HTTP_PROXY: origin },
      again: true,
    });
    expect(quick).toEqual(whole);
    expect(quick).toMatchObject({ status: 6, stdout: '', stderr: expect.stringContaining('is plain http') });
    expect(server.requests).toEqual([]);
    expect(home.read(clientAt(origin)).tokens?.refresh_token).toBe(last.refreshToken);
  });
});

describe('the quick door', () => {
  it('loads nothing but fs, os and path', async () => {
    await saveProfile();
    const bare = new Set((await modulesLoaded(['-e', '0'])).builtins);
    const { builtins } = await modulesLoaded(['BIN', 'token', '-p', 'work']);
    const more = builtins.filter((name) => !bare.has(name));
    expect(more.filter((name) => !/NativeModule (os|path|fs|internal\/)/.test(name))).toEqual([]);
    expect(more.length).toBeLessThanOrEqual(4);
  });

  it.each(doors)('answers $case', async ({ args, env = {}, session = {} }) => {
    await saveProfile({ requested: { scope: ['read'], resource: [], audience: null }, ...session });
    const { files } = await modulesLoaded(['BIN', 'token', ...args], env);
    expect(files.filter((name) => /[\\/](?:main|quick-refresh)\.cjs$|chunks/.test(name))).toEqual([]);
  });

  it('answers a job that names its client, grant and secret by variables', async () => {
    const session = sessionWith(server);
    home.save({
      ...session,
      grant_type: 'client_credentials',
      requested: { scope: ['read'], resource: [], audience: null },
      secret_from: { env: 'JOB_SECRET' },
      settings: '',
    });
    const env = {
      OAUTH_CODE_ISSUER: server.origin,
      OAUTH_CODE_CLIENT_ID: 'client-1',
      OAUTH_CODE_GRANT_TYPE: 'client_credentials',
      OAUTH_CODE_SCOPE: 'read',
      OAUTH_CODE_CLIENT_SECRET_ENV: 'JOB_SECRET',
      JOB_SECRET: 's',
    };
    const { files } = await modulesLoaded(['BIN', 'token'], env);
    expect(files.filter((name) => name.includes('main.cjs'))).toEqual([]);
    const { quick, whole } = await throughBothDoors([], { env, prepare: () => {} });
    expect([quick, quick.status]).toEqual([whole, 0]);
  });

  it('stays shut when the settings have changed since the login', async () => {
    await saveProfile();
    const other = await startRotatingServer();
    try {
      const config = { version: 1, profiles: { work: { issuer: other.origin, client_id: 'client-1' } } };
      writeFileSync(join(home.folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
      const { status, stdout, stderr } = await runCli(['token', '-p', 'work'], {
        env: home.env,
        cwd: home.folder,
      });
      expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
      expect(stderr.replace(/\s+/g, ' ')).toContain(`it is with ${server.origin}`);
    } finally {
      await other.close();
    }
  });

  it('stays shut when a project file has come into play', async () => {
    await saveProfile();
    const project = join(home.folder, 'project');
    mkdirSync(project);
    const config = { version: 1, profiles: { work: { issuer: 'https://evil.example' } } };
    writeFileSync(join(project, 'oauth-code.config.json'), JSON.stringify(config));
    const { status, stdout } = await runCli(['token', '-p', 'work'], { env: home.env, cwd: project });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('leaves sealed tokens to the whole program', async () => {
    const context = createTestContext({ env: home.env, home: home.folder }).context;
    home.write(clientAt(server.origin), await sessionText(context, sessionWith(server), 'keychain'));
    const { status, stdout } = await runCli(['token', ...client()], { env: home.env });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
