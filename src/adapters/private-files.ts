import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { LockAttempt, PreparedWrite, PrivateFiles, StoredFile } from '../context.ts';
import { attempt } from '../errors/attempt.ts';
import { errorCode, fileError, isOutOfRoom } from '../errors/system-failure.ts';
import { ConfigError } from '../errors.ts';
import { decodeText } from '../protocol/text-input.ts';
import { say } from '../say.ts';
import { tryFileLock } from './file-lock.ts';
import { changersOf, liesOpen, readRegularFile } from './open-file.ts';

/** In octets; nothing we keep comes near it. */
const largestFile = 16_000_000;
/** File systems of Linux that make modes up: FAT, exFAT, NTFS, SMB and 9P, as which WSL shows the disks of Windows. */
const modeless = new Set([
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997,
]);
const unfinished = /^\..+\.[0-9a-f]{16}\.tmp$/;
/** A write takes milliseconds; what is this old was interrupted. */
const unfinishedForMs = 10 * 60 * 1000;
/** On Windows a file that a virus scanner or indexer holds open cannot be replaced for a moment. */
const replaceAttempts = 10;

/** Waits for the disk, during which much else can happen. */
const sync = promisify(fsync);

/**
 * The files of ours on disk: settings and sessions. Only what waits for the disk is left to another thread: handing
 * the rest over would take longer than doing it.
 */
export const privateFiles: PrivateFiles = {
  read,
  judgeFolder,
  async judgeFile(path, folders) {
    const stats = attempt(() => statSync(path));
    return stats && judge(path, stats, folders);
  },
  liesOpen: async (path) => {
    const stats = attempt(() => statSync(path));
    return stats?.isFile() === true && liesOpen(stats) && !isModeless(path);
  },
  exists,
  write,
  remove,
  list,
  setAside,
  prepare,
  stamp,
  append,
  tryLock,
};

async function read(path: string, folders = 0): Promise<StoredFile | undefined> {
  try {
    const { octets, stats } = readRegularFile(path, largestFile);
    return { text: decodeText(octets), ...judge(path, stats, folders) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError('read', path, error);
  }
}

function judge(path: string, stats: Stats, folders: number): Omit<StoredFile, 'text'> {
  const readableByOthers = process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
  const changeableBy = changersOf(path, stats, folders);
  const asRoot = process.geteuid?.() === 0;
  const isOpen = readableByOthers || changeableBy.length > 0;
  return isOpen && isModeless(path)
    ? { readableByOthers: false, changeableBy: [], asRoot }
    : { readableByOthers, changeableBy, asRoot };
}

function isModeless(path: string): boolean {
  return modeless.has(attempt(() => statfsSync(path).type) ?? 0);
}

async function judgeFolder(file: string): Promise<Omit<StoredFile, 'text'>> {
  let folder = dirname(file);
  for (const above of [1, 0]) {
    const stats = attempt(() => statSync(folder));
    if (stats !== undefined) return judge(folder, stats, above);
    folder = dirname(folder);
  }
  return { readableByOthers: false, changeableBy: [], asRoot: false };
}

async function exists(path: string): Promise<boolean> {
  return existsSync(path);
}

async function write(
  path: string,
  text: string,
  { synced, shortens = false }: { readonly synced: boolean; readonly shortens?: boolean } = { synced: true },
): Promise<void> {
  try {
    const prepared = await prepare(path, 0, synced);
    try {
      await prepared.commit(text);
    } finally {
      await prepared.discard();
    }
  } catch (error) {
    if (!shortens || !isOutOfRoom(error)) throw error;
    await overwrite(path, text);
  }
}

function overwrite(path: string, text: string): Promise<void> {
  return naming('write', path, () =>
    withFile(openSync(path, 'r+'), (file) => {
      const written = Buffer.from(text);
      fill(file, written);
      ftruncateSync(file, written.length);
      return sync(file);
    }),
  );
}

async function withFile(file: number, action: (file: number) => Promise<void>): Promise<void> {
  try {
    await action(file);
  } finally {
    closeSync(file);
  }
}

async function prepare(path: string, octets: number, synced = true): Promise<PreparedWrite> {
  // Without the file once it is closed: its number may by then be that of another one.
  let begun: { readonly name: string; readonly target: string; readonly file?: number } | undefined;
  const discard = async () => {
    const left = begun;
    begun = undefined;
    if (left === undefined) return;
    const { name, file } = left;
    if (file !== undefined) attempt(() => closeSync(file));
    attempt(() => unlinkSync(name));
  };
  try {
    const target = behindLinks(path);
    const there = statSync(target, { throwIfNoEntry: false });
    if (there !== undefined) refuseDevice(path, there);
    const folder = dirname(target);
    makeFolder(folder);
    // In the same folder, since only there a rename replaces the old file in one step.
    const name = join(folder, `.${basename(target)}.${unusedName()}.tmp`);
    const file = openSync(name, 'wx', 0o600);
    begun = { name, target, file };
    // A file that root writes for a user stays the user's.
    if (there !== undefined && process.geteuid?.() === 0)
      attempt(() => fchownSync(file, there.uid, there.gid));
    if (octets > 0) {
      fill(file, Buffer.alloc(octets, ' '));
      await sync(file);
    }
  } catch (error) {
    await discard();
    throw error instanceof ConfigError ? error : fileError('write', path, error);
  }
  return {
    discard,
    async commit(text) {
      if (begun?.file === undefined) throw new Error('A write was committed twice.');
      const { file, name, target } = begun;
      try {
        const written = Buffer.from(text);
        fill(file, written);
        ftruncateSync(file, written.length);
        if (synced) await sync(file);
        begun = { name, target };
        closeSync(file);
        await replace(name, target);
        begun = undefined;
        if (synced) await syncFolder(dirname(target));
      } catch (error) {
        await discard();
        throw fileError('write', path, error);
      }
    },
  };
}

/** Renaming a file over a device, a pipe or a socket would take it from its other users. @throws ConfigError */
function refuseDevice(path: string, there: Stats): void {
  if (there.isFile() || there.isDirectory()) return;
  throw new ConfigError(
    say`Cannot write ${path}: it is a device, a pipe or a socket, and would be replaced.`,
    { hint: 'Name a file, or redirect stdout there.' },
  );
}

/** Sixteen hexadecimal digits; `wx` makes sure that no other file has them. */
function unusedName(): string {
  const half = () => Math.floor(Math.random() * 2 ** 32);
  return [half(), half()].map((digits) => digits.toString(16).padStart(8, '0')).join('');
}

/** A single write may stop short where the disk ends. */
function fill(file: number, octets: Buffer): void {
  for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at, at);
}

