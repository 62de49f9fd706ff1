import type { ConnectionSettings } from '../context.ts';
import type { Peer } from '../errors/http-failure.ts';
import type { HeaderList, HttpRequest } from '../http-message.ts';
import { decodeContent, maxBodyOctets } from './content-coding.ts';
import {
  BrokenExchange,
  bodyTooLarge,
  type ExchangeProgress,
  longestTimerMs,
  readFailure,
  timedOut,
} from './http-failure.ts';
import type { Carried, CarryOptions, HttpTransport } from './http-transport.ts';

/**
 * Makes a transport for a request or two, each over a connection of its own. Where no connection comes about nothing
 * was sent yet: then `full` is asked, which knows more ways and says better what is wrong.
 */
export function createSingleTransport(
  { timeoutSeconds }: ConnectionSettings,
  full: () => Promise<HttpTransport>,
): HttpTransport {
  const carry = async (request: HttpRequest, url: URL, options: CarryOptions = {}): Promise<Carried> => {
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const peer = { label: `${url.hostname}:${port}`, secure: url.protocol === 'https:' };
    try {
      return await exchange(request, url, peer, timeoutSeconds, options);
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (!(error instanceof BrokenExchange)) throw error;
      const isUnconnected = /^(?:connecting|handshaking)$/.test(error.progress.phase);
      if (isUnconnected && typeof error.cause !== 'symbol')
        return (await full()).carry(request, url, options);
      throw readFailure(error, peer, timeoutSeconds);
    }
  };
  return { carry, close: async () => {} };
}

async function exchange(
  request: HttpRequest,
  url: URL,
  peer: Peer,
  timeoutSeconds: number,
  { signal, octets }: CarryOptions,
): Promise<Carried> {
  const body = octets ?? request.body;
  const secure = url.protocol === 'https:';
  // TLS is loaded only where it is spoken.
  const { request: open } = secure ? await import('node:https') : await import('node:http');
  const progress: { -readonly [K in keyof ExchangeProgress]: ExchangeProgress[K] } = {
    phase: 'connecting',
    reused: false,
    firstOctets: Buffer.alloc(0),
    bodyOctets: 0,
  };
  return new Promise((resolve, reject) => {
    const outgoing = open(url, {
      method: request.method,
      headers: headersOf(request, url, body),
      agent: false,
      maxHeaderSize: 128 * 1024,
    });
    const timer = setTimeout(() => fail(timedOut), Math.min(timeoutSeconds * 1000, longestTimerMs));
    const onAbort = () => fail(signal?.reason);
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (cause: unknown) => {
      finish();
      reject(new BrokenExchange({ ...progress }, cause));
      outgoing.destroy();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    outgoing.once('socket', (socket) => {
      socket.once('connect', () => {
        progress.phase = secure ? 'handshaking' : 'waiting';
      });
      socket.once('secureConnect', () => {
        progress.phase = 'waiting';
      });
    });
    outgoing.on('error', (error: Error & { rawPacket?: Buffer }) => {
      const received = secure ? 0 : (outgoing.socket?.bytesRead ?? 0);
      // Which octets came matters only where they are not HTTP; otherwise that some came.
      progress.firstOctets = error.rawPacket?.subarray(0, 64) ?? Buffer.alloc(Math.min(received, 64));
      fail(error);
    });
    outgoing.once('response', (incoming) => {
      progress.phase = 'reading';
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        progress.bodyOctets += chunk.length;
        if (progress.bodyOctets > maxBodyOctets) fail(bodyTooLarge);
      });
      incoming.on('error', fail);
      incoming.once('end', () => {
        finish();
        const headers = pairsOf(incoming.rawHeaders);
        const { remoteAddress, remotePort } = incoming.socket;
        const wire = {
          reused: false,
          times: {},
          ...(remoteAddress === undefined ? {} : { remoteAddress: `${remoteAddress}:${remotePort}` }),
        };
        decodeContent(Buffer.concat(chunks), headers, peer).then(
          (decoded) =>
            resolve({
              response: { status: incoming.statusCode ?? 0, headers, body: decoded.toString('utf8') },
              wire,
              octets: decoded,
            }),
          reject,
        );
      });
    });
    outgoing.end(body);
  });
}

function headersOf({ headers }: HttpRequest, url: URL, body: string | Uint8Array | undefined): string[] {
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  return [
    ...(hasHost ? [] : ['host', url.host]),
    ...headers.flat(),
    ...(body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))]),
  ];
}

function pairsOf(raw: readonly string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
}
