import type { CheckResult } from '../checks/check-result.ts';
import type { FlowStep } from '../client/middleware.ts';
import type { BrowserLaunch } from '../context.ts';
import type { HttpExchange, HttpRequest } from '../http-message.ts';
import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import type { ClientAuthenticationMethod } from '../protocol/client-authentication.ts';

/** What a flow tells while it runs; the command decides what to show. */
export type FlowEvent =
  | { readonly type: 'exchange'; readonly step: FlowStep; readonly exchange: HttpExchange }
  /** A request to which no answer came. */
  | {
      readonly type: 'request-failed';
      readonly step: FlowStep;
      readonly request: HttpRequest;
      readonly durationMs: number;
      readonly error: unknown;
    }
  | { readonly type: 'checks'; readonly step: FlowStep; readonly checks: readonly CheckResult[] }
  | { readonly type: 'remark'; readonly step: FlowStep; readonly text: string }
  | { readonly type: 'listening'; readonly redirectUri: string; readonly addresses: readonly string[] }
  | {
      readonly type: 'authorization-url';
      readonly url: string;
      readonly redirectUri: string;
      readonly listening: boolean;
    }
  /** The program runs; how it fares is told later, by `browser`. */
  | { readonly type: 'browser-started'; readonly command: string }
  | { readonly type: 'browser'; readonly launch: BrowserLaunch }
  | { readonly type: 'callback-ignored'; readonly reason: string }
  | {
      readonly type: 'callback';
      readonly by: 'browser' | 'paste' | 'bare-code';
      readonly waitedMs: number;
      /** As it arrived; nothing in it was judged yet. */
      readonly received?: ReceivedAuthorizationResponse;
    }
  /** The final page was sent to the browser that had brought the answer. */
  | { readonly type: 'page'; readonly outcome: 'success' | 'failure' }
  | {
      readonly type: 'client-authentication';
      readonly method: ClientAuthenticationMethod;
      readonly advertised: readonly string[] | undefined;
    }
  /** A value that must never be shown; told before anything could show it. */
  | { readonly type: 'secret'; readonly kind: string; readonly value: string };

/** Where a flow sends its events. */
export type Emit = (event: FlowEvent) => void;
