import { isatty } from 'node:tty';
import { CancelledError, type CancellingSignal, cancellingSignals } from '../errors.ts';

/**
 * Turns the first signal that asks for the end into an abort with a CancelledError. The second ends the process as
 * usual, unless what is in flight holds it for a bounded time, and but for SIGHUP: a closing terminal sends it more than
 * once, and systemd right after SIGTERM.
 */
export function cancelOnSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const descriptors = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  const names = Object.keys(cancellingSignals) as CancellingSignal[];
  const cancel = (name: CancellingSignal) => {
    const isFurther = controller.signal.aborted;
    // It keeps its first reason; a listener of the abort that holds it sets isHeld before this returns.
    controller.abort(new CancelledError(name));
    const { isHeld } = controller.signal.reason as CancelledError;
    if (isHeld || !isFurther || name === 'SIGHUP') return;
    // Heard until now, so that none is lost between the two; sent again, it ends the process as usual.
    stopListening();
    process.kill(process.pid, name);
  };
  for (const name of names) process.on(name, cancel);
  return {
    signal: controller.signal,
    release() {
      stopListening();
      const isGone = descriptors.some((descriptor) => !isatty(descriptor));
      // Node aborts when it resets a terminal that is gone; the signal itself ends with the same status.
      if (isGone) process.kill(process.pid, 'SIGHUP');
    },
  };

  function stopListening(): void {
    for (const name of names) process.removeListener(name, cancel);
  }
}
