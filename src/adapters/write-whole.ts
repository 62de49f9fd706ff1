import { writeSync } from 'node:fs';

/** How long to wait for a reader whose pipe is full before trying again. */
const pauseMs = 2;

/**
 * Writes text or octets whole to a file descriptor before it returns, waiting for a slow reader. A reader that went away
 * (`| head`) is no failure of ours: the rest is dropped. @throws the error of the system, such as ENOSPC.
 */
export function writeWhole(descriptor: number, content: string | Uint8Array): void {
  const octets = typeof content === 'string' ? Buffer.from(content) : content;
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

/** Writes text whole to stdout; false when that fails, which the whole program will meet as well, and explain. */
export function tryToWrite(text: string): boolean {
  try {
    writeWhole(1, text);
    return true;
  } catch {
    return false;
  }
}
