import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ListenOptions } from '../context.ts';
import { UsageError } from '../errors.ts';
import { authority, bindPort } from './bind-port.ts';
import { placeOf, planBinding } from './callback-place.ts';
import type { RequestHead } from './classify-callback.ts';
import { headerPairs } from './http-request.ts';

/** How much patience the listener has, in milliseconds. */
export interface ListenerLimits {
  /** For the head of a request, counted from the first octet or from the connection. */
  readonly headMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** How long an accepted callback is kept waiting for its page. */
  readonly heldMs: number;
}

/**
 * Connections that are open at once without a whole request; of more the oldest is dropped, so that idle ones take no
 * descriptor that the browser needs.
 */
const mostUnfinished = 16;

/** The patience of every listener. */
export const listenerLimits: ListenerLimits = { headMs: 10_000, requestMs: 30_000, heldMs: 60_000 };

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Servers of one kind, and a way to be rid of all their sockets. */
export interface ServerFactory {
  create(): Server;
  /** Closes every server and connection, those in a TLS handshake too; resolves when the sockets are gone. */
  closeAll(): Promise<void>;
}

/** Where to listen, and what the errors of binding name. */
type Listening = Parameters<typeof planBinding>[0] &
  Pick<ListenOptions, 'tls' | 'further'> & { readonly option?: string };

/**
 * Binds what answers at a place. The errors of a request are those of its socket, which end in `close`.
 * @throws UsageError when the place cannot be listened on or no port is free
 */
export async function serveAt(
  options: Listening,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  limits: ListenerLimits,
  failed: (error: unknown) => void = () => {},
) {
  const plan = planBinding(options);
  const { hostname } = new URL(options.redirectUri);
  const { create, closeAll } = await prepareServers(
    (request, response) => {
      request.on('error', () => {});
      response.on('error', () => {});
      answer(request, response).catch((error: unknown) => {
        failed(error);
        return sendEmpty(response, 500);
      });
    },
    plan.secure ? { hosts: [hostname], given: options.tls } : undefined,
    limits,
  );
  const { further, option } = options;
  const { port, bound } = await bindPort(create, plan.addresses, plan.ports, further, option);
  const addresses = bound.map(({ address }) => authority(address, port));
  return { place: placeOf(options, plan, port), addresses, close: closeAll };
}

/**
 * Prepares servers that survive whatever connects: bounded heads, bounded time, one request a connection.
 *
 * @throws UsageError when the given certificate or key cannot be used.
 */
