import type { HeaderList } from '../http-message.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import type { TraceOutcome } from './trace.ts';

/** A request as far as it was saved. */
export interface CapturedRequest {
  readonly method: string;
  /** Absolute, or a path alone where nothing says which host was asked. */
  readonly url: string;
  readonly headers: HeaderList;
  /** null when it was not saved, or there is none. */
  readonly body: string | null;
}

/** A response as far as it was saved. */
export interface CapturedResponse {
  /** null when nothing says what it was. */
  readonly status: number | null;
  /** null when nothing says what they were. */
  readonly headers: HeaderList | null;
  /** null when only the head was saved. */
  readonly body: string | null;
}

/** What somebody who saved a message says about the request. */
export interface Asked {
  /** Value of `grant_type`. */
  readonly grant?: string;
  readonly scope?: readonly string[];
  readonly state?: string;
  /** The issuer as configured. */
  readonly issuer?: string;
}

/** What a message is for. */
export type Endpoint = 'authorization' | 'token' | 'callback' | 'userinfo' | 'discovery';

/** A request with its response, either of them perhaps missing. */
export interface CapturedExchange {
  readonly type: 'exchange';
  /** Where it was found, in words for a person. */
  readonly source: string;
  /** Said by who saved it; null when it has to be found out. */
  readonly endpoint: Endpoint | null;
  readonly request: CapturedRequest | null;
  readonly response: CapturedResponse | null;
  readonly asked: Asked;
  /** By the clock of the client. */
  readonly startedAt: Date | null;
  readonly durationMs: number | null;
  /** The leg of the run, where a recording of this tool names it. */
  readonly step?: string;
}

/** What was saved of a conversation, one message after the other, not yet sorted by what it is for. */
export type Captured =
  | CapturedExchange
  | {
      readonly type: 'callback';
      readonly source: string;
      readonly received: ReceivedAuthorizationResponse;
      readonly asked: Asked;
    }
  | { readonly type: 'authorization_request'; readonly source: string; readonly url: string }
  | { readonly type: 'jwt'; readonly source: string; readonly text: string }
  /** How a recorded run of this tool ended. */
  | RecordedRun;

/** How a run ended that its trace tells of. */
export interface RecordedRun {
  readonly type: 'run';
  readonly source: string;
  readonly command: string;
  readonly outcome: TraceOutcome;
}

/** What an input was read as. */
export type Recognition =
  | { readonly type: 'recognised'; readonly captured: readonly Captured[] }
  /** `seen` completes "This is …"; `hint` says what would help. Neither quotes the input. */
  | { readonly type: 'unrecognised'; readonly seen: string; readonly hint?: string };

/** What a person can say an input is, where it cannot be told. */
export const inputKinds = [
  'token_response',
  'callback',
  'userinfo',
  'metadata',
  'jwt',
  'authorization_request',
  'exchange',
  'curl',
  'har',
] as const;

/** One of {@link inputKinds}. */
export type InputKind = (typeof inputKinds)[number];

/** Builds a captured exchange from what is known of it. */
export function exchangeOf(
  known: Partial<CapturedExchange> & Pick<CapturedExchange, 'source'>,
): CapturedExchange {
  return {
    type: 'exchange',
    endpoint: null,
    request: null,
    response: null,
    asked: {},
    startedAt: null,
    durationMs: null,
    ...known,
  };
}
