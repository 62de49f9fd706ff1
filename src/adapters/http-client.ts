import type { ConnectionSettings, HttpClient } from '../context.ts';
import { type HeaderList, type HttpRequest, headerValue } from '../protocol/http-message.ts';
import { checkRequest } from './check-request.ts';
import type { HttpTransport } from './http-transport.ts';
import { userAgent } from './user-agent.ts';

/**
 * Makes the HTTP client of a run. The library behind it is loaded by the first request, or here when there are
 * certificates or a proxy to check.
 * @throws ConfigError when a certificate, key or proxy given cannot be used
 */
export async function connectHttpClient(
  settings: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HttpClient> {
  let transport: Promise<HttpTransport> | undefined;
  let closed = false;
  const loadTransport = (): Promise<HttpTransport> => {
    transport ??= import('./http-transport.ts').then(({ createHttpTransport }) =>
      createHttpTransport(settings, env),
    );
    return transport;
  };
  if (settings.ca !== undefined || settings.clientCertificate !== undefined || settings.proxy !== undefined) {
    await loadTransport();
  }
  return {
    send: async (given, { signal } = {}) => {
      const url = checkRequest(given);
      signal?.throwIfAborted();
      const { carry } = await loadTransport();
      signal?.throwIfAborted();
      if (closed) throw new Error('A request was sent after the HTTP client was closed.');
      const request = withDefaultHeaders(given);
      const startedAt = new Date();
      const startedMs = performance.now();
      const response = await carry(request, url, signal);
      return { request, response, startedAt, durationMs: performance.now() - startedMs };
    },
    close: async () => {
      closed = true;
      await (await transport)?.close();
    },
  };
}

/** Compressed answers are asked not to come: what is recorded is then what was sent. */
function withDefaultHeaders(request: HttpRequest): HttpRequest {
  const defaults: HeaderList = [
    ['user-agent', userAgent],
    ['accept-encoding', 'identity'],
  ];
  const missing = defaults.filter(([name]) => headerValue(request.headers, name) === undefined);
  return { ...request, headers: [...request.headers, ...missing] };
}
