import type { Peer } from '../errors/http-failure.ts';
import { errorCode } from '../errors/system-failure.ts';
import { combinedHeaderValue, type HeaderList } from '../http-message.ts';
import { FailedExchange } from './http-failure.ts';

/** Limit of a body, as received and again after decoding, in octets. */
export const maxBodyOctets = 10 * 1024 * 1024;

// Each coding may expand its input to the limit anew, so a long list would be work without end.
const maxCodings = 3;

type Inflate = (data: Buffer) => Promise<Buffer>;

/**
 * Undoes the content codings of a body: gzip, deflate and br (RFC 9110 §8.4).
 * @throws FailedExchange for an unknown coding, broken data, or more than 10 MiB
 */
export async function decodeContent(wire: Buffer, headers: HeaderList, peer: Peer): Promise<Buffer> {
  const codings = (combinedHeaderValue(headers, 'content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  // HEAD, 204 and 304 name the coding of a body that is not there.
  if (codings.length === 0 || wire.length === 0) return wire;
  if (codings.length > maxCodings) {
    throw new FailedExchange({ type: 'coded-too-often', peer, times: codings.length });
  }
  const inflaters = await loadInflaters();
  let body = wire;
  for (const coding of codings.reverse()) {
    const inflate = inflaters.get(coding);
    if (inflate === undefined) {
      const named = JSON.stringify(coding.slice(0, 40));
      throw new FailedExchange({ type: 'unknown-coding', peer, coding: named });
    }
    body = await inflate(body).catch((error: unknown) => {
      throw errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
        ? new FailedExchange({ type: 'body-too-large', peer, state: 'decoded' })
        : new FailedExchange({ type: 'broken-coding', peer, coding }, error);
    });
  }
  return body;
}

async function loadInflaters(): Promise<ReadonlyMap<string, Inflate>> {
  const [zlib, { promisify }] = await Promise.all([import('node:zlib'), import('node:util')]);
  const options = { maxOutputLength: maxBodyOctets };
  const gunzip: Inflate = (data) => promisify<Buffer, object, Buffer>(zlib.gunzip)(data, options);
  const brotli: Inflate = (data) => promisify<Buffer, object, Buffer>(zlib.brotliDecompress)(data, options);
  const inflate: Inflate = async (data) => {
    // "deflate" means the zlib format, yet some servers send bare deflate data (RFC 9110 §8.4.1.2).
    const [first = 0, second = 0] = data;
    const hasZlibHeader = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
    return promisify<Buffer, object, Buffer>(hasZlibHeader ? zlib.inflate : zlib.inflateRaw)(data, options);
  };
  return new Map([
    ['gzip', gunzip],
    ['x-gzip', gunzip],
    ['deflate', inflate],
    ['br', brotli],
  ]);
}
