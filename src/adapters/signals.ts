import { CancelledError } from '../errors.ts';

/** Turns the first SIGINT or SIGTERM into an abort with a CancelledError; the second one ends the process as usual. */
export function cancelOnSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const handlers = names.map((name) => {
    const handler = () => controller.abort(new CancelledError(name));
    process.once(name, handler);
    return [name, handler] as const;
  });
  return {
    signal: controller.signal,
    release() {
      for (const [name, handler] of handlers) process.removeListener(name, handler);
    },
  };
}
