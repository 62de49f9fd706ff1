/** One value that is waited for, possibly before and after it is there. */
export interface Wait<T> {
  /** The first call decides; later ones have no effect. */
  settle(value: T): void;
  fail(reason: unknown): void;
  /** Rejects with the reason of the signal once it is aborted. */
  next(signal: AbortSignal): Promise<T>;
}

/** Makes a wait; its value is kept until somebody asks. */
export function createWait<T>(): Wait<T> {
  let settle: (value: T) => void = () => {};
  let fail: (reason: unknown) => void = () => {};
  const value = new Promise<T>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  // A failure nobody waits for must not end the process.
  value.catch(() => {});
  return {
    settle,
    fail,
    next: (signal) =>
      new Promise((resolve, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
      }),
  };
}
