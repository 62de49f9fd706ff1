import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyCase } from '../every-case.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { runCli } from './cli.ts';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const isRoot = process.getuid?.() === 0;
/** Whom root becomes for a test, and somebody else. */
const user = 65_534;
const other = 12_345;
const canBecomeUser =
  isRoot && spawnSync(process.execPath, [bin, '--version'], { uid: user, cwd: '/' }).status === 0;

const issuer = 'https://as.example';
const client = ['--issuer', issuer, '--client-id', 'client-1'];
const settings = { version: 1, profiles: { work: { issuer, client_id: 'client-1' } } };

const recording = {
  version: 1,
  kind: 'trace',
  recorded_by: 'oauth-code',
  command: 'login',
  started_at: '2026-01-01T00:00:00.000Z',
  duration_ms: 1,
  secrets: 'redacted',
  outcome: { status: 'done' },
  events: [],
  tokens: [],
};

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

/** Each file that is read, and a command that reads it. */
const files = {
  'own settings': { name: 'config.json', args: ['token', '-p', 'work'] },
  'own settings, named by --config': {
    name: 'config.json',
    args: ['token', '-p', 'work', '--config', 'FILE'],
  },
  'own settings, behind a saved token': { name: 'config.json', args: ['token', ...client] },
  'settings of --config': { name: 'named/other.json', args: ['token', '-p', 'work', '--config', 'FILE'] },
  'a session, by the quick door': { name: '', args: ['token', ...client] },
  'a session': { name: '', args: ['token', ...client, '--min-validity', '9'] },
  'the last recording': { name: 'last.json', args: ['report', 'last'] },
  'a project file': { name: 'oauth-code.config.json', args: ['token', '-p', 'work'] },
} as const;

/** What happens to a file that others can come to, for our own files, for those of `--config`, and for a project's. */
const table: readonly {
  readonly mode: number;
  readonly owner?: number;
  readonly as?: 'root';
  readonly own: string;
  readonly named: string;
  /** Tried with each kind of file. */
  readonly everywhere?: true;
}[] = [
  { mode: 0o600, own: 'used', named: 'used', everywhere: true },
  { mode: 0o600, owner: 0, as: 'root', own: 'used', named: 'used' },
  { mode: 0o644, owner: 0, own: 'used', named: 'used' },
  { mode: 0o660, own: 'refused: its group', named: 'warned of: its group', everywhere: true },
  { mode: 0o606, own: 'refused: everyone', named: 'refused: everyone', everywhere: true },
  { mode: 0o666, own: 'refused: everyone', named: 'refused: everyone' },
  { mode: 0o644, owner: other, own: 'refused: its owner', named: 'refused: its owner', everywhere: true },
  { mode: 0o644, owner: other, as: 'root', own: 'warned of: its owner', named: 'warned of: its owner' },
  { mode: 0o664, owner: other, as: 'root', own: 'refused: its group', named: 'warned of: its group' },
  { mode: 0o666, owner: other, as: 'root', own: 'refused: everyone', named: 'refused: everyone' },
];

