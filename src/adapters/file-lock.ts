import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { LockAttempt } from '../context.ts';
import { attempt } from '../errors/attempt.ts';
import { errorCode } from '../errors/system-failure.ts';
import { readRegularFile } from './open-file.ts';

/** A holder that lives touches its lock far more often. */
const abandonedAfterMs = 20_000;
/** Between making the file and writing who made it lie microseconds. */
const unnamedAfterMs = 2000;
/** Taking over an abandoned lock takes microseconds. */
const guardAbandonedAfterMs = 400;

/** In octets; a lock has some hundred. */
const largestLock = 1_000_000;

/** The holder of a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** The host and, on Linux, the process id namespace: elsewhere a process id says nothing. */
  readonly place: string;
  readonly nonce: string;
  /** The last note of the holder. */
  readonly note: string;
  /** See `startOf`; empty where it is not known. */
  readonly start: string;
}

/** A lock file as it was found. */
interface FoundLock {
  /** undefined: its maker has not written its name. */
  readonly holder: Holder | undefined;
  readonly mtimeMs: number;
}

/**
 * Tries once to take a lock: a file that only one process can make. A lock whose process is dead, or that was not
 * touched for 20 seconds and whose process cannot be looked at, is taken over, under a guard so that only one does it.
 * A lock that this process holds already is handed out again, with what was noted.
 * @throws what the file system throws
 */
export function tryFileLock(path: string): LockAttempt {
  const nonce = `${process.pid}.${process.hrtime.bigint().toString(36)}`;
  if (create(path, ownLine(nonce))) return acquired(path, nonce, undefined);
  const found = look(path);
  const { holder } = found ?? {};
  if (holder?.pid === process.pid && holder.place === ownPlace()) return acquired(path, holder.nonce, holder);
  if (found !== undefined && isAbandoned(path, found)) {
    const taken = takeOver(path, holder, nonce);
    if (taken !== undefined) return taken;
  }
  return { type: 'held', pid: holder?.pid, elsewhere: holder !== undefined && holder.place !== ownPlace() };
}

/** Removes an abandoned lock under a guard and makes it anew; undefined when another process was quicker. */
function takeOver(path: string, abandoned: Holder | undefined, nonce: string): LockAttempt | undefined {
  const guard = `${path}.guard`;
  if (!create(guard, ownLine(nonce))) {
    const other = look(guard);
    if (other === undefined || !isAbandoned(guard, other, guardAbandonedAfterMs)) return undefined;
    remove(guard);
    if (!create(guard, ownLine(nonce))) return undefined;
  }
  const isGuarded = () => look(guard)?.holder?.nonce === nonce;
  try {
    const found = look(path);
    // Another process took it over before this guard was made.
    if (found !== undefined && (found.holder?.nonce !== abandoned?.nonce || !isAbandoned(path, found))) {
      return undefined;
    }
    // A process that was stopped in between may find the guard in other hands.
    if (!isGuarded()) return undefined;
    remove(path);
    if (!create(path, ownLine(nonce))) return undefined;
    sweepWrites(path);
    return acquired(path, nonce, found?.holder);
  } finally {
    if (isGuarded()) remove(guard);
  }
}

/** Removes what the former holder had begun to write in place of the file that the lock is for. */
function sweepWrites(path: string): void {
  const begun = `.${basename(path, '.lock')}.`;
  try {
    for (const name of readdirSync(dirname(path))) {
      if (name.startsWith(begun) && name.endsWith('.tmp')) remove(join(dirname(path), name));
    }
  } catch {}
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
      if (!isMine()) return false;
      const file = openSync(path, 'r+');
      try {
        writeSync(file, ownLine(nonce, String(at.getTime())), 0);
      } finally {
        closeSync(file);
      }
      return true;
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

/**
 * Tells whether the holder of a lock is dead. A process of this machine is asked for; of another one only the file is
 * seen, and no clock but our own says for how long it has stayed the same.
 */
function isAbandoned(path: string, found: FoundLock, guardAfterMs?: number): boolean {
  const { holder, mtimeMs } = found;
  const watchedMs = unchangedMs(path, found);
  // A time in the future says nothing.
  const ageMs = Math.max(watchedMs, Date.now() - mtimeMs);
  if (holder === undefined) return ageMs > (guardAfterMs ?? unnamedAfterMs);
  if (holder.place === ownPlace()) {
    if (!isAlive(holder.pid)) return true;
    const start = startOf(holder.pid);
    if (start !== undefined && holder.start !== '') return start !== holder.start;
  } else if (guardAfterMs === undefined) return watchedMs > abandonedAfterMs;
  return ageMs > (guardAfterMs ?? abandonedAfterMs);
}

/** When files were first seen as they are now, by the monotonic clock of this process. */
const watched = new Map<string, { readonly state: string; readonly sinceMs: number }>();

/** For how long this process has seen a lock unchanged. */
function unchangedMs(path: string, { holder, mtimeMs }: FoundLock): number {
  const nowMs = Number(process.hrtime.bigint() / 1_000_000n);
  const state = `${holder?.nonce} ${holder?.note} ${mtimeMs}`;
  const before = watched.get(path);
  if (before?.state === state) return nowMs - before.sinceMs;
  watched.set(path, { state, sinceMs: nowMs });
  return 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/**
 * Tells one process from a later one with the same id: the boot and the tick of its start, of Linux alone, since it
 * costs a process elsewhere. undefined where it cannot be known; a zombie has none of its own (proc(5)).
 */
function startOf(pid: number | 'self'): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
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

function look(path: string): FoundLock | undefined {
  try {
    const { octets, stats } = readRegularFile(path, largestLock);
    const [pid = '', place = '', nonce = '', note = '', start = ''] = octets.toString('utf8').split('\n');
    const { mtimeMs } = stats;
    const complete = /^\d+$/.test(pid) && nonce !== '';
    return { mtimeMs, holder: complete ? { pid: Number(pid), place, nonce, note, start } : undefined };
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
  ownStart ??= startOf('self') ?? '';
  return `${process.pid}\n${ownPlace()}\n${nonce}\n${note}\n${ownStart}\n`;
}

let boot: string | undefined;
let ownStart: string | undefined;
let place: string | undefined;

function ownPlace(): string {
  if (place === undefined) {
    const space = process.platform === 'linux' ? attempt(() => readlinkSync('/proc/self/ns/pid')) : undefined;
    place = `${hostname().replace(/\s/g, '')}${space === undefined ? '' : ` ${space}`}`;
  }
  return place;
}
