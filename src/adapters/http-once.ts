import type { ConnectionSettings } from '../context.ts';
import type { Peer } from '../errors/http-failure.ts';
import type { HttpRequest } from '../http-message.ts';
import { decodeContent, maxBodyOctets } from './content-coding.ts';
import { BrokenExchange, bodyTooLarge, type ExchangeProgress } from './http-failure.ts';
import { headerPairs, hostAndPort, socketHost, withHost } from './http-request.ts';
import type { Carried, CarryOptions, HttpTransport } from './http-transport.ts';

/**
 * Makes a transport for a request or two, each over a connection of its own. Where no connection comes about nothing
 * was sent yet: then `full` is asked, which knows more ways and says better what is wrong.
 */
export function createSingleTransport(
  { timeoutSeconds }: ConnectionSettings,
  full: () => Promise<HttpTransport>,
): HttpTransport {
  const carry = async (request: HttpRequest, url: URL, options: CarryOptions): Promise<Carried> => {
    const peer = { label: hostAndPort(url), secure: url.protocol === 'https:' };
    try {
      return await exchange(request, url, peer, options);
    } catch (error) {
      if (!(error instanceof BrokenExchange)) throw error;
      const isUnconnected = /^(?:connecting|handshaking)$/.test(error.progress.phase);
      if (isUnconnected && !options.signal.aborted) return (await full()).carry(request, url, options);
      const { readFailure } = await import('./read-failure.ts');
      throw readFailure(error, peer, timeoutSeconds);
    }
  };
  return { carry, close: async () => {} };
}

async function exchange(
  request: HttpRequest,
  url: URL,
  peer: Peer,
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
      ...(socketHost(url.hostname) === 'localhost' && { hostname: 'localhost' }),
      maxHeaderSize: 128 * 1024,
    });
    const onAbort = () => fail(signal.reason);
    const finish = () => signal.removeEventListener('abort', onAbort);
    const fail = (cause: unknown) => {
      finish();
      reject(new BrokenExchange({ ...progress }, cause));
      outgoing.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
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
        const headers = headerPairs(incoming.rawHeaders);
        const { remoteAddress: address, remotePort } = incoming.socket;
        const remoteAddress = address === undefined ? undefined : `${address}:${remotePort}`;
        const wire = { reused: false, times: {}, remoteAddress };
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

function headersOf(request: HttpRequest, url: URL, body: string | Uint8Array | undefined): string[] {
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  return [...withHost(request.headers, url).flat(), ...length];
}
