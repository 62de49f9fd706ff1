import type { ConnectionSettings, HttpClient } from '../context.ts';
import { FailedExchange, timedOut } from './http-failure.ts';
import { checkRequest, withDefaultHeaders } from './http-request.ts';
import type { HttpTransport } from './http-transport.ts';

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
  let full: Promise<HttpTransport> | undefined;
  const loadFull = (): Promise<HttpTransport> => {
    full ??= import('./http-transport.ts').then(({ createHttpTransport }) =>
      createHttpTransport(settings, env),
    );
    return full;
  };
  const loadTransport = (): Promise<HttpTransport> => {
    transport ??= canCarryOnce(settings, env)
      ? import('./http-once.ts').then(({ createSingleTransport }) =>
          createSingleTransport(settings, loadFull),
        )
      : loadFull();
    return transport;
  };
  if (settings.ca !== undefined || settings.clientCertificate !== undefined || settings.proxy !== undefined) {
    await loadTransport();
  }
  const certificate =
    settings.clientCertificate &&
    (await import('./client-certificate.ts')).certificateFacts(settings.clientCertificate);
  return {
    certificate,
    send: async (given, { signal, octets, keepOctets, isWhole } = {}) => {
      const url = checkRequest(given);
      signal?.throwIfAborted();
      const { carry } = await loadTransport();
      signal?.throwIfAborted();
      if (closed) throw new Error('A request was sent after the HTTP client was closed.');
      const request = withDefaultHeaders(given, settings.userAgent);
      const startedAt = new Date();
      const startedMs = performance.now();
      const deadline = startDeadline(settings.timeoutSeconds, signal);
      try {
        const carried = await carry(request, url, { signal: deadline.signal, octets, isWhole });
        const { response, wire } = carried;
        const durationMs = performance.now() - startedMs;
        const kept = keepOctets === true ? { octets: carried.octets } : {};
        return { request, response, startedAt, durationMs, wire, ...kept };
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : await inWords(error);
      } finally {
        deadline.end();
      }
    },
    close: async () => {
      closed = true;
      await (await transport)?.close();
      await (await full)?.close();
    },
  };
}

/**
 * Tells whether settings and environment ask for nothing but the usual, so that a single request can be carried by
 * what Node itself has, which loads in a fraction of the time.
 */
function canCarryOnce(
  { frugal, ca, clientCertificate, proxy }: ConnectionSettings,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const isUsual = ca === undefined && clientCertificate === undefined && proxy === undefined;
  return frugal === true && isUsual && !Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name));
}

/** A signal for one exchange, which ends with the time it may take or with the run. */
function startDeadline(seconds: number, run: AbortSignal | undefined) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(timedOut), seconds * 1000);
  const onAbort = () => controller.abort(run?.reason);
  run?.addEventListener('abort', onAbort);
  const end = () => {
    clearTimeout(timer);
    run?.removeEventListener('abort', onAbort);
  };
  return { signal: controller.signal, end };
}

/** The sentences about a failure are loaded once there is one. */
async function inWords(error: unknown): Promise<unknown> {
  if (!(error instanceof FailedExchange)) return error;
  const { httpError } = await import('../errors/http-failure.ts');
  return httpError(error.failure, error.cause);
}
