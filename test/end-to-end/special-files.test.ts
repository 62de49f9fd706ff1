import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/storage/session-store.ts';
import { everyCase } from '../every-case.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { rs256 } from '../jose/token-vectors.ts';
import { cleanEnvironment, startCli } from './cli.ts';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-special-'));
const socket = createServer();

beforeAll(async () => {
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(folder, 'fifo')]);
  symlinkSync('/dev/zero', join(folder, 'zero'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'huge'), '');
  truncateSync(join(folder, 'huge'), 2 ** 40);
  await new Promise<Server>((done) => socket.listen(join(folder, 'socket'), () => done(socket)));
});
afterAll(() => {
  socket.close();
  rmSync(folder, { recursive: true });
});
type Prepare = (home: TestHome, file: string) => void;

const client = clientAt('https://as.example');
const token = ['token', '--issuer', client.issuer, '--client-id', client.clientId];
const special = 'it is a device, a pipe or a socket';
const targets = {
  fifo: special,
  zero: special,
  socket: special,
  folder: 'it is a folder',
  huge: 'more than 1',
} as const;

/** Puts a file where the session of a client would be. */
const asSession: Prepare = (home, file) => {
  const path = home.write(client, '');
  rmSync(path);
  symlinkSync(file, path);
};

/** Saves a session that has to be refreshed. */
function asExpired(home: TestHome, differing: Partial<Session> = {}): string {
  const last = { accessToken: 'a', refreshToken: 'r' };
  const tokenEndpoint = 'http://127.0.0.1:1/token';
  const session = sessionWith({ origin: client.issuer, tokenEndpoint, last }, { validForSeconds: -1 });
  const server = { ...session.server, auth_method: differing.secret_from ? 'client_secret_basic' : 'none' };
  return home.save({ ...session, server, ...differing });
}

/** Each way in which a command comes to a file. */
const ways: readonly {
  readonly way: string;
  readonly args: readonly string[];
  readonly prepare?: Prepare;
  /** Files that are read in pieces may have any size. */
  readonly anySize?: boolean;
  /** A way for which each file is tried: one for each reader of files. */
  readonly everyFile?: true;
}[] = [
  {
    way: 'the project file',
    args: ['token'],
    prepare: (home, file) => symlinkSync(file, join(home.folder, 'oauth-code.config.json')),
  },
  {
    way: 'the own settings',
    everyFile: true,
    args: ['token'],
    prepare: (home, file) => symlinkSync(file, join(home.folder, 'config.json')),
  },
  { way: '--config', args: ['token', '--config', 'FILE'] },
  { way: 'a session, by the quick door', args: token, prepare: asSession, everyFile: true },
  { way: 'a session', args: [...token, '--min-validity', '9'], prepare: asSession },
  { way: 'logout', args: ['logout', ...token.slice(1)], prepare: asSession },
  {
    way: 'the client secret of a session',
    args: token,
    prepare: (home, file) => asExpired(home, { secret_from: { file } }),
  },
  {
    way: 'the lock of a session, by the quick door',
    args: token,
    prepare: (home, file) => symlinkSync(file, `${asExpired(home)}.lock`),
  },
  {
    way: 'the lock of a session',
    args: [...token, '--min-validity', '9'],
    prepare: (home, file) => symlinkSync(file, `${asExpired(home)}.lock`),
  },
  ...[
    ['--client-secret-file', 'FILE'],
    ['--ca-file', 'FILE'],
    ['--cert', 'FILE', '--key', 'FILE'],
    ['--signing-key', 'FILE', '--auth-method', 'private_key_jwt'],
    ['--assertion-from', 'file:FILE'],
  ].map((words) => ({
    way: words[0] ?? '',
    ...(words[0] === '--client-secret-file' && { everyFile: true as const }),
    args: [
      ...['token', '--token-endpoint', 'http://127.0.0.1:1/token', '--client-id', 'x'],
      ...['--grant-type', 'client_credentials', ...words],
    ],
  })),
  {
    way: '--tls-cert',
    args: [
      ...[
        'login',
        '--issuer',
        'http://127.0.0.1:1',
        '--client-id',
        'x',
        '--redirect-uri',
        'https://localhost:0/',
      ],
      ...['--tls-cert', 'FILE', '--tls-key', 'FILE'],
    ],
  },
  { way: 'decode FILE, by the quick door', args: ['decode', 'FILE'] },
  { way: 'decode FILE', args: ['decode', 'FILE', '-q'], everyFile: true },
  { way: 'decode --jwks', args: ['decode', rs256.token, '--jwks', 'FILE'] },
  { way: 'decode --key', args: ['decode', rs256.token, '--key', 'FILE'] },
  { way: 'decode --decryption-key', args: ['decode', rs256.token, '--decryption-key', 'FILE'] },
  { way: 'debug FILE', args: ['debug', 'FILE'], anySize: true, everyFile: true },
  { way: 'report FILE', args: ['report', 'FILE'], anySize: true },
  { way: 'diff FILE FILE', args: ['diff', 'FILE', 'FILE'], anySize: true },
  { way: 'profile import FILE', args: ['profile', 'import', 'FILE'] },
  { way: 'idp --idp-options', args: ['idp', '--idp-port', '0', '--idp-options', 'FILE'] },
  {
    way: 'request --file',
    args: ['request', 'POST', 'http://127.0.0.1:1/', '--access-token-env', 'T', '--file', 'FILE'],
  },
  {
    way: 'request --data',
    args: ['request', 'POST', 'http://127.0.0.1:1/', '--access-token-env', 'T', '--data', '@FILE'],
  },
  {
    way: '--access-token-file',
    args: ['userinfo', '--userinfo-endpoint', 'http://127.0.0.1:1/', '--access-token-file', 'FILE'],
  },
];

