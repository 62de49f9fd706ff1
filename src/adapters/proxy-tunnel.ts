import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { NetworkError } from '../errors.ts';
import { explainFailure } from './connection-error.ts';
import type { HttpProxy } from './proxy-settings.ts';
import { userAgent } from './user-agent.ts';

/**
 * Asks a proxy for a tunnel to a server and hands over its socket (RFC 9110 §9.3.6).
 * @param authority `host:port` of the server
 * @param connectToProxy opens the connection to the proxy itself
 * @throws NetworkError, InvalidResponseError
 */
export function openTunnel(
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
          // The parser has let go of the socket; until TLS takes it nobody else would hear its errors.
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
          const peer = {
            label: proxy.label,
            secure: proxy.origin.startsWith('https:'),
            isProxy: true,
          } as const;
          reject(explainFailure({ progress, cause: error }, peer));
        },
      },
    );
  });
}

/** The error for a proxy that answered a request, or the demand for a tunnel, in its own name. */
export function refusedByProxy(proxy: HttpProxy, authority: string, status: number): NetworkError {
  if (status === 407) {
    return new NetworkError('network', `The proxy ${proxy.label} demands a user name and password (407).`, {
      hint:
        proxy.authorization === undefined
          ? 'Give them in the URL of the proxy: http://user:password@host:port.'
          : 'Check the user name and password in the URL of the proxy; only the Basic scheme is supported.',
    });
  }
  return new NetworkError(
    'network',
    `The proxy ${proxy.label} would not connect to ${authority} (${status}).`,
    {
      hint: 'Ask who runs the proxy to allow this host, or list the host in NO_PROXY if it can be reached directly.',
    },
  );
}
