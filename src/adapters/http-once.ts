import type { ConnectionSettings } from '../context.ts';
import { NetworkError } from '../errors.ts';
import type { HeaderList, HttpRequest } from '../http-message.ts';
import { decodeContent, maxBodyOctets, tooLarge } from './content-coding.ts';
import type { ExchangeProgress } from './http-connection.ts';
import type { Carried, CarryOptions, HttpTransport } from './http-transport.ts';

/** Why an exchange ended early, before that is put in words. */
class Interruption extends Error {
  readonly progress: ExchangeProgress;

  constructor(progress: ExchangeProgress, cause: unknown) {
    super('The exchange did not come to its end.', { cause });
    this.progress = progress;
  }
}

const timedOut = Symbol('timed out');
const bodyTooLarge = Symbol('body too large');
const longestTimerMs = 2 ** 31 - 1;

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
      return await exchange(request, url, peer.label, timeoutSeconds, options);
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (!(error instanceof Interruption)) throw error;
      const { progress, cause } = error;
      if (cause === bodyTooLarge) throw tooLarge(peer.label, 'received');
      const { explainFailure, explainTimeout } = await import('./connection-error.ts');
      if (cause === timedOut) throw explainTimeout(error, peer, timeoutSeconds);
      if (progress.phase === 'connecting' || progress.phase === 'handshaking') {
        return (await full()).carry(request, url, options);
      }
      throw explainFailure({ progress, cause: inUndicisTerms(cause) }, peer);
    }
  };
  return { carry, close: async () => {} };
}

async function exchange(
  request: HttpRequest,
  url: URL,
  server: string,
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
      reject(new Interruption({ ...progress }, cause));
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
        decodeContent(Buffer.concat(chunks), headers, server).then(
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

/** What Node's own parser complains of, as the one that the explanations know would. */
function inUndicisTerms(cause: unknown): unknown {
  if (cause instanceof NetworkError || !(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return Object.assign(new Error(cause.message), { code: 'UND_ERR_HEADERS_OVERFLOW' });
  }
  if (!code.startsWith('HPE_')) return cause;
  const reason = 'reason' in cause ? String(cause.reason) : cause.message;
  return Object.assign(new Error(`(${reason})`), { name: 'HTTPParserError' });
}
