// biome-ignore-all lint/suspicious/noConsole: the library prints through console, so that is where its notices are caught
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withoutQuery } from '../http-message.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { bindServer, closeServer, defaultPort, type IdpRequest } from './bind-server.ts';
import { createProvider, type IdpClient } from './create-provider.ts';
import { emptyIdpConfig, featureOf, type IdpConfig } from './idp-config.ts';
import { interactionPath, serveInteraction } from './interactions.ts';

/** How the embedded authorization server is to run; every member is optional. */
export interface IdpOptions {
  /** Default 9400; 0 is any free port. */
  readonly port?: number;
  /** The host of the issuer. For `localhost` the server listens on IPv6 too, where there is any. Default 127.0.0.1. */
  readonly hostname?: '127.0.0.1' | 'localhost';
  /** PEM texts; with them the issuer is https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What `readIdpConfig` read. */
  readonly config?: IdpConfig;
  onRequest?(request: IdpRequest): void;
  /** A defect of the server itself, answered with status 500. */
  onServerError?(error: unknown): void;
}

/** The embedded authorization server, listening. */
export interface RunningIdp {
  readonly issuer: string;
  readonly clients: readonly IdpClient[];
  /** The names to sign in with; any password is right. */
  readonly users: readonly string[];
  /** Ends every connection at once and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the embedded authorization server (oidc-provider) on loopback, with everything in memory. It is a server for
 * trying things: any password is right and the secrets are known.
 *
 * @throws UsageError when the port is taken or may not be used
 * @throws ConfigError when the options file asks for what oidc-provider refuses
 */
export async function startIdp(options: IdpOptions = {}): Promise<RunningIdp> {
  const { hostname = '127.0.0.1', config = emptyIdpConfig } = options;
  const requestCert = featureOf(config.provider, 'mTLS').enabled === true;
  const tls = options.tls && { ...options.tls, requestCert };
  const handler: { current: RequestListener | undefined } = { current: undefined };
  const listen = (address: string, port: number) =>
    bindServer((request, response) => handler.current?.(request, response), tls, address, port);

  const unmute = muteProviderNotices();
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
    unmute();
  };
  try {
    const main = await listen('127.0.0.1', options.port ?? defaultPort);
    servers.push(main);
    const { port } = main.address() as AddressInfo;
    if (hostname === 'localhost') {
      const second = await listen('::1', port).catch(() => undefined);
      if (second !== undefined) servers.push(second);
    }
    const host = `${hostname}:${port}`;
    const issuer = `${tls === undefined ? 'http' : 'https'}://${host}`;
    const { provider, clients, users } = await createProvider(issuer, port, config);
    handler.current = createHandler(provider, host, users, options);
    return { issuer, clients, users, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** The routes whose refusals oidc-provider announces, under its own names. */
const reportingRoutes = (
  'authorization grant userinfo introspection revocation end_session pushed_authorization_request ' +
  'device_authorization code_verification'
).split(' ');

type EmbeddedProvider = Awaited<ReturnType<typeof createProvider>>['provider'];

function createHandler(
  provider: EmbeddedProvider,
  host: string,
  users: readonly string[],
  { onRequest, onServerError }: IdpOptions,
): RequestListener {
  const answer = provider.callback();
  const reasons = new WeakMap<object, string>();
  for (const route of reportingRoutes) {
    provider.on(`${route}.error`, ({ req }, error) => reasons.set(req, reasonOf(error)));
  }
  provider.on('server_error', (_context, error) => onServerError?.(error));
  // Koa prints errors without a listener; a browser that went away is not worth a line.
  provider.on('error', () => {});

  return (request, response) => {
    const startedMs = performance.now();
    const path = withoutQuery(request.url ?? '/');
    response.on('finish', () => {
      const reason = reasons.get(request);
      onRequest?.({
        method: request.method ?? '',
        path,
        status: response.statusCode,
        durationMs: performance.now() - startedMs,
        ...(reason === undefined ? {} : { reason }),
      });
    });
    if (!isLoopbackAuthority(request.headers.host)) {
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end('This server answers to loopback names only.\n');
      return;
    }
    // Endpoints and DPoP targets are built from the Host header; they must not differ from the issuer's.
    request.headers.host = host;
    // RFC 6749 §5.1 still asks for it, and the library follows the newer drafts that do not.
    response.setHeader('pragma', 'no-cache');
    if (!path.startsWith(interactionPath)) return answer(request, response);
    serveInteraction(provider, users, request, response).catch((error: unknown) => {
      onServerError?.(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}

/** Tells whether a `Host` header names this machine, whatever the port; anything else may be DNS rebinding. */
export function isLoopbackAuthority(host: string | undefined): boolean {
  return host !== undefined && isLoopbackHost(host.replace(/:\d+$/, ''));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { error_description: told, error_detail: kept } = error as {
    error_description?: string;
    error_detail?: string;
  };
  return [error.message, told, kept].filter((part) => part !== undefined).join(': ');
}

/** How oidc-provider begins every line it prints, coloured on a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colour is an escape sequence
const notice = /^(?:\x1b\[[\d;]*m)?oidc-provider (?:NOTICE|WARNING): /;

let holders = 0;
let restoreConsole: () => void = () => {};

/**
 * Keeps oidc-provider's advice to operators (unsupported runtime, quick-start defaults) off the terminal and lets
 * every other line of the console through; returns the function that ends it. May be held several times at once.
 */
function muteProviderNotices(): () => void {
  if (holders === 0) {
    const { info, warn } = console;
    const withoutNotices =
      (print: typeof console.warn) =>
      (...values: unknown[]) => {
        if (!(typeof values[0] === 'string' && notice.test(values[0]))) print.apply(console, values);
      };
    console.info = withoutNotices(info);
    console.warn = withoutNotices(warn);
    restoreConsole = () => {
      console.info = info;
      console.warn = warn;
    };
  }
  holders += 1;
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) restoreConsole();
  };
}