/** A file on which nothing is wrong, in a folder, or below one, that others can come to. */
const folders: readonly {
  readonly what: string;
  readonly kind: keyof typeof files;
  /** Folders above the file. */
  readonly above?: 2;
  readonly mode: number;
  readonly owner?: number;
  readonly expected: string;
}[] = [
  { what: 'everyone', kind: 'own settings', mode: 0o777, expected: 'refused: everyone' },
  { what: 'its group', kind: 'own settings', mode: 0o770, expected: 'refused: its group' },
  { what: 'another owner', kind: 'own settings', mode: 0o755, owner: other, expected: 'refused: its owner' },
  { what: 'root', kind: 'own settings', mode: 0o755, owner: 0, expected: 'used' },
  { what: 'everyone', kind: 'settings of --config', mode: 0o777, expected: 'refused: everyone' },
  { what: 'its group', kind: 'settings of --config', mode: 0o770, expected: 'warned of: its group' },
  { what: 'everyone, with a sticky bit', kind: 'own settings', mode: 0o1777, expected: 'used' },
  {
    what: 'everyone, with a sticky bit, and another owner',
    kind: 'own settings',
    mode: 0o1777,
    owner: other,
    expected: 'refused: its owner',
  },
  { what: 'everyone', kind: 'a session', mode: 0o777, expected: 'refused: everyone' },
  { what: 'its group', kind: 'a session', mode: 0o770, expected: 'refused: its group' },
  { what: 'everyone', kind: 'a session, by the quick door', mode: 0o777, expected: 'refused: everyone' },
  { what: 'its group', kind: 'a session', above: 2, mode: 0o770, expected: 'refused: its group' },
  {
    what: 'everyone',
    kind: 'a session, by the quick door',
    above: 2,
    mode: 0o777,
    expected: 'refused: everyone',
  },
];

