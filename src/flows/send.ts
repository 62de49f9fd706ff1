import type { HttpClient, SendOptions } from '../context.ts';
import { ConfigError, InvalidResponseError, NamedError, NetworkError } from '../errors.ts';
import type { HttpExchange, HttpRequest, HttpResponse } from '../http-message.ts';
import type { Emit, FlowStep } from './flow-event.ts';

/** A credential, and what it is. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

/** The doors a flow needs to talk to a server. */
export interface Wire {
  readonly http: Pick<HttpClient, 'send'>;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly before?: BeforeSend;
}

/** Is told of each request before it is sent and may change it; what it throws keeps it from being sent. */
export type BeforeSend = (step: FlowStep, request: HttpRequest) => Promise<HttpRequest>;

/**
 * Sends one request of a flow and tells about the exchange, after the secrets in its response.
 * @throws what the HTTP client throws, with the step it happened in.
 */
export async function send(
  wire: Wire,
  step: FlowStep,
  wanted: HttpRequest,
  secretsIn: (response: HttpResponse) => readonly Secret[] = () => [],
  octets: Omit<SendOptions, 'signal'> = {},
): Promise<HttpExchange> {
  const request = (await wire.before?.(step, wanted)) ?? wanted;
  const startedMs = performance.now();
  try {
    const exchange = await wire.http.send(request, { ...octets, signal: wire.signal });
    for (const secret of secretsIn(exchange.response)) wire.emit({ type: 'secret', ...secret });
    wire.emit({ type: 'exchange', step, exchange });
    return exchange;
  } catch (error) {
    const durationMs = performance.now() - startedMs;
    wire.emit({ type: 'request-failed', step, request, durationMs, error });
    // A cancellation ends the whole run: it belongs to no step, whatever was in flight.
    if (error instanceof NamedError && error !== wire.signal.reason) error.step ??= step;
    throw error;
  }
}

/**
 * Tells whether nothing usable came back for a request that the flow can do without. A ConfigError is about the URL,
 * which stands in the metadata.
 */
export function isUnreachable(error: unknown): error is Error {
  return [NetworkError, InvalidResponseError, ConfigError].some((type) => error instanceof type);
}
