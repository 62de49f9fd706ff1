import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  'settings of --config': { name: 'other.json', args: ['token', '-p', 'work', '--config', 'FILE'] },
  'a session, by the quick door': { name: '', args: ['token', ...client] },
  'a session': { name: '', args: ['token', ...client, '--min-validity', '9'] },
  'a project file': { name: 'oauth-code.config.json', args: ['token', '-p', 'work'] },
} as const;

/** What happens to a file that others can come to, for our own files, for those of `--config`, and for a project's. */
const table: readonly {
  readonly mode: number;
  readonly owner?: number;
  readonly as?: 'root';
  readonly own: string;
  readonly named: string;
}[] = [
  { mode: 0o600, own: 'used', named: 'used' },
  { mode: 0o600, owner: 0, as: 'root', own: 'used', named: 'used' },
  { mode: 0o644, owner: 0, own: 'used', named: 'used' },
  { mode: 0o660, own: 'refused: its group', named: 'warned of: its group' },
  { mode: 0o606, own: 'refused: everyone', named: 'refused: everyone' },
  { mode: 0o666, own: 'refused: everyone', named: 'refused: everyone' },
  { mode: 0o644, owner: other, own: 'refused: its owner', named: 'refused: its owner' },
  { mode: 0o644, owner: other, as: 'root', own: 'warned of: its owner', named: 'warned of: its owner' },
  { mode: 0o664, owner: other, as: 'root', own: 'refused: its group', named: 'warned of: its group' },
  { mode: 0o666, owner: other, as: 'root', own: 'refused: everyone', named: 'refused: everyone' },
];

async function outcome(
  kind: keyof typeof files,
  { mode, owner, as }: Pick<(typeof table)[number], 'mode' | 'owner' | 'as'>,
) {
  const { name, args } = files[kind];
  const uid = canBecomeUser && as === undefined ? user : undefined;
  const last = { accessToken: 'saved-token', refreshToken: 'r' };
  const session = home.save(sessionWith({ origin: issuer, tokenEndpoint: `${issuer}/token`, last }));
  const file = name === '' ? session : join(home.folder, name);
  if (name !== '') writeFileSync(file, JSON.stringify(settings));
  const paths = [home.folder, dirname(session), session, file];
  if (uid !== undefined) for (const path of paths) chownSync(path, uid, uid);
  chmodSync(file, mode);
  if (owner !== undefined) chownSync(file, owner, owner);
  const words = args.map((word) => word.replace('FILE', file));
  const run = await runCli(words, { env: home.env, cwd: home.folder, ...(uid === undefined ? {} : { uid }) });
  const who = /can be changed by (its \w+|everyone)/.exec(run.stderr.replace(/\s+/g, ' '))?.[1];
  const verb = run.status === 2 ? 'refused' : who === undefined ? 'used' : 'warned of';
  return who === undefined ? verb : `${verb}: ${who}`;
}

const possible = table.filter(
  ({ owner, as }) => (owner === undefined && as === undefined) || (as === 'root' ? isRoot : canBecomeUser),
);
const rows = Object.keys(files).flatMap((kind) =>
  possible.map((row) => {
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
