import { CancelledError } from '../errors.ts';

/**
 * Turns the first SIGINT or SIGTERM into an abort with a CancelledError; whichever comes second ends the process as
 * usual.
 */
export function cancelOnSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const cancel = () => {
      release();
      controller.abort(new CancelledError(name));
    };
    process.once(name, cancel);
    return [name, cancel] as const;
  });
  return { signal: controller.signal, release };

  function release(): void {
    for (const [name, cancel] of handlers) process.removeListener(name, cancel);
  }
}
