import type { HttpClient } from '../context.ts';
import { NamedError } from '../errors.ts';
import type { HttpExchange, HttpRequest } from '../protocol/http-message.ts';
import type { Emit, FlowStep } from './flow-event.ts';

/** The doors a flow needs to talk to a server. */
export interface Wire {
  readonly http: Pick<HttpClient, 'send'>;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Sends one request of a flow and tells about the exchange.
 * @throws what the HTTP client throws, with the step it happened in.
 */
export async function send(wire: Wire, step: FlowStep, request: HttpRequest): Promise<HttpExchange> {
  try {
    const exchange = await wire.http.send(request, { signal: wire.signal });
    wire.emit({ type: 'exchange', step, exchange });
    return exchange;
  } catch (error) {
    if (error instanceof NamedError) error.step ??= step;
    throw error;
  }
}
