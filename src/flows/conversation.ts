import { applyWaivers, type CheckResult, firstStoppingFailure, isWaivable } from '../checks/check-result.ts';
import { findUnencrypted } from '../checks/encryption.ts';
import type { DpopProver } from '../client/dpop.ts';
import type { FlowStep, Middleware, OutgoingRequest, Retrying, Send } from '../client/middleware.ts';
import type { BrowserLaunch, CertificateFacts, HttpClient } from '../context.ts';
import { ConfigError, InvalidResponseError, NamedError, NetworkError, ValidationError } from '../errors.ts';
import type { HttpExchange, HttpRequest } from '../http-message.ts';
import type { DecryptionKey } from '../jose/decrypt-jwe.ts';
import type { JsonObject } from '../json/json.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import type { DeviceCode } from '../protocol/device-authorization.ts';
import type { RecordedEvent } from '../recording/recording.ts';
import { own, recall, remember, type Said, say } from '../say.ts';

/** An event that a recording keeps as it was told. */
type Kept<Type extends RecordedEvent['type']> = {
  [Name in Type]: Omit<RecordedEvent<Name>, 'at_ms' | 'source' | 'asked'>;
}[Type];

/** An event that a flow tells while it runs; the command decides what to show. */
export type FlowEvent =
  | Kept<'listening' | 'callback_ignored' | 'page' | 'client_authentication' | 'client'>
  | (Kept<'remark' | 'retry'> & { readonly step: FlowStep })
  | (Kept<'checks'> & { readonly step: FlowStep; readonly checks: readonly CheckResult[] })
  | { readonly type: 'exchange'; readonly step: FlowStep; readonly exchange: HttpExchange }
  /** Something may take long; when it is over, `until` settles. With a time-out it is the user who is awaited. */
  | {
      readonly type: 'awaiting';
      readonly step: FlowStep;
      readonly url: string;
      readonly until: Promise<unknown>;
      readonly timeoutSeconds?: number;
    }
  /** A request to which no answer came. */
  | {
      readonly type: 'request-failed';
      readonly step: FlowStep;
      readonly request: HttpRequest;
      readonly durationMs: number;
      readonly error: unknown;
    }
  | {
      readonly type: 'authorization-url';
      readonly url: string;
      readonly redirectUri: string;
      readonly listening: boolean;
    }
  /** The user signs in elsewhere, with this code. */
  | { readonly type: 'user-code'; readonly code: DeviceCode; readonly receivedAt: Date }
  /** The program runs; how it fares is told later, by `browser`. */
  | { readonly type: 'browser-started'; readonly command: string }
  | { readonly type: 'browser'; readonly launch: BrowserLaunch }
  | {
      readonly type: 'callback';
      readonly by: 'browser' | 'paste' | 'bare-code';
      readonly waitedMs: number;
      readonly receivedAt?: Date;
      /** As it arrived; nothing in it was judged yet. */
      readonly received?: ReceivedAuthorizationResponse;
    }
  /** A value that must never be shown; told before anything could show it. */
  | { readonly type: 'secret'; readonly kind: string; readonly value: string };

/** Where a flow sends its events. */
export type Emit = (event: FlowEvent) => void;

/** Approves each request before it is sent and may change it; an error that it throws keeps the request back. */
export type ApproveRequest = (step: FlowStep, request: HttpRequest) => Promise<HttpRequest>;

/** The doors and rules of a conversation. */
export interface ConversationOptions {
  readonly http: Pick<HttpClient, 'send' | 'certificate'>;
  readonly signal: AbortSignal;
  /** Is told each event as it happens. */
  readonly emit: Emit;
  /** Ids of checks whose failure only warns. */
  readonly waived?: ReadonlySet<string>;
  /** Proves a key with the requests that ask for tokens bound to it, or use one (RFC 9449). */
  readonly dpop?: DpopProver | undefined;
  readonly decryptionKey?: DecryptionKey | undefined;
  /** Every request passes it, the outermost first. */
  readonly middleware?: readonly Middleware[];
  /** Asked last, about each request as it is going to be sent. */
  readonly approve?: ApproveRequest | undefined;
}

/** One conversation with a server: every request of a flow goes through it, and it keeps the checks that were made. */
export interface Conversation {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly waived: ReadonlySet<string>;
  readonly approve: ApproveRequest | undefined;
  /** Set where tokens are to be bound to a key. */
  readonly dpop: DpopProver | undefined;
  /** What opens encrypted answers. */
  readonly decryptionKey: DecryptionKey | undefined;
  /** Of the TLS client, where it has one. */
  readonly certificate: CertificateFacts | undefined;
  /** All checks so far, waivers applied; they are there after a failure too. */
  readonly checks: readonly CheckResult[];
  /**
   * Sends one request through the middleware and tells about the exchange, after the secrets in its response.
   * @throws what the HTTP client throws, with the step it happened in.
   */
  send(
    step: FlowStep,
    request: HttpRequest,
    further?: Omit<OutgoingRequest, 'step' | 'request'>,
  ): Promise<HttpExchange>;
  /**
   * Tells the results of a step and goes on.
   * @throws ValidationError when a check failed that makes the next step unsafe.
   */
  requireChecks(step: FlowStep, results: readonly CheckResult[]): void;
  /**
   * Refuses addresses to which secrets would go over plain http. Each request is asked about here before it is sent;
   * a flow asks sooner where a person would act in vain.
   * @throws ValidationError
   */
  requireEncryption(step: FlowStep, urls: readonly string[]): void;
}

/** Their requests carry nothing secret. */
const openSteps: ReadonlySet<FlowStep> = new Set(['discovery', 'keys', 'resource']);

