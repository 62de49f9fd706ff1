import { setTimeout as delay } from 'node:timers/promises';
import type { Context, HeldLock, InterruptedHolder } from '../context.ts';
import { isOutOfRoom } from '../errors/system-failure.ts';
import { NetworkError } from '../errors.ts';
import { say } from '../say.ts';
import { requireOwnFolder } from '../storage/own-file.ts';
import { lockPauseMs, longestLockMs } from '../storage/session-file.ts';

type Doors = Pick<Context, 'files' | 'signal' | 'monotonicMs'>;

/** The lock of a session, and an earlier holder whose process died after it had sent. */
export interface HeldSession {
  readonly lock: HeldLock;
  readonly interrupted?: InterruptedHolder;
}

/** A lock that was taken, or the answer that came up while it was waited for. */
export type LockOutcome<T> =
  | ({ readonly type: 'locked' } & HeldSession)
  | { readonly type: 'answered'; readonly value: T };

const touchEveryMs = 2000;

/**
 * Takes the lock of a session file. While another process holds it, `answer` is asked now and then whether it is still
 * needed.
 * @throws NetworkError `timeout` when it is held for longer; the reason of the signal
 */
export async function lockSession<T>(
  { files, signal, monotonicMs }: Doors,
  path: string,
  timeoutMs: number,
  answer: () => Promise<T | undefined>,
): Promise<LockOutcome<T>> {
  await requireOwnFolder(files, path);
  const startedMs = monotonicMs();
  for (;;) {
    const attempt = await files.tryLock(`${path}.lock`);
    if (attempt.type === 'acquired') return { ...attempt, type: 'locked', lock: keepAlive(attempt.lock) };
    signal.throwIfAborted();
    const value = await answer();
    if (value !== undefined) return { type: 'answered', value };
    const limitMs = attempt.elsewhere ? Math.max(timeoutMs, longestLockMs) : timeoutMs;
    const waitedMs = monotonicMs() - startedMs;
    if (waitedMs > limitMs) throw heldTooLong(attempt.pid, path, limitMs);
    await delay(lockPauseMs(waitedMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/**
 * Does something to a session file while no other process does.
 * @throws NetworkError `timeout` when another process holds it for longer than any refresh takes
 */
export async function withLock<T>(
  doors: Doors,
  path: string,
  action: (held: HeldSession) => Promise<T>,
): Promise<T> {
  const held = await lockSession<never>(doors, path, longestLockMs, async () => undefined);
  if (held.type === 'answered') return held.value;
  try {
    return await action(held);
  } finally {
    held.lock.release();
  }
}

/**
 * The same for what takes no room. Where there is none left, no process can make the lock, and none holds it: it would
 * have been found.
 */
export async function withLockIfRoom<T>(doors: Doors, path: string, action: () => Promise<T>): Promise<T> {
  const held = await lockSession<never>(doors, path, longestLockMs, async () => undefined).catch(
    (error: unknown) => {
      if (isOutOfRoom(error)) return undefined;
      throw error;
    },
  );
  try {
    return await action();
  } finally {
    if (held?.type === 'locked') held.lock.release();
  }
}

/** No process takes over a lock that is touched; the timer keeps no process alive. */
function keepAlive(lock: HeldLock): HeldLock {
  const timer = setInterval(() => lock.touch(), touchEveryMs).unref();
  return {
    ...lock,
    release() {
      clearInterval(timer);
      lock.release();
    },
  };
}

function heldTooLong(pid: number | undefined, path: string, timeoutMs: number): NetworkError {
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  return new NetworkError(
    'timeout',
    say`${who} has been busy with this session for ${Math.round(timeoutMs / 1000)} s.`,
    {
      hint: say`Try again. When no such process is an oauth-code, remove ${path}.lock. --timeout SECONDS waits longer.`,
    },
  );
}
