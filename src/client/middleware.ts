import type { SendOptions } from '../context.ts';
import type { HttpExchange, HttpRequest, HttpResponse } from '../http-message.ts';

/** The legs of the conversation, as `error.step` and the progress lines name them. */
export type FlowStep =
  | 'discovery'
  | 'keys'
  | 'registration'
  | 'listener'
  | 'par'
  | 'device_authorization'
  | 'backchannel_authentication'
  | 'authorization'
  | 'probe'
  | 'token'
  | 'id_token'
  | 'userinfo'
  | 'request'
  | 'resource'
  | 'introspection'
  | 'revocation'
  | 'end_session'
  | 'assertion'
  | 'expectation';

/** A credential, and what it is. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

/** A request on its way out, with what is known about it besides the message. */
export interface OutgoingRequest extends SendOptions {
  readonly step: FlowStep;
  readonly request: HttpRequest;
  /** Builds the request anew where it holds what counts only once, such as a client assertion (RFC 7523 §3). */
  readonly rebuild?: () => HttpRequest;
  /** Finds what in the response must never be shown; told before the response could be. */
  readonly secretsIn?: (response: HttpResponse) => readonly Secret[];
}

export type Send = (outgoing: OutgoingRequest) => Promise<HttpExchange>;

/** Tells, before a request is sent again, why. */
export type Retrying = (step: FlowStep, reason: string) => void;

/**
 * Wraps the sending of each request of a conversation: it may change the request, refuse it by throwing, or send it
 * again, which it tells. The first one of a list is the outermost.
 */
export type Middleware = (next: Send, retrying: Retrying) => Send;