describe.skipIf(process.platform === 'win32')('a file that is not a regular file, or too large', () => {
  it.each(ways)('is refused at once as $way', async ({ args, prepare, anySize, everyFile = everyCase }) => {
    const tried = Object.entries(targets)
      .filter(([target]) => !(anySize === true && target === 'huge'))
      .slice(0, everyFile ? undefined : 1);
    const refusals = tried.map(async ([target, reason]) => {
      const home = createTestHome();
      const file = join(folder, target);
      prepare?.(home, file);
      const words = args.map((word) => word.replace('FILE', file));
      const cli = startCli(words, { env: { ...home.env, T: 't' }, cwd: home.folder });
      const killer = setTimeout(() => cli.child.kill('SIGKILL'), 60_000);
      const { status, stdout, stderr } = await cli.finished;
      clearTimeout(killer);
      home.remove();
      const said = stderr.replace(/\s+/g, ' ');
      return { target, status, stdout, reason: said.includes(reason) ? reason : said };
    });
    expect(await Promise.all(refusals)).toEqual(
      tried.map(([target, reason]) => ({ target, status: 2, stdout: '', reason })),
    );
  });
});

it.skipIf(process.platform === 'win32')(
  'a FIFO that nobody reads is not waited for: $GITHUB_OUTPUT',
  async () => {
    const home = createTestHome();
    const tokenEndpoint = 'http://127.0.0.1:1/token';
    const last = { accessToken: 'a-token-that-is-long', refreshToken: 'r' };
    home.save(sessionWith({ origin: client.issuer, tokenEndpoint, last }));
    const env = { ...home.env, GITHUB_OUTPUT: join(folder, 'fifo') };
    const cli = startCli([...token, '-o', 'github-output'], { env, cwd: home.folder });
    const killer = setTimeout(() => cli.child.kill('SIGKILL'), 60_000);
    const { status, stderr } = await cli.finished;
    clearTimeout(killer);
    home.remove();
    expect({ status, said: stderr.replace(/\s+/g, ' ').includes(special) }).toEqual({
      status: 2,
      said: true,
    });
  },
);

it('stdin has a bound too, as the body of a request', async () => {
  const request = ['request', 'POST', 'http://127.0.0.1:1/', '--access-token-env', 'T', '--file', '-'];
  const { status, stderr } = await startCli(request, { env: { T: 't' }, input: 'x'.repeat(100_000_001) })
    .finished;
  expect(status).toBe(2);
  expect(stderr).toContain('it has more than 100 MB');
});

describe.skipIf(process.platform === 'win32')('a stream that is open already', () => {
  const settings = '{"version":1,"profiles":{"work":{"issuer":"https://as.example"}}}';
  const shell = (script: string, ...words: readonly string[]) =>
    spawn('/bin/sh', ['-c', script, process.execPath, bin, ...words], {
      cwd: folder,
      env: { ...cleanEnvironment, OAUTH_CODE_HOME: folder },
    });

  it.each([
    ['/dev/fd/3', ['decode', '/dev/fd/3', '--json'], rs256.token],
    ['/dev/fd/3 for --config', ['profile', 'list', '--config', '/dev/fd/3'], settings],
    ['/dev/stdin', ['decode', '/dev/stdin', '--json'], rs256.token],
    ['/dev/stdin for --config', ['profile', 'list', '--config', '/dev/stdin'], settings],
    ['/proc/self/fd/3', ['decode', '/proc/self/fd/3', '--json'], rs256.token],
  ])('is read: %s', async (_, words, text) => {
    if (words.includes('/proc/self/fd/3') && process.platform !== 'linux') return;
    const child = shell('cat | "$0" "$@" 3<&0', ...words);
    child.stdin.end(text);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('cannot be made in /proc, which is told at once', async () => {
    const cli = startCli(['profile', 'save', 'a', '--issuer', 'https://a.example', '--client-id', 'a'], {
      env: { OAUTH_CODE_HOME: '/proc/oauth-code' },
    });
    const killer = setTimeout(() => cli.child.kill('SIGKILL'), 60_000);
    const { status, stderr } = await cli.finished;
    clearTimeout(killer);
    expect(status).toBe(2);
    expect(stderr).toContain('Cannot write /proc/oauth-code/');
  });

  it('is /dev/null too, which holds no settings', async () => {
    expect(await startCli(['profile', 'list', '--config', '/dev/null']).finished).toMatchObject({
      status: 0,
    });
  });

  it.concurrent.each([
    ['decode', '/dev/fd/3'],
    ['decode', '/dev/stdin'],
    ['profile', 'list', '--config', '/dev/fd/3'],
    ['profile', 'list', '--config', '/dev/stdin'],
    ['debug', '/dev/fd/3'],
  ])('that stays silent is given up at SIGTERM: %s %s', async (...words) => {
    const child = shell(`exec 3<>${join(folder, 'fifo')}; exec "$0" "$@"`, ...words);
    setTimeout(() => child.kill('SIGTERM'), 3000);
    const killer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(143);
    clearTimeout(killer);
  });
});
