import { InvalidResponseError } from '../errors.ts';
import { combinedHeaderValue, type HeaderList } from '../http-message.ts';

/** Limit of a body, as received and again after decoding, in octets. */
export const maxBodyOctets = 10 * 1024 * 1024;

// Each coding may expand its input to the limit anew, so a long list would be work without end.
const maxCodings = 3;

type Inflate = (data: Buffer) => Promise<Buffer>;

/** The error for a body beyond the limit. */
export function tooLarge(server: string, state: 'received' | 'decoded'): InvalidResponseError {
  const decoded = state === 'decoded' ? ' after decompression' : '';
  return new InvalidResponseError(
    `The answer of ${server} is larger than 10 MiB${decoded}; it was not read further.`,
    {
      hint: 'Check that the URL is the one of an OAuth endpoint and not of a download.',
    },
  );
}

/**
 * Undoes the content codings of a body: gzip, deflate and br (RFC 9110 §8.4).
 * @param server `host:port`, for messages
 * @throws InvalidResponseError for an unknown coding, broken data, or more than 10 MiB
 */
export async function decodeContent(wire: Buffer, headers: HeaderList, server: string): Promise<Buffer> {
  const codings = (combinedHeaderValue(headers, 'content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  // HEAD, 204 and 304 name the coding of a body that is not there.
  if (codings.length === 0 || wire.length === 0) return wire;
  if (codings.length > maxCodings) {
    throw new InvalidResponseError(`The answer of ${server} is compressed ${codings.length} times over.`);
  }
  const inflaters = await loadInflaters();
  let body = wire;
  for (const coding of codings.reverse()) {
    const inflate = inflaters.get(coding);
    if (inflate === undefined) {
      throw new InvalidResponseError(
        `The answer of ${server} has the content coding ${JSON.stringify(coding.slice(0, 40))}, which cannot be decoded.`,
        { hint: 'The request asked for no coding (accept-encoding: identity); the server must heed that.' },
      );
    }
    body = await inflate(body).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        throw tooLarge(server, 'decoded');
      }
      throw new InvalidResponseError(
        `The answer of ${server} says it is compressed as ${coding}, but it is not.`,
        {
          hint: 'A proxy or gateway in front of the server may have changed the body without the header.',
          cause: error,
        },
      );
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
