import buildConnect from 'undici/lib/core/connect.js';
import type { ConnectionSettings } from '../context.ts';
import type { HttpRequest } from '../http-message.ts';
import type { Peer } from './connection-error.ts';
import type { Connect, ExchangeProgress, WireRequest } from './http-connection.ts';
import { type HttpProxy, proxyFromEnvironment, readProxy } from './proxy-settings.ts';
import { openTunnel } from './proxy-tunnel.ts';
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
  /** Who was at the other end in a phase of an exchange. */
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

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError when a certificate, key or proxy given cannot be used */
export function createRouter(settings: ConnectionSettings, env: Environment): Router {
  const trust = createTlsTrust(settings, env);
  const explicitProxy = settings.proxy === undefined ? undefined : readProxy(settings.proxy, '--proxy');
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
    track(connector(options.protocol === 'https:' ? 'server' : 'plain')(options, callback));
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
    const proxy = explicitProxy ?? proxyFromEnvironment(url, env);
    const secure = url.protocol === 'https:';
    const server = `${url.hostname}:${url.port || (secure ? '443' : '80')}`;
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
    const proxyPeer = { label: proxy.label, secure: proxy.origin.startsWith('https:'), isProxy: true };
    return {
      ...shared,
      proxy,
      key: proxy.origin,
      origin: proxy.origin,
      connect: toProxy,
      forwardProxy: proxy,
      peer: (phase) => (phase === 'connecting' || phase === 'handshaking' ? proxyPeer : beyondProxy),
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
  const hasHost = request.headers.some(([name]) => name.toLowerCase() === 'host');
  return {
    ...request,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: [
      ...(hasHost ? [] : [['host', url.host] as const]),
      ...request.headers,
      ...(proxy.authorization === undefined ? [] : [['proxy-authorization', proxy.authorization] as const]),
    ],
  };
}
