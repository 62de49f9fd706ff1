import type { Context, HeldLock, InterruptedHolder } from '../context.ts';
import { NetworkError } from '../errors.ts';

type Doors = Pick<Context, 'files' | 'signal' | 'monotonicMs'>;

/** A lock that was taken, or what made it unnecessary while it was waited for. */
export type LockOutcome<T> =
  | { readonly type: 'locked'; readonly lock: HeldLock; readonly interrupted?: InterruptedHolder }
  | { readonly type: 'spared'; readonly value: T };

const touchEveryMs = 2000;

/**
 * Takes the lock of a session file. While another process holds it, `spare` is asked now and then whether it is still
 * needed.
 * @throws NetworkError `timeout` when it is held for longer; the reason of the signal
 */
export async function lockSession<T>(
  { files, signal, monotonicMs }: Doors,
  path: string,
  timeoutMs: number,
  spare: () => Promise<T | undefined>,
): Promise<LockOutcome<T>> {
  const startedMs = monotonicMs();
  for (let attempts = 0; ; attempts += 1) {
    const attempt = await files.tryLock(`${path}.lock`);
    if (attempt.type === 'acquired') return { ...attempt, type: 'locked', lock: keepAlive(attempt.lock) };
    signal.throwIfAborted();
    const value = await spare();
    if (value !== undefined) return { type: 'spared', value };
    if (monotonicMs() - startedMs > timeoutMs) throw heldTooLong(attempt.pid, path, timeoutMs);
    await pause(attempts < 5 ? 4 : 10 + Math.random() * 15, signal);
  }
}

/** Nobody takes a lock over that is touched; the timer keeps no process alive. */
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
    `${who} has been busy with this session for ${Math.round(timeoutMs / 1000)} s.`,
    {
      hint: `Try again. When no such process is an oauth-code, remove ${path}.lock. --timeout SECONDS waits longer.`,
    },
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