/** Starts a conversation; nothing is sent yet. */
export function startConversation(options: ConversationOptions): Conversation {
  const { http, signal, waived = new Set(), dpop, middleware = [], approve } = options;
  const checks: CheckResult[] = [];
  const emit: Emit = (event) => {
    if (event.type === 'checks') checks.push(...event.checks);
    options.emit(event);
  };
  const approving: Middleware = (next) => async (outgoing) => {
    const request = (await approve?.(outgoing.step, outgoing.request)) ?? outgoing.request;
    return next({ ...outgoing, request });
  };
  const transmit: Send = async ({ step, request, secretsIn, octets, keepOctets, isWhole, signal: own }) => {
    const startedMs = performance.now();
    try {
      const ends = own === undefined ? signal : AbortSignal.any([signal, own]);
      const until = http.send(request, { octets, keepOctets, isWhole, signal: ends });
      emit({ type: 'awaiting', step, url: request.url, until });
      const exchange = await until;
      for (const secret of secretsIn?.(exchange.response) ?? []) emit({ type: 'secret', ...secret });
      emit({ type: 'exchange', step, exchange });
      return exchange;
    } catch (error) {
      const durationMs = performance.now() - startedMs;
      emit({ type: 'request-failed', step, request, durationMs, error });
      // A cancellation ends the whole run: it belongs to no step, whatever was in flight.
      if (error instanceof NamedError && error !== signal.reason) error.step ??= step;
      throw error;
    }
  };
  const requireChecks: Conversation['requireChecks'] = (step, results) => {
    const judged = applyWaivers(results, waived);
    emit({ type: 'checks', step, checks: judged });
    const failure = firstStoppingFailure(judged);
    if (failure !== undefined) throw stoppedBy(failure, step);
  };
  const toldOf = new Set<string>();
  const requireEncryption: Conversation['requireEncryption'] = (step, urls) => {
    for (const failure of urls.flatMap((url) => findUnencrypted(url) ?? [])) {
      if (toldOf.has(failure.detail)) continue;
      requireChecks(step, [failure]);
      toldOf.add(failure.detail);
    }
  };
  // Behind every middleware that changes a request or sends it again.
  const guarding: Middleware = (next) => async (outgoing) => {
    if (!openSteps.has(outgoing.step)) requireEncryption(outgoing.step, [outgoing.request.url]);
    return next(outgoing);
  };
  let unjudged = http.certificate;
  const showing: Middleware = (next) => async (outgoing) => {
    if (unjudged !== undefined && !openSteps.has(outgoing.step)) {
      const certificate = unjudged;
      unjudged = undefined;
      const { checkClientCertificate } = await import('../checks/certificate.ts');
      requireChecks(outgoing.step, [checkClientCertificate(certificate)]);
    }
    return next(outgoing);
  };
  const retrying: Retrying = (step, reason) => emit({ type: 'retry', step, reason });
  const proving = dpop === undefined ? [] : [dpop.middleware];
  const send = [...proving, ...middleware, approving, guarding, showing].reduceRight<Send>(
    (next, wrap) => wrap(next, retrying),
    transmit,
  );
  return {
    signal,
    emit,
    waived,
    approve,
    dpop,
    certificate: http.certificate,
    decryptionKey: options.decryptionKey,
    checks,
    send: (step, request, further = {}) => send({ ...further, step, request }),
    requireChecks,
    requireEncryption,
  };
}

/** Tells something worth knowing that is not a check. */
export function tellRemark({ emit }: Pick<Conversation, 'emit'>, step: FlowStep, text: Said): void {
  emit({ type: 'remark', step, text: remember(text) });
}

/** Where the key of a conversation is from: one that is held, else a new one. */
export interface DpopSettings {
  /** A private JWK. */
  readonly key?: JsonObject | undefined;
}

/** Prepares to prove a key; without settings nothing is, and none of the code for it is loaded. */
export async function createProver(
  settings: DpopSettings | undefined,
  now: () => Date,
  emit: Emit,
): Promise<DpopProver | undefined> {
  if (settings === undefined) return undefined;
  const { createDpopProver } = await import('../client/dpop.ts');
  return createDpopProver(settings.key, now, (secret) => emit({ type: 'secret', ...secret }));
}

function stoppedBy(failure: CheckResult, step: FlowStep): ValidationError {
  return new ValidationError(failure.id, say`${own(failure.title)}: ${recall(failure.detail)}`, {
    step,
    hint: say`Nothing further was sent.${cureOf(failure, step)} See ${own(failure.spec)}${
      isWaivable(failure) ? say`; --no-verify ${own(failure.id)} lets it only warn` : own('')
    }.`,
  });
}

/**
 * The advice. An issuer that is only spelt otherwise, or has moved, brings its own metadata when asked by its own name.
 * Only what a shell takes literally is put into a command.
 */
function cureOf({ id, received }: CheckResult, step: FlowStep): Said {
  if (id === 'insecure-endpoint')
    return own(
      ' Use its https address. Where the way there is trusted, a profile may say "no_verify": ["insecure-endpoint"].',
    );
  if (id === 'fapi-algorithm')
    return own(
      ` Register the client for ES256 or PS256 (${step === 'id_token' ? step : 'authorization'}_signed_response_alg).`,
    );
  if (id !== 'metadata-issuer' || received === undefined || !/^https?:\/\/[\w.:/~%-]+$/.test(received))
    return own('');
  return say` If that is the server you mean: --issuer ${received}.`;
}

/**
 * Tells whether nothing usable came back for a request that the flow can do without. A ConfigError is about the URL,
 * which stands in the metadata.
 */
export function isUnreachable(error: unknown): error is Error {
  return [NetworkError, InvalidResponseError, ConfigError].some((type) => error instanceof type);
}
