import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import buildConnect from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { ConnectionSettings, Environment } from '../context.ts';
import type { Peer } from '../errors/http-failure.ts';
import type { HttpRequest } from '../http-message.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import type { Connect, WireRequest } from './http-connection.ts';
import { type ExchangeProgress, FailedExchange } from './http-failure.ts';
import { hostAndPort, socketHost, userAgent, withHost } from './http-request.ts';
import { type HttpProxy, proxyFromEnvironment, readProxy } from './proxy-settings.ts';
import { readFailure } from './read-failure.ts';
import { createTlsTrust } from './tls-trust.ts';

/** The way to one server: straight, or through a proxy. */
export interface Route {
  /** Where connections go that serve this route: equal for routes that may share them. */
  readonly key: string;
  readonly origin: string;
  readonly connect: Connect;
  /** The proxy that stands in between. */
  readonly proxy?: HttpProxy;
  /** The proxy that answers in place of the server, when it fetches for us. */
  readonly forwardProxy?: HttpProxy;
  /** `host:port` of the server. */
  readonly server: string;
  /** The other end in a phase of an exchange. */
  peer(phase: ExchangeProgress['phase']): Peer;
  wireRequest(request: HttpRequest): WireRequest;
}

/** Finds routes, and holds what their connections share: trust and TLS sessions. */
export interface Router {
  /** @throws ConfigError when a proxy setting cannot be used */
  route(url: URL): Route;
  /** Trusts the operating system's certificates from now on; false when that changes nothing. */
  trustSystem(): boolean;
}

/** @throws ConfigError when a certificate, key or proxy given cannot be used */
export function createRouter(settings: ConnectionSettings, env: Environment): Router {
  const trust = createTlsTrust(settings, env);
  const explicitProxy = settings.proxy === undefined ? undefined : readProxy(settings.proxy, '--proxy');
  const proxyIsHere = explicitProxy !== undefined && isLoopbackHost(new URL(explicitProxy.origin).hostname);
  const clientCertificate = settings.clientCertificate !== undefined;
  // Each connector keeps the TLS sessions of its servers for resumption.
  let connectors: { [kind: string]: ReturnType<typeof buildConnect> } = {};

  const connector = (kind: 'plain' | 'server' | 'proxy') => {
    const secureContext =
      kind === 'server' ? trust.serverContext : kind === 'proxy' ? trust.proxyContext : undefined;
    connectors[kind] ??= buildConnect({
      ...(secureContext && { secureContext: secureContext() }),
      timeout: 0,
      // The default of 250 ms gives up on addresses that are merely far away.
      autoSelectFamilyAttemptTimeout: 500,
    });
    return connectors[kind];
  };
  const toServer: Connect = (options, callback, track) =>
    track(
      connector(options.protocol === 'https:' ? 'server' : 'plain')(
        { ...options, hostname: socketHost(options.hostname) },
        callback,
      ),
    );
  const toProxy: Connect = (options, callback, track) =>
    // undici derives the name from the Host header, which names the server and not the proxy.
    track(
      connector(options.protocol === 'https:' ? 'proxy' : 'plain')({ ...options, servername: '' }, callback),
    );

  const throughTunnel =
    (proxy: HttpProxy, authority: string): Connect =>
    (options, callback, track) => {
      openTunnel(proxy, authority, (proxyOptions, connected) => toProxy(proxyOptions, connected, track)).then(
        (httpSocket) => toServer({ ...options, httpSocket }, callback, track),
        (error: Error) => callback(error, null),
      );
    };

  const route = (url: URL): Route => {
    // In the clear nothing meant for this machine takes the way over another one.
    const staysHere = url.protocol === 'http:' && isLoopbackHost(url.hostname) && !proxyIsHere;
    const proxy = staysHere ? undefined : (explicitProxy ?? proxyFromEnvironment(url, env));
    const secure = url.protocol === 'https:';
    const server = hostAndPort(url);
    const path = `${url.pathname}${url.search}`;
    const peer = { label: server, secure, clientCertificate: secure && clientCertificate };
    const shared = { server, key: `${url.origin} ${proxy?.origin ?? ''}` };
    if (proxy === undefined) {
      return {
        ...shared,
        origin: url.origin,
        connect: toServer,
        peer: () => peer,
        wireRequest: (request) => ({ ...request, path }),
      };
    }
    const beyondProxy = { ...peer, label: `${server} (through the proxy ${proxy.label})` };
    if (secure) {
      return {
        ...shared,
        proxy,
        origin: url.origin,
        connect: throughTunnel(proxy, server),
        peer: () => beyondProxy,
        wireRequest: (request) => ({ ...request, path }),
      };
    }
    return {
      ...shared,
      proxy,
      key: proxy.origin,
      origin: proxy.origin,
      connect: toProxy,
      forwardProxy: proxy,
      peer: (phase) => (phase === 'connecting' || phase === 'handshaking' ? peerOf(proxy) : beyondProxy),
      wireRequest: (request) => forwardRequest(request, url, proxy),
    };
  };

  return {
    route,
    trustSystem: () => {
      const changed = trust.addSystemCertificates();
      if (changed) connectors = {};
      return changed;
    },
  };
}