async function prepareServers(
  answer: RequestListener,
  tls: { readonly hosts: readonly string[]; readonly given: ListenOptions['tls'] } | undefined,
  limits: ListenerLimits,
): Promise<ServerFactory> {
  const options: ServerOptions = {
    // An answer in the query may hold whole tokens: 100 kB are seen in practice.
    maxHeaderSize: 256 * 1024,
    // A missing Host gets our page instead of an empty 400.
    requireHostHeader: false,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(limits.headMs, 1_000),
  };
  const createOne = tls === undefined ? () => createServer(options) : await prepareTls(options, tls, limits);
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  const answering = new WeakSet<Duplex>();
  /** The latest request of each connection, the oldest first. TLS puts a socket on a socket: the other end tells. */
  const open = new Map<string, { readonly socket: Socket; request?: IncomingMessage }>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const admit = (socket: Socket) => {
    track(socket);
    const peer = peerOf(socket);
    open.set(peer, { socket });
    socket.once('close', () => open.delete(peer));
    const unfinished = [...open.values()].filter(({ request }) => request?.complete !== true);
    if (unfinished.length > mostUnfinished) unfinished[0]?.socket.destroy();
  };
  return {
    create() {
      const server = createOne();
      servers.add(server);
      server.maxRequestsPerSocket = 1;
      // Such as running out of file descriptors: that connection is lost, the next may not be.
      server.on('error', () => {});
      server.on('request', answer);
      server.on('connection', admit);
      server.on('secureConnection', track);
      server.on('request', (request) => {
        answering.add(request.socket);
        const connection = open.get(peerOf(request.socket));
        if (connection !== undefined) connection.request = request;
      });
      server.on('clientError', (error, socket) => {
        // An answer may be on its way here, and nothing may go before it.
        if (answering.has(socket)) socket.destroy();
        else refuseGarbage(error, socket);
      });
      return server;
    },
    async closeAll() {
      const closed = [...servers].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      );
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function prepareTls(
  options: ServerOptions,
  tls: { readonly hosts: readonly string[]; readonly given: ListenOptions['tls'] },
  limits: ListenerLimits,
): Promise<() => Server> {
  const https = await import('node:https');
  if (tls.given !== undefined) {
    const { cert, key } = tls.given;
    try {
      https.createServer({ cert, key }).close();
    } catch (cause) {
      throw new UsageError('The certificate or key given for the https redirect URI cannot be used.', {
        step: 'listen',
        hint: '--tls-cert and --tls-key take PEM files that belong together. Leave both out for a throw-away certificate.',
        cause,
      });
    }
  }
  const { createThrowAwayCertificate } = await import('./throw-away-certificate.ts');
  const pair = tls.given ?? createThrowAwayCertificate(tls.hosts, new Date());
  return () => https.createServer({ ...options, ...pair, handshakeTimeout: limits.headMs });
}

const garbage: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is not HTTP or came too slowly; a connection that said nothing or is lost gets nothing. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status =
    garbage[error.code ?? ''] ?? (error.code?.startsWith('HPE_') ? '400 Bad Request' : undefined);
  if (status === undefined || !socket.writable || ('bytesRead' in socket && socket.bytesRead === 0)) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** The head of a request as it is judged. */
export function headOf(request: IncomingMessage): RequestHead {
  const { rawHeaders, socket } = request;
  // An IPv4 connection to a socket bound to `::` (RFC 4291 §2.5.5.2).
  const localAddress = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: headerPairs(rawHeaders),
    localAuthority: authority(localAddress, socket.localPort ?? 0),
  };
}

/** A request body read to its end, or why there is none. */
type RequestBody =
  | { readonly type: 'complete'; readonly text: string }
  | { readonly type: 'too_large' }
  | { readonly type: 'aborted' };

/** A body beyond this many times the limit is cut off instead of being read to its end. */
const patience = 16;

/**
 * Reads a request body as UTF-8. A body above the limit is read on without being kept, as a client that is still
 * sending would see a reset instead of the answer.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > limitBytes * patience) request.destroy();
    });
    request.once('end', () =>
      resolve(
        size > limitBytes
          ? { type: 'too_large' }
          : { type: 'complete', text: Buffer.concat(chunks).toString('utf8') },
      ),
    );
    // After `end` this comes too late to matter.
    request.once('close', () => resolve({ type: 'aborted' }));
  });
}

/** How long a browser that does not read may delay the end of a response. */
const flushLimitMs = 2_000;

const headers = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};
const unframed = { 'X-Frame-Options': 'DENY' };

/**
 * Sends a page and ends its connection; resolves when the system has taken every octet, or at once when the
 * browser is gone. The policy the page declares goes into the header too, where it binds before the first tag is
 * read, together with what only a header can say (CSP3 §3.3).
 */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: string,
  further: Readonly<Record<string, string>> = {},
): Promise<void> {
  return sendBody(response, status, Buffer.from(page), {
    ...unframed,
    ...further,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `${declaredPolicy(page)}; frame-ancestors 'none'`,
  });
}

/** Sends a response without a body and ends its connection. */
export function sendEmpty(
  response: ServerResponse,
  status: number,
  further: Readonly<Record<string, string>> = {},
): Promise<void> {
  return sendBody(response, status, Buffer.alloc(0), { ...unframed, ...further });
}

/** The policy in a page's `<meta http-equiv>`; one that allows nothing for a page without. */
function declaredPolicy(page: string): string {
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([\x20-\x7e]*?)">/.exec(page) ?? [];
  return policy ?? "default-src 'none'; base-uri 'none'; form-action 'none'";
}

/** Sends any answer, which a page may frame, and ends its connection; resolves as `sendPage`. */
export function sendBody(
  response: ServerResponse,
  status: number,
  body: Buffer,
  further: Readonly<Record<string, string>>,
): Promise<void> {
  return new Promise((resolve) => {
    const { socket } = response;
    if (socket === null || socket.destroyed || response.headersSent) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(limit);
      resolve();
    };
    const limit = setTimeout(done, flushLimitMs);
    socket.once('close', done);
    // RFC 9110 §8.6: a 204 has no Content-Length.
    const length = status === 204 ? {} : { 'Content-Length': String(body.length) };
    response.writeHead(status, { ...headers, ...further, ...length });
    response.end(body);
  });
}
