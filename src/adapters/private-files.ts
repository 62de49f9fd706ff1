import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { PrivateFiles, StoredFile } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { errorCode } from './error-code.ts';
import { fileError } from './file-error.ts';

/** In octets; nothing we keep comes near it. */
const largestFile = 16 * 1024 * 1024;
const unfinished = /^\..+\.[0-9a-f]{16}\.tmp$/;
/** A write takes milliseconds; what is this old was interrupted. */
const unfinishedForMs = 10 * 60 * 1000;
/** On Windows a file that a virus scanner or indexer holds open cannot be replaced for a moment. */
const replaceAttempts = 10;

/** The files of ours on disk: settings and sessions. */
export const privateFiles: PrivateFiles = { read, exists, write, remove, list, setAside, sweep };

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
  let temporary: string | undefined;
  try {
    const target = await behindLinks(path);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // In the same folder, since only there a rename replaces the old file in one step.
    const name = join(folder, `.${basename(target)}.${randomBytes(8).toString('hex')}.tmp`);
    const file = await open(name, 'wx', 0o600);
    temporary = name;
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await replace(name, target);
    temporary = undefined;
    await syncFolder(folder);
  } catch (error) {
    if (temporary !== undefined) await unlink(temporary).catch(() => {});
    throw fileError('write', path, error);
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