async function outcome(
  kind: keyof typeof files,
  { mode, owner, as, above = 0 }: Pick<(typeof table)[number], 'mode' | 'owner' | 'as'> & { above?: number },
) {
  const { name, args } = files[kind];
  const uid = canBecomeUser && as === undefined ? user : undefined;
  const last = { accessToken: 'saved-token', refreshToken: 'r' };
  const session = home.save(sessionWith({ origin: issuer, tokenEndpoint: `${issuer}/token`, last }));
  const file = name === '' ? session : join(home.folder, name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (name !== '') writeFileSync(file, JSON.stringify(name === 'last.json' ? recording : settings));
  const paths = [home.folder, dirname(session), session, dirname(file), file];
  if (uid !== undefined) for (const path of paths) chownSync(path, uid, uid);
  let judged = file;
  for (let at = 0; at < above; at += 1) judged = dirname(judged);
  chmodSync(judged, mode);
  if (owner !== undefined) chownSync(judged, owner, owner);
  const words = args.map((word) => word.replace('FILE', file));
  const run = await runCli(words, { env: home.env, cwd: home.folder, ...(uid === undefined ? {} : { uid }) });
  const who = /can be changed by (its \w+|everyone)/.exec(run.stderr.replace(/\s+/g, ' '))?.[1];
  const verb = run.status === 2 ? 'refused' : who === undefined ? 'used' : 'warned of';
  return who === undefined ? verb : `${verb}: ${who}`;
}

const possible = table.filter(
  ({ owner, as }) => (owner === undefined && as === undefined) || (as === 'root' ? isRoot : canBecomeUser),
);
/** Kinds with which each row is tried: one for each of the columns, and the quick door. */
const fully: readonly string[] = ['own settings', 'settings of --config', 'a session, by the quick door'];
const rows = Object.keys(files).flatMap((kind) =>
  possible.flatMap((row) => {
    if (!everyCase && !fully.includes(kind) && row.everywhere !== true) return [];
    const who = `${row.as ?? 'a user'} on ${row.mode.toString(8)} of ${row.owner ?? 'the same'}`;
    return { ...row, kind: kind as keyof typeof files, who };
  }),
);

describe.skipIf(process.platform === 'win32')('a file that another user may have changed', () => {
  it.each(rows)('as $kind, for $who', async ({ kind, own, named, ...row }) => {
    const expected: Partial<Record<keyof typeof files, string>> = {
      // No profile of it counts there.
      'own settings, behind a saved token': own.replace(/^warned of.*/, 'used'),
      'settings of --config': named,
      'a project file': 'used',
    };
    expect(await outcome(kind, row)).toBe(expected[kind] ?? own);
  });
});

describe.skipIf(process.platform === 'win32')('a folder in which another user may have put a file', () => {
  const possibleHere = folders.filter(({ owner }) => owner === undefined || canBecomeUser);
  it.each(possibleHere)('of $kind, open to $what', async ({ kind, mode, owner, above = 1, expected }) => {
    expect(await outcome(kind, { mode, above, ...(owner === undefined ? {} : { owner }) })).toBe(expected);
  });

  it.each([
    [0o777, 'refused'],
    [0o1777, 'used'],
    [0o775, 'used'],
  ])('far above with the mode %o: %s', async (mode, expected) => {
    const top = join(home.folder, 'top');
    const own = join(top, 'a', 'b', 'oauth-code');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    writeFileSync(join(own, 'config.json'), JSON.stringify(settings), { mode: 0o600 });
    symlinkSync(join(top, 'a'), join(home.folder, 'linked'));
    chmodSync(top, mode);
    for (const folder of [own, join(home.folder, 'linked', 'b', 'oauth-code')]) {
      const env = { ...home.env, OAUTH_CODE_HOME: folder };
      const run = await runCli(['profile', 'list'], { env, cwd: home.folder });
      const isRefused = run.stderr.replace(/\s+/g, ' ').includes(`${top} can be changed by everyone`);
      expect([run.status, isRefused]).toEqual(expected === 'refused' ? [2, true] : [0, false]);
    }
  });

  it('is not helped by a sticky bit when the file there is a link of the other user', async () => {
    if (!canBecomeUser) return;
    const folder = mkdtempSync(join(home.folder, 'open-'));
    const own = join(home.folder, 'mine.json');
    writeFileSync(own, JSON.stringify(settings));
    for (const path of [home.folder, folder, own]) chownSync(path, user, user);
    chmodSync(folder, 0o1777);
    const link = join(folder, 'settings.json');
    symlinkSync(own, link);
    lchownSync(link, other, other);
    const args = ['token', '-p', 'work', '--config', link];
    const run = await runCli(args, { env: home.env, cwd: home.folder, uid: user });
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(`${folder} can be changed by everyone`);
    expect(run.status).toBe(2);
  });

  it.each(['the file', 'its folder'])('is found behind links by which %s is reached', async (what) => {
    const folder = (name: string, mode: number) => {
      const path = join(home.folder, name);
      mkdirSync(path, { recursive: true });
      chmodSync(path, mode);
      return path;
    };
    const [open, own, linked] = [folder('open', 0o777), folder('own', 0o700), folder('linked', 0o700)];
    writeFileSync(join(own, 'config.json'), JSON.stringify(settings), { mode: 0o600 });
    const isFile = what === 'the file';
    symlinkSync(isFile ? join(own, 'config.json') : own, join(open, 'hop'));
    symlinkSync(join(open, 'hop'), join(linked, isFile ? 'config.json' : 'oauth-code'));
    const file = isFile ? join(linked, 'config.json') : join(linked, 'oauth-code', 'config.json');
    const run = await runCli(['profile', 'list', '--config', file], { env: home.env, cwd: home.folder });
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(`${open} can be changed by everyone`);
    expect(run.status).toBe(2);
  });

  it('gets no session written into it', async () => {
    const sessions = join(home.folder, 'sessions');
    mkdirSync(sessions);
    chmodSync(sessions, 0o777);
    const server = ['--token-endpoint', 'http://127.0.0.1:9/token', '--client-id', 'c', '--store', 'file'];
    const run = await runCli(['token', '--grant-type', 'client_credentials', ...server], {
      env: { ...home.env, OAUTH_CODE_CLIENT_SECRET: 'a-secret-of-the-client' },
      cwd: home.folder,
    });
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(`${sessions} can be changed by everyone`);
    expect(run.status).toBe(2);
  });

  it.each([['list'], ['show', 'work']])('is told of by profile %s', async (...words) => {
    const file = join(home.folder, 'other.json');
    writeFileSync(file, JSON.stringify(settings));
    chmodSync(file, 0o660);
    const run = await runCli(['profile', ...words, '--config', file], { env: home.env, cwd: home.folder });
    expect(run.status).toBe(0);
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(`${file} can be changed by its group`);
  });
});
