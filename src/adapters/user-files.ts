import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Decode } from '../context.ts';
import { fileError } from '../errors/system-failure.ts';
import { decodeText, largestText } from '../protocol/text-input.ts';
import { isOpenStream, openRegularFile, tooLarge } from './open-file.ts';

/** In octets, for what is sent as it is. */
const largestUpload = 100_000_000;

/** The text of a file the user named. @throws ConfigError when it cannot be read or has more than 10 MB */
export async function readTextFile(path: string, signal: AbortSignal, decode?: Decode): Promise<string> {
  return collectText(readChunks(path, signal), path, decode);
}

/** A file the user named, as octets. @throws ConfigError when it cannot be read or has more than 100 MB */
export function readOctets(path: string, signal: AbortSignal): Promise<Uint8Array> {
  return collect(readChunks(path, signal), path, largestUpload);
}

/**
 * A file the user named, piece by piece: a regular one, or a stream that is open already, which ends with the reason of
 * the signal. @throws ConfigError when it cannot be read
 */
export async function* readChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(
      isOpenStream(path) ? await openStream(path) : streamOf(openRegularFile(path).file),
      signal,
    );
  } catch (error) {
    throw error === signal.reason ? error : fileError('read', path, error);
  }
}

async function openStream(path: string): Promise<Readable> {
  if (/stdin$|\/0$/.test(path)) return process.stdin;
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!fstatSync(file).isFIFO()) return streamOf(file);
  const { Socket } = await import('node:net');
  return new Socket({ fd: file, readable: true });
}

function streamOf(file: number): Readable {
  return createReadStream('', { fd: file, highWaterMark: 1 << 20 });
}

/** The pieces of stdin. A read that waits for the user to type would keep Ctrl-C waiting too. */
export async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = () => stream.destroy(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** All of a stream that is not large, as text. @throws ConfigError when it has more than 10 MB */
export async function collectText(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  decode: Decode = decodeText,
): Promise<string> {
  return decode(await collect(chunks, name, largestText));
}

async function collect(chunks: AsyncIterable<Uint8Array>, name: string, bound: number): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > bound) throw fileError('read', name, tooLarge(bound));
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}
