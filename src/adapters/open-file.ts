import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FileChanger } from '../context.ts';

/**
 * Opens a regular file, or /dev/null, without waiting for another process.
 * @throws the error of the system; EISDIR or ENXIO when the file is not a regular one
 */
export function openRegularFile(path: string): { readonly file: number; readonly stats: Stats } {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = fstatSync(file);
  if (stats.isFile() || path === '/dev/null') return { file, stats };
  closeSync(file);
  throw Object.assign(new Error('Not a regular file'), { code: stats.isDirectory() ? 'EISDIR' : 'ENXIO' });
}

/**
 * Reads a regular file whole. Its size is not believed: files of /proc have none.
 * @throws as `openRegularFile`, and an error that names the bound, in octets, when there is more
 */
export function readRegularFile(
  path: string,
  bound: number,
): { readonly octets: Buffer; readonly stats: Stats } {
  const { file, stats } = openRegularFile(path);
  try {
    let octets = Buffer.alloc(Math.min(stats.size, bound) + 1);
    for (let size = 0; size <= bound; ) {
      const read = readSync(file, octets, { offset: size });
      size += read;
      if (read === 0) return { octets: octets.subarray(0, size), stats };
      if (size === octets.length) octets = Buffer.concat([octets], size * 2);
    }
    throw tooLarge(bound);
  } finally {
    closeSync(file);
  }
}

/**
 * Who can change a file or folder, or put a link to another one in its place, besides this user and root, judging as
 * many folders above it. Folders further above count where everyone can rename what is in them. Always empty on
 * Windows, which has no modes.
 */
export function changersOf(path: string, stats: Stats, folders: number): readonly FileChanger[] {
  if (process.platform === 'win32' || !(stats.isFile() || stats.isDirectory())) return [];
  const entries: string[] = [];
  let at = path;
  for (let left = folders; left >= 0; left -= 1, at = dirname(at)) {
    entries.push(...withTargets(at).slice(left === 0 ? 1 : 0));
  }
  const above = [...new Set([...chainOf(at), ...chainOf(realpathSync(at))])];
  const open = above.filter((folder) => (statSync(folder).mode & 0o1002) === 0o002);
  return [
    ...changers(path, stats),
    ...entries.flatMap(replacersOf),
    ...open.map((folder) => ({ who: 'everyone' as const, path: folder })),
  ];
}

/** A folder and all those above it. */
function chainOf(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...chainOf(above)];
}

/** An entry and, where it is a link, each one that it leads to. */
function withTargets(path: string): readonly string[] {
  const found = [path];
  for (let at = path; lstatSync(at).isSymbolicLink() && found.length < 40; found.push(at)) {
    at = resolve(dirname(at), readlinkSync(at));
  }
  return found;
}

/** A sticky bit keeps an entry of ours where it is, unless another user made it as a second name of a file of ours. */
function replacersOf(entry: string): readonly FileChanger[] {
  const [stats, folder] = [lstatSync(entry), dirname(entry)];
  const around = statSync(folder);
  const isKept =
    (around.mode & 0o1000) !== 0 && isTrusted(stats.uid) && (stats.nlink === 1 || stats.isDirectory());
  return changers(folder, around).filter(({ who }) => who === 'owner' || !isKept);
}

function changers(path: string, { mode, uid }: Stats): readonly FileChanger[] {
  const bits = { everyone: (mode & 0o002) !== 0, group: (mode & 0o020) !== 0, owner: !isTrusted(uid) };
  return (['everyone', 'group', 'owner'] as const).flatMap((who) => (bits[who] ? [{ who, path }] : []));
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/** Whether a file with a secret in it lets other users read it, as ssh(1) judges keys of the user, or everyone change it. */
export function liesOpen({ mode, uid }: Stats): boolean {
  if (process.platform === 'win32') return false;
  return (mode & 0o002) !== 0 || (uid === process.geteuid?.() && (mode & 0o077) !== 0);
}

/** The error for what has more octets than a bound. */
export function tooLarge(bound: number): Error {
  return new Error(`it has more than ${bound / 1_000_000} MB`);
}

/** Whether a path names a stream that is open already: stdin, or what a shell opened for `<(command)`. */
export function isOpenStream(path: string): boolean {
  return /^\/dev\/stdin$|^\/(?:dev|proc\/self)\/fd\/\d+$/.test(path);
}
