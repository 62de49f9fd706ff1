import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import type { IsWhole } from '../context.ts';
import type { HeaderList, WireFacts } from '../http-message.ts';
import { maxBodyOctets } from './content-coding.ts';
import { BrokenExchange, bodyTooLarge, connectionDestroyed, type ExchangeProgress } from './http-failure.ts';
import { headerPairs } from './http-request.ts';
import { forgetSentHead, keepSentHead, startWireRecord, type WireRecord } from './wire-record.ts';

/** A request as it goes over a connection; `path` is an absolute URL when a proxy is to fetch it (RFC 9112 §3.2.2). */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly body?: string | Uint8Array | undefined;
}

/** A response as it came over a connection, the body not yet decoded. */
export interface WireResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly wire: WireFacts;
  /** Whether more would have come; the connection is closed then. */
  readonly isCut: boolean;
}

/** Opens sockets; every socket it opens is handed to `track` at once. */
export type Connect = (
  options: buildConnector.Options,
  callback: buildConnector.Callback,
  track: (socket: Socket) => void,
) => void;

/** One connection to a server or proxy, kept alive between exchanges, carrying one at a time. */
export interface HttpConnection {
  /** @throws BrokenExchange, with the reason of the signal as cause when it aborted */
  exchange(request: WireRequest, signal: AbortSignal, isWhole?: IsWhole): Promise<WireResponse>;
  destroy(): Promise<void>;
}

const firstOctetsKept = 64;

/** Makes a connection to an origin; the socket is opened by the first exchange, and again whenever it was closed. */
export function createHttpConnection(origin: string, connect: Connect): HttpConnection {
  const sockets = new Set<Socket>();
  let progress: { -readonly [K in keyof ExchangeProgress]: ExchangeProgress[K] } = started(false);
  let fail: ((cause: unknown) => void) | undefined;
  // Exchanges completed on the present socket.
  let completed = 0;
  let present: Socket | undefined;
  let record: WireRecord | undefined;

  const client = new Client(origin, {
    connect: (options, callback) => {
      completed = 0;
      progress.reused = false;
      const track = (socket: Socket) => {
        sockets.add(socket);
        record?.opened(socket);
        socket.once('close', () => sockets.delete(socket));
        socket.once('connect', () => {
          if (progress.phase === 'connecting') progress.phase = 'handshaking';
        });
      };
      const connected = (...result: Parameters<buildConnector.Callback>) => {
        const [error, socket] = result;
        if (error !== null) return callback(error, null);
        present = socket;
        keepSentHead(socket);
        keepFirstOctets(socket, (chunk) => {
          if (progress.phase !== 'waiting') return;
          const missing = firstOctetsKept - progress.firstOctets.length;
          if (missing > 0)
            progress.firstOctets = Buffer.concat([progress.firstOctets, chunk.subarray(0, missing)]);
        });
        return callback(null, socket);
      };
      connect(options, connected, track);
    },
    // The time of an exchange is bounded as a whole, by its signal.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 128 * 1024,
    // Long enough for a person to log in; below the idle time of common load balancers (60 s), whose closing of a
    // connection must not meet a request that may not be repeated.
    keepAliveTimeout: 50_000,
    keepAliveTimeoutThreshold: 1000,
  });

  const destroy = async (): Promise<void> => {
    fail?.(connectionDestroyed);
    for (const socket of sockets) socket.destroy();
    await client.destroy();
  };

  const exchange: HttpConnection['exchange'] = (request, signal, isWhole) => {
    progress = started(completed > 0);
    const recorded = startWireRecord(() => progress.reused);
    record = recorded;
    if (present !== undefined) forgetSentHead(present);
    return new Promise((resolve, reject) => {
      const finish = () => {
        fail = undefined;
        signal.removeEventListener('abort', onAbort);
      };
      fail = (cause) => {
        if (fail === undefined) return;
        finish();
        reject(new BrokenExchange({ ...progress }, cause));
        void destroy();
      };
      const onAbort = () => fail?.(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);

      let status = 0;
      let headers: HeaderList = [];
      const chunks: Buffer[] = [];
      const { method, path, body = null } = request;
      const end = (isCut: boolean) => {
        if (fail === undefined) return;
        completed += 1;
        finish();
        resolve({ status, headers, body: Buffer.concat(chunks), wire: recorded.facts(present), isCut });
        if (isCut) void destroy();
      };
      const endIfWhole = () => {
        if (isWhole?.(headers, () => Buffer.concat(chunks).toString()) === true) end(true);
      };
      client.dispatch(
        { method, path, headers: request.headers.flat(), body },
        {
          onRequestStart: () => {
            progress.phase = 'waiting';
            recorded.sending();
          },
          onResponseStart: (controller, statusCode) => {
            if (statusCode < 200) return;
            progress.phase = 'reading';
            recorded.answered();
            status = statusCode;
            headers = headerPairs(Array.isArray(controller.rawHeaders) ? controller.rawHeaders : []);
            endIfWhole();
          },
          onResponseData: (_controller, chunk) => {
            progress.bodyOctets += chunk.length;
            if (progress.bodyOctets > maxBodyOctets) fail?.(bodyTooLarge);
            else {
              chunks.push(chunk);
              endIfWhole();
            }
          },
          onResponseEnd: () => end(false),
          onResponseError: (_controller, error) => fail?.(error),
        },
      );
      return undefined;
    });
  };

  return { exchange, destroy };
}

function started(reused: boolean): ExchangeProgress {
  return { phase: 'connecting', reused, firstOctets: Buffer.alloc(0), bodyOctets: 0 };
}

// When an answer is not HTTP, the parser keeps nothing of what stood before the place it gave up.
function keepFirstOctets(socket: Socket, keep: (chunk: Buffer) => void): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (Buffer.isBuffer(chunk)) keep(chunk);
    return chunk;
  };
}
