import { writeSync } from 'node:fs';

/** How long to wait for a reader whose pipe is full before trying again. */
const pauseMs = 2;

/**
 * Writes a text whole to a file descriptor before it returns, waiting for a slow reader. A reader that went away
 * (`| head`) is no failure of ours: the rest is dropped.
 */
export function writeWhole(descriptor: number, text: string): void {
  const octets = Buffer.from(text);
  for (let written = 0; written < octets.length; ) {
    try {
      written += writeSync(descriptor, octets, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
