import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { UsageError } from '../errors.ts';
import { say } from '../say.ts';

/** The port when none is asked for. */
export const defaultPort = 9400;

/** One request as it was answered. */
export interface IdpRequest {
  readonly method: string;
  /** Without the query, which may hold codes and tokens. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Why it was refused, as the server knows it and does not tell the client; may be undefined for any status. */
  readonly reason?: string;
}

/**
 * Listens on loopback, over TLS when a certificate is given.
 *
 * @throws UsageError when the port is taken or may not be used
 */
export async function bindServer(
  handler: RequestListener,
  /** With `requestCert` clients may show a certificate, and do not have to. */
  tls: { readonly cert: string; readonly key: string; readonly requestCert?: boolean } | undefined,
  address: string,
  port: number,
): Promise<Server> {
  const server =
    tls === undefined
      ? createHttpServer(handler)
      : createHttpsServer({ ...tls, rejectUnauthorized: false }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(bindError(cause, address, port)));
    server.listen({ host: address, port, ipv6Only: address === '::1' }, resolve);
  });
  return server;
}

function bindError(cause: NodeJS.ErrnoException, address: string, port: number): UsageError {
  const why = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${cause.code ?? cause.message})`;
  return new UsageError(
    say`Port ${port} on ${address} ${why}, so the authorization server cannot listen there.`,
    { hint: 'Choose another with --idp-port N, or --idp-port 0 for any free one.', cause },
  );
}

/** Ends every connection at once and frees the port. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