/** The absolute form, which asks a proxy to fetch (RFC 9112 §3.2.2). */
function forwardRequest(request: HttpRequest, url: URL, proxy: HttpProxy): WireRequest {
  const { authorization } = proxy;
  const further = authorization === undefined ? [] : [['proxy-authorization', authorization] as const];
  return {
    ...request,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: [...withHost(request.headers, url), ...further],
  };
}

/**
 * Asks a proxy for a tunnel to a server and hands over its socket (RFC 9110 §9.3.6).
 * @param authority `host:port` of the server
 * @param connectToProxy opens the connection to the proxy itself
 * @throws FailedExchange
 */
function openTunnel(
  proxy: HttpProxy,
  authority: string,
  connectToProxy: buildConnector.connector,
): Promise<Socket> {
  const client = new Client(proxy.origin, { connect: connectToProxy, headersTimeout: 0, bodyTimeout: 0 });
  const headers = ['host', authority, 'user-agent', userAgent];
  if (proxy.authorization !== undefined) headers.push('proxy-authorization', proxy.authorization);
  let phase: 'connecting' | 'waiting' = 'connecting';

  return new Promise((resolve, reject) => {
    client.dispatch(
      { method: 'CONNECT', path: authority, headers },
      {
        onRequestStart: () => {
          phase = 'waiting';
        },
        onRequestUpgrade: (_controller, status, _headers, stream) => {
          // The parser has let go of the socket; until TLS takes it nothing else listens for its errors.
          stream.on('error', () => {});
          if (status >= 200 && status < 300) {
            // undici hands over the socket its connector made; only the declared type is wider.
            resolve(stream as Socket);
          } else {
            stream.destroy();
            reject(refusedByProxy(proxy, authority, status));
          }
        },
        onResponseError: (_controller, error) => {
          const progress = { phase, reused: false, firstOctets: Buffer.alloc(0), bodyOctets: 0 };
          // An exchange with a proxy has no time of its own: that of the whole ends it.
          reject(readFailure({ progress, cause: error }, peerOf(proxy), 0));
        },
      },
    );
  });
}

/** The failure of a request, or of the demand for a tunnel, that a proxy answered in its own name. */
export function refusedByProxy(proxy: HttpProxy, server: string, status: number): FailedExchange {
  const gaveCredentials = proxy.authorization !== undefined;
  return new FailedExchange({ type: 'proxy-refusal', peer: peerOf(proxy), status, server, gaveCredentials });
}

function peerOf(proxy: HttpProxy): Peer {
  return { label: proxy.label, secure: proxy.origin.startsWith('https:'), isProxy: true };
}
