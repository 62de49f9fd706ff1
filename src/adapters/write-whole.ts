import { fstatSync, readSync, statSync, writeSync } from 'node:fs';

/** How long to wait for a reader whose pipe is full before trying again. */
const pauseMs = 2;
/** Descriptors of which something was taken. */
const taken = new Set<number>();

/**
 * Writes text or octets whole to a file descriptor before it returns, waiting for a slow reader. A reader that had enough
 * (`| head`) is not a failure: the rest is dropped. @throws the error of the system, such as ENOSPC; EPIPE when the reader
 * took nothing; EBADF when the descriptor was closed.
 */
export function writeWhole(descriptor: number, content: string | Uint8Array): void {
  const octets = typeof content === 'string' ? Buffer.from(content) : content;
  for (let written = 0; written < octets.length; ) {
    try {
      if (descriptor === 1 && !taken.has(1) && isStandIn(1) && !isStandIn(2)) {
        throw Object.assign(new Error('stdout was closed'), { code: 'EBADF' });
      }
      written += writeSync(descriptor, octets, written);
      taken.add(descriptor);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE' && taken.has(descriptor)) return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}

/**
 * Whether a descriptor may have been closed: in its place Node opens /dev/null, for reading too, which no shell does.
 * Programs that drop all our output do, but they drop stderr with it: then nothing tells the two apart.
 */
function isStandIn(descriptor: number): boolean {
  try {
    const { rdev } = fstatSync(descriptor);
    return rdev !== 0 && rdev === statSync('/dev/null').rdev && readSync(descriptor, Buffer.alloc(1)) === 0;
  } catch {
    return false;
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
