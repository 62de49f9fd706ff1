import type { ExchangePhase, HttpFailure } from '../errors/http-failure.ts';

/** How far an exchange came: the phase of its end, and what had arrived. */
export interface ExchangeProgress {
  readonly phase: ExchangePhase;
  /** The connection had carried an earlier exchange. */
  readonly reused: boolean;
  /** The first octets of the answer, at most 64. */
  readonly firstOctets: Buffer;
  /** Octets of the body so far. */
  readonly bodyOctets: number;
}

/** An exchange that did not come to its end, and why. */
export class BrokenExchange extends Error {
  readonly progress: ExchangeProgress;

  constructor(progress: ExchangeProgress, cause: unknown) {
    super('The exchange did not come to its end.', { cause });
    this.name = 'BrokenExchange';
    this.progress = progress;
  }
}

/** A failure in neutral terms; the HTTP client turns it into the error of the run. */
export class FailedExchange extends Error {
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure, cause?: unknown) {
    super(`The exchange failed: ${failure.type}.`, { cause });
    this.name = 'FailedExchange';
    this.failure = failure;
  }
}

/** The cause when an exchange took longer than it may. */
export const timedOut = Symbol('timed out');

/** The cause for a body beyond 10 MiB. */
export const bodyTooLarge = Symbol('body too large');

/** The cause when the connection was destroyed from this side. */
export const connectionDestroyed = Symbol('connection destroyed');
