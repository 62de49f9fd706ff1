import {
  access,
  appendFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LockAttempt, PreparedWrite, PrivateFiles, StoredFile } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { errorCode } from './error-code.ts';
import { fileError } from './file-error.ts';
import { tryFileLock } from './file-lock.ts';

/** In octets; nothing we keep comes near it. */
const largestFile = 16 * 1024 * 1024;
const unfinished = /^\..+\.[0-9a-f]{16}\.tmp$/;
/** A write takes milliseconds; what is this old was interrupted. */
const unfinishedForMs = 10 * 60 * 1000;
/** On Windows a file that a virus scanner or indexer holds open cannot be replaced for a moment. */
const replaceAttempts = 10;

/** The files of ours on disk: settings and sessions. */
export const privateFiles: PrivateFiles = {
  read,
  exists,
  write,
  remove,
  list,
  setAside,
  sweep,
  prepare,
  stamp,
  append,
  tryLock,
};

async function read(path: string): Promise<StoredFile | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size, mode } = await file.stat();
      if (size > largestFile) {
        throw new ConfigError(`Cannot read ${path}: it is larger than ${largestFile / 1024 / 1024} MiB.`);
      }
      const text = await file.readFile('utf8');
      return { text, readableByOthers: process.platform !== 'win32' && (mode & 0o077) !== 0 };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (isMissing(error)) return undefined;
    throw fileError('read', path, error);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function write(path: string, text: string): Promise<void> {
  const prepared = await prepare(path, 0);
  try {
    await prepared.commit(text);
  } finally {
    await prepared.discard();
  }
}

async function prepare(path: string, octets: number): Promise<PreparedWrite> {
  let begun: { readonly name: string; readonly target: string; readonly file: FileHandle } | undefined;
  const discard = async () => {
    const left = begun;
    begun = undefined;
    await left?.file.close().catch(() => {});
    if (left !== undefined) await unlink(left.name).catch(() => {});
  };
  try {
    const target = await behindLinks(path);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // In the same folder, since only there a rename replaces the old file in one step.
    const name = join(folder, `.${basename(target)}.${unusedName()}.tmp`);
    begun = { name, target, file: await open(name, 'wx', 0o600) };
    if (octets > 0) {
      await fill(begun.file, Buffer.alloc(octets, ' '));
      await begun.file.sync();
    }
  } catch (error) {
    await discard();
    throw fileError('write', path, error);
  }
  return {
    discard,
    async commit(text) {
      if (begun === undefined) throw new Error('A write was committed twice.');
      const { file, name, target } = begun;
      try {
        const written = Buffer.from(text);
        await fill(file, written);
        await file.truncate(written.length);
        await file.sync();
        await file.close();
        await replace(name, target);
        begun = undefined;
        await syncFolder(dirname(target));
      } catch (error) {
        await discard();
        throw fileError('write', path, error);
      }
    },
  };
}

/** Sixteen hexadecimal digits; `wx` makes sure that nobody else has them. */
function unusedName(): string {
  const half = () => Math.floor(Math.random() * 2 ** 32);
  return [half(), half()].map((digits) => digits.toString(16).padStart(8, '0')).join('');
}

/** A single write may stop short where the disk ends. */
async function fill(file: FileHandle, octets: Buffer): Promise<void> {
  for (let at = 0; at < octets.length; ) {
    at += (await file.write(octets, at, octets.length - at, at)).bytesWritten;
  }
}

async function remove(path: string): Promise<boolean> {
  try {
    await unlink(path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError('remove', path, error);
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder);
    return entries.filter((name) => !unfinished.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError('read', folder, error);
  }
}

async function setAside(path: string, label: string): Promise<string> {
  try {
    for (let count = 1; ; count += 1) {
      const name = `${path}.${label}${count === 1 ? '' : `-${count}`}`;
      if (await exists(name)) continue;
      await rename(path, name);
      return name;
    }
  } catch (error) {
    throw fileError('write', path, error);
  }
}

async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((entry) => unfinished.test(entry))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < unfinishedForMs) continue;
    await unlink(path).catch(() => {});
  }
}

async function stamp(path: string): Promise<{ readonly mtimeMs: number; readonly size: number } | undefined> {
  try {
    const { mtimeMs, size } = await stat(path);
    return { mtimeMs, size };
  } catch {
    return undefined;
  }
}

async function append(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text, { mode: 0o600 });
  } catch (error) {
    throw fileError('write', path, error);
  }
}

async function tryLock(path: string): Promise<LockAttempt> {
  try {
    try {
      return tryFileLock(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return tryFileLock(path);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/** The file a link leads to, so that writing keeps the link; also where it leads to nothing yet. */
async function behindLinks(path: string): Promise<string> {
  let target = resolve(path);
  for (let steps = 0; steps < 40; steps += 1) {
    try {
      return await realpath(target);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const link = await readlink(target).catch(() => undefined);
    if (link === undefined) return target;
    target = resolve(dirname(target), link);
  }
  return target;
}

async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const held = /^(EPERM|EACCES|EBUSY)$/.test(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !held || attempt === replaceAttempts) throw error;
      await new Promise((done) => setTimeout(done, 10 * attempt));
    }
  }
}

/** Makes a rename survive a power cut; folders cannot be synced everywhere. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {}
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