function remove(path: string): Promise<boolean> {
  return naming('remove', path, async () => {
    try {
      unlinkSync(path);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await syncFolder(dirname(path));
    return true;
  });
}

function list(folder: string): Promise<readonly string[]> {
  return naming('read', folder, async () => {
    try {
      const entries = readdirSync(folder);
      return entries.filter((name) => !unfinished.test(name)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });
}

function setAside(path: string, label: string): Promise<string> {
  return naming('write', path, async () => {
    for (let count = 1; ; count += 1) {
      const name = `${path}.${label}${count === 1 ? '' : `-${count}`}`;
      if (await exists(name)) continue;
      renameSync(path, name);
      return name;
    }
  });
}

/** Removes what writes that were killed have left. */
function sweep(folder: string): void {
  const names = attempt(() => readdirSync(folder)) ?? [];
  for (const name of names.filter((entry) => unfinished.test(entry))) {
    const path = join(folder, name);
    const found = attempt(() => statSync(path));
    if (found === undefined || Date.now() - found.mtimeMs < unfinishedForMs) continue;
    attempt(() => unlinkSync(path));
  }
}

async function stamp(path: string): Promise<{ readonly mtimeMs: number; readonly size: number } | undefined> {
  const stats = attempt(() => statSync(path));
  return stats && { mtimeMs: stats.mtimeMs, size: stats.size };
}

function append(path: string, text: string): Promise<void> {
  return naming('write', path, async () => {
    const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
    const file = openSync(path, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, 0o600);
    await withFile(file, async () => void writeSync(file, text));
  });
}

function tryLock(path: string): Promise<LockAttempt> {
  return naming('write', path, async () => {
    const folder = dirname(path);
    try {
      const attempt = tryFileLock(path);
      if (attempt.type === 'acquired') sweep(folder);
      return attempt;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    makeFolder(folder);
    return tryFileLock(path);
  });
}

/** Makes a folder and those above it; Node's own way never ends where one above refuses all names, as /proc does. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder && statSync(parent, { throwIfNoEntry: false }) === undefined) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Returns the result of the action, and puts an error of the system in words. @throws ConfigError */
async function naming<T>(
  verb: 'read' | 'write' | 'remove',
  path: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof ConfigError ? error : fileError(verb, path, error);
  }
}

/** The file a link leads to, so that writing keeps the link; also where it leads to nothing yet. */
function behindLinks(path: string): string {
  let target = resolve(path);
  for (let steps = 0; steps < 40; steps += 1) {
    try {
      return realpathSync.native(target);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const link = attempt(() => readlinkSync(target));
    if (link === undefined) return target;
    target = resolve(dirname(target), link);
  }
  return target;
}

async function replace(from: string, to: string): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const held = /^(EPERM|EACCES|EBUSY)$/.test(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !held || attempts === replaceAttempts) throw error;
      await new Promise((done) => setTimeout(done, 10 * attempts));
    }
  }
}

/** Makes a rename survive a power cut; folders cannot be synced everywhere. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    await withFile(openSync(folder, 'r'), sync);
  } catch {}
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
