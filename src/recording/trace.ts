import type { HeaderList } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';

/**
 * A recorded run as the `.json` of `--trace` holds it: everything that was sent, received, checked and said, in order.
 * Moments are RFC 3339; `at_ms` counts from `started_at`.
 */
export interface Trace {
  readonly version: 1;
  readonly kind: 'trace';
  /** Such as `oauth-code 1.0.0`. */
  readonly recorded_by: string;
  readonly command: string;
  readonly started_at: string;
  readonly duration_ms: number;
  /** Whether placeholders such as `‹access_token›` stand for secrets, the same one for the same secret. */
  readonly secrets: 'redacted' | 'shown';
  readonly outcome: TraceOutcome;
  readonly events: readonly TraceEvent[];
  /** Every JWT that occurs, taken apart; nothing here says that it can be trusted. */
  readonly tokens: readonly TraceToken[];
  /** Only beside shown secrets: what is to be hidden when the trace is shown to others. */
  readonly known_secrets?: readonly { readonly kind: string; readonly value: string }[];
}

/** How the run ended. */
export interface TraceOutcome {
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly error?: TraceError;
  /** The likely causes of the error that the run found, the likeliest first: it knew secrets that are not in here. */
  readonly diagnosis?: readonly TraceDiagnosis[];
}

/** A likely cause, as `debug` gives it. */
export interface TraceDiagnosis {
  readonly cause: string;
  readonly why: string;
  readonly try: string;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly proven?: true;
  readonly source?: string;
  readonly expected?: string;
  readonly received?: string;
}

/** The error that the run ended with, as in its error document. */
export interface TraceError {
  readonly code: string;
  readonly step: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly exit_code: number;
  readonly oauth?: {
    readonly error: string | null;
    readonly error_description: string | null;
    readonly error_uri: string | null;
    readonly status: number | null;
  };
  readonly check?: string;
}

/** A JWT of the conversation. */
export interface TraceToken {
  /** The token itself, or the placeholder that stands for it. */
  readonly token: string;
  readonly header: JsonObject;
  /** null when it is encrypted. */
  readonly claims: JsonObject | null;
}

/** One check that was made during the run. */
export interface TraceCheck {
  readonly id: string;
  readonly outcome: 'pass' | 'fail' | 'warn' | 'skipped';
  readonly title: string;
  readonly detail: string;
  readonly spec: string;
  readonly expected?: string;
  readonly received?: string;
}

interface Moment {
  readonly at_ms: number;
}

/** One HTTP exchange; without a response when none came. */
export interface TraceExchange extends Moment {
  readonly type: 'exchange';
  /** The leg of the conversation, such as `token`. */
  readonly step: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly request: TraceRequest;
  readonly response: TraceResponse | null;
  /** Why there is no response. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly wire?: TraceWire;
}

/** A request as it was sent. */
export interface TraceRequest {
  readonly method: string;
  readonly url: string;
  /** In the order and letter case of the wire. */
  readonly headers: HeaderList;
  readonly body?: string;
}

/** A response as it was received. */
export interface TraceResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** What the connection told. */
export interface TraceWire {
  readonly reused: boolean;
  readonly remote_address?: string;
  readonly proxy?: string;
  readonly dns_ms?: number;
  readonly connect_ms?: number;
  readonly tls_ms?: number;
  readonly sent_after_ms?: number;
  readonly first_byte_after_ms?: number;
  readonly tls?: TraceTls;
}

/** The TLS handshake. */
export interface TraceTls {
  readonly protocol: string;
  readonly cipher: string;
  readonly certificate?: {
    readonly subject: string;
    readonly issuer: string;
    readonly names: string;
    readonly valid_from: string;
    readonly valid_to: string;
    readonly fingerprint: string;
  };
}

/** The listener behind the redirect URI was bound. */
export interface TraceListening extends Moment {
  readonly type: 'listening';
  readonly redirect_uri: string;
  readonly addresses: readonly string[];
}

/** The person was sent to the authorization server with this URL; what happens there is not seen. */
export interface TraceAuthorizationRequest extends Moment {
  readonly type: 'authorization_request';
  readonly url: string;
  readonly redirect_uri: string;
}

/** What became of opening a browser, in a few words. */
export interface TraceBrowser extends Moment {
  readonly type: 'browser';
  readonly text: string;
}

/** The authorization response arrived. */
export interface TraceCallback extends Moment {
  readonly type: 'callback';
  readonly method: 'GET' | 'POST' | 'FRAGMENT' | 'PASTE';
  readonly url: string;
  /** Of a form post. */
  readonly body?: string;
  readonly waited_ms: number;
}

/** Something reached the redirect URI that was not the answer. */
export interface TraceCallbackIgnored extends Moment {
  readonly type: 'callback_ignored';
  readonly reason: string;
}

/** The page that the person's browser was shown at the end. */
export interface TracePage extends Moment {
  readonly type: 'page';
  readonly outcome: 'success' | 'failure';
}

/** How the client proved itself, beside what the server advertises. */
export interface TraceClientAuthentication extends Moment {
  readonly type: 'client_authentication';
  readonly method: string;
  readonly advertised: readonly string[] | null;
}

/** Checks that were made of one step. */
export interface TraceChecks extends Moment {
  readonly type: 'checks';
  readonly step: string;
  readonly checks: readonly TraceCheck[];
}

/** Something worth knowing that is no check. */
export interface TraceRemark extends Moment {
  readonly type: 'remark';
  readonly step: string;
  readonly text: string;
}

/** What a trace is made of, in the order it happened. */
export type TraceEvent =
  | TraceExchange
  | TraceListening
  | TraceAuthorizationRequest
  | TraceBrowser
  | TraceCallback
  | TraceCallbackIgnored
  | TracePage
  | TraceClientAuthentication
  | TraceChecks
  | TraceRemark;

/** All checks of a trace in the order they were made. */
export function checksOf({ events }: Pick<Trace, 'events'>): readonly TraceCheck[] {
  return events.flatMap((event) => (event.type === 'checks' ? event.checks : []));
}
