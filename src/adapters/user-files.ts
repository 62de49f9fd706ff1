import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileError } from '../errors/system-failure.ts';
import { ConfigError } from '../errors.ts';
import { largestText } from '../protocol/text-input.ts';

/** The text of a file the user named. @throws ConfigError when it cannot be read or has more than 10 MB */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await collectText(createReadStream(path, { end: largestText }), path);
  } catch (error) {
    throw error instanceof ConfigError ? error : fileError('read', path, error);
  }
}

/** A file the user named, whole and as octets. @throws ConfigError when it cannot be read */
export async function readOctets(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/** A file the user named, piece by piece. @throws ConfigError when it cannot be read */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk as Uint8Array;
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/** All of a stream that is not large, as text. @throws ConfigError when it has more than 10 MB */
export async function collectText(chunks: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > largestText) throw new ConfigError(`Cannot read ${name}: it has more than 10 MB.`);
    kept.push(chunk);
  }
  return Buffer.concat(kept).toString('utf8');
}
