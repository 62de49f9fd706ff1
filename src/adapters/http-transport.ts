import { setFlagsFromString } from 'node:v8';
import type { ConnectionSettings, SendOptions } from '../context.ts';
import type { Peer } from '../errors/http-failure.ts';
import type { HttpExchange, HttpRequest } from '../http-message.ts';
import { decodeContent } from './content-coding.ts';
import { createHttpConnection, type HttpConnection, type WireResponse } from './http-connection.ts';
import { BrokenExchange, bodyTooLarge, connectionDestroyed, FailedExchange } from './http-failure.ts';
import { createRouter, type Route, refusedByProxy } from './http-route.ts';
import { isClosing, isUnknownIssuer, readFailure } from './read-failure.ts';

// After a few answers the engine would optimise the HTTP parser, which is WebAssembly, and the process could not end
// before that is done: 10 to 50 ms for nothing. A version not tried yet might print that it knows no such flag.
const newestVersionTried = 26;
if (Number.parseInt(process.versions.node, 10) <= newestVersionTried) {
  setFlagsFromString('--wasm-tiering-budget=1000000000');
}

/** The response, and how the exchange went over the wire. */
export type Carried = Required<Pick<HttpExchange, 'response' | 'wire' | 'octets'>>;

/** The signal that ends an exchange early, octets to send in place of a body of text, and where the answer ends. */
export type CarryOptions = Pick<SendOptions, 'octets' | 'isWhole'> & { readonly signal: AbortSignal };

/** Carries requests to servers over connections that are kept alive. */
export interface HttpTransport {
  /** @throws ConfigError, FailedExchange; anything once the signal is aborted */
  carry(request: HttpRequest, url: URL, options: CarryOptions): Promise<Carried>;
  close(): Promise<void>;
}

/**
 * Makes the transport of a client; nothing is opened yet. An idle connection is always preferred to a new one.
 * @throws ConfigError when a certificate, key or proxy given cannot be used
 */
export function createHttpTransport(
  settings: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): HttpTransport {
  const router = createRouter(settings, env);
  const idle = new Map<string, HttpConnection[]>();
  const open = new Set<HttpConnection>();
  const busy = new Map<string, Promise<unknown>>();

  const connection = (route: Route): HttpConnection => {
    const made = createHttpConnection(route.origin, route.connect);
    open.add(made);
    return made;
  };

  const attempt = async (
    route: Route,
    request: HttpRequest,
    { signal, octets, isWhole }: CarryOptions,
    used: HttpConnection,
  ): Promise<WireResponse> => {
    try {
      const sent = route.wireRequest(request);
      const response = await used.exchange({ ...sent, body: octets ?? sent.body }, signal, isWhole);
      if (response.isCut) open.delete(used);
      else idle.set(route.key, [...(idle.get(route.key) ?? []), used]);
      return response;
    } catch (error) {
      open.delete(used);
      throw error;
    }
  };

  const attemptTwice = async (
    route: Route,
    request: HttpRequest,
    options: CarryOptions,
  ): Promise<WireResponse> => {
    try {
      if ((idle.get(route.key) ?? []).length === 0) await shortly(busy.get(route.key));
      const used = idle.get(route.key)?.pop() ?? connection(route);
      const exchanged = attempt(route, request, options, used);
      busy.set(route.key, exchanged);
      return await exchanged;
    } catch (failure) {
      const again =
        failure instanceof BrokenExchange &&
        (isStale(failure, request) || (isUntrusted(failure) && router.trustSystem()));
      if (!again) throw failure;
      return await attempt(route, request, options, connection(route));
    }
  };

  const carry = async (request: HttpRequest, url: URL, options: CarryOptions): Promise<Carried> => {
    const route = router.route(url);
    try {
      const wire = await attemptTwice(route, request, options);
      if (wire.status === 407 && route.forwardProxy !== undefined) {
        throw refusedByProxy(route.forwardProxy, route.server, wire.status);
      }
      const body = await decodeContent(wire.body, wire.headers, serverOf(route));
      return {
        response: { status: wire.status, headers: wire.headers, body: body.toString('utf8') },
        wire: { ...wire.wire, proxy: route.proxy?.label },
        octets: body,
      };
    } catch (error) {
      throw error instanceof BrokenExchange ? read(error, route, settings.timeoutSeconds) : error;
    }
  };

  return {
    carry,
    close: async () => {
      idle.clear();
      await Promise.all([...open].map((made) => made.destroy()));
      open.clear();
    },
  };
}

/** An answer that is about to end frees its connection, which costs less than a new handshake. */
const worthWaitingMs = 500;

async function shortly(exchange: Promise<unknown> | undefined): Promise<void> {
  if (exchange === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, worthWaitingMs);
  });
  await Promise.race([exchange.catch(() => {}), elapsed]);
  clearTimeout(timer);
}

/** The server closed a kept-alive connection just when it was used again; only a GET may then be repeated. */
function isStale({ progress, cause }: BrokenExchange, request: HttpRequest): boolean {
  const { reused, phase, firstOctets } = progress;
  const repeatable = request.method === 'GET' && request.body === undefined;
  return repeatable && reused && phase === 'waiting' && firstOctets.length === 0 && isClosing(cause);
}

function isUntrusted({ cause }: BrokenExchange): boolean {
  return isUnknownIssuer(cause instanceof FailedExchange ? cause.cause : cause);
}

function read(broken: BrokenExchange, route: Route, timeoutSeconds: number): FailedExchange {
  const isOurDoing = broken.cause === bodyTooLarge || broken.cause === connectionDestroyed;
  const peer = isOurDoing ? serverOf(route) : route.peer(broken.progress.phase);
  return readFailure(broken, peer, timeoutSeconds);
}

/** The server itself, whatever stands in between. */
function serverOf({ server }: Route): Peer {
  return { label: server, secure: false };
}
