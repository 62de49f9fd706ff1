import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import type { LockAttempt } from '../context.ts';
import { errorCode } from '../errors/system-failure.ts';

/** A holder that lives touches its lock far more often. */
const abandonedAfterMs = 20_000;
/** Between making the file and writing who made it lie microseconds. */
const unnamedAfterMs = 2000;
/** Taking over an abandoned lock takes microseconds. */
const guardAbandonedAfterMs = 5000;

/** The holder of a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** The host and, on Linux, the process id namespace: elsewhere a process id says nothing. */
  readonly place: string;
  readonly nonce: string;
  /** The last note of the holder. */
  readonly note: string;
}

/**
 * Tries once to take a lock: a file that only one process can make. A lock whose process is dead, or that was not
 * touched for 20 seconds, is taken over, under a guard so that only one does it. A lock that this process holds
 * already is handed out again, with what was noted.
 * @throws what the file system throws
 */
export function tryFileLock(path: string): LockAttempt {
  const nonce = `${process.pid}.${process.hrtime.bigint().toString(36)}`;
  if (create(path, ownLine(nonce))) {
    return acquired(path, nonce, undefined);
  }
  const found = look(path);
  if (found === undefined) return { type: 'held', pid: undefined };
  const { holder, ageMs } = found;
  if (holder?.pid === process.pid && holder.place === ownPlace()) {
    return acquired(path, holder.nonce, holder);
  }
  if (!isAbandoned(holder, ageMs)) return { type: 'held', pid: holder?.pid };
  return takeOver(path, holder, nonce);
}

/** Removes an abandoned lock under a guard and makes it anew; another process may have been quicker. */
function takeOver(path: string, abandoned: Holder | undefined, nonce: string): LockAttempt {
  const guard = `${path}.guard`;
  const held: LockAttempt = { type: 'held', pid: abandoned?.pid };
  if (!create(guard, ownLine(nonce))) {
    const other = look(guard);
    if (other !== undefined && other.ageMs > guardAbandonedAfterMs) remove(guard);
    return held;
  }
  try {
    const found = look(path);
    // Another process took it over before this guard was made.
    if (
      found !== undefined &&
      (found.holder?.nonce !== abandoned?.nonce || !isAbandoned(found.holder, found.ageMs))
    ) {
      return held;
    }
    remove(path);
    if (!create(path, ownLine(nonce))) return held;
    return acquired(path, nonce, found?.holder);
  } finally {
    remove(guard);
  }
}

function acquired(path: string, nonce: string, former: Holder | undefined): LockAttempt {
  const lock = heldLock(path, nonce);
  const sentAt = new Date(Number(former?.note || Number.NaN));
  return Number.isNaN(sentAt.getTime())
    ? { type: 'acquired', lock }
    : { type: 'acquired', lock, interrupted: { sentAt } };
}

function heldLock(path: string, nonce: string): Extract<LockAttempt, { type: 'acquired' }>['lock'] {
  const isMine = () => look(path)?.holder?.nonce === nonce;
  return {
    isMine,
    noteSending(at) {
      if (!isMine()) return;
      const file = openSync(path, 'r+');
      try {
        writeSync(file, ownLine(nonce, String(at.getTime())), 0);
      } finally {
        closeSync(file);
      }
    },
    touch() {
      try {
        const now = new Date();
        if (isMine()) utimesSync(path, now, now);
      } catch {}
    },
    release() {
      try {
        if (isMine()) remove(path);
      } catch {}
    },
  };
}

function isAbandoned(holder: Holder | undefined, ageMs: number): boolean {
  if (holder === undefined) return ageMs > unnamedAfterMs;
  return ageMs > abandonedAfterMs || (holder.place === ownPlace() && !isAlive(holder.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/** False when the file is there already. */
function create(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    // On Windows a file that is being removed can be neither made nor opened for a moment.
    if (errorCode(error) === 'EEXIST' || (process.platform === 'win32' && errorCode(error) === 'EPERM'))
      return false;
    throw error;
  }
  try {
    writeSync(file, text);
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function look(path: string): { readonly holder: Holder | undefined; readonly ageMs: number } | undefined {
  try {
    const [pid = '', place = '', nonce = '', note = ''] = readFileSync(path, 'utf8').split('\n');
    const ageMs = Date.now() - statSync(path).mtimeMs;
    const complete = /^\d+$/.test(pid) && nonce !== '';
    return { ageMs, holder: complete ? { pid: Number(pid), place, nonce, note } : undefined };
  } catch (error) {
    if (/^(ENOENT|EPERM|EACCES|EBUSY)$/.test(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The text of a lock that this process holds. */
function ownLine(nonce: string, note = ''): string {
  return `${process.pid}\n${ownPlace()}\n${nonce}\n${note}\n`;
}

let place: string | undefined;

function ownPlace(): string {
  if (place === undefined) {
    place = hostname().replace(/\s/g, '');
    try {
      if (process.platform === 'linux') place += ` ${readlinkSync('/proc/self/ns/pid')}`;
    } catch {}
  }
  return place;
}
