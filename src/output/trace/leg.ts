import { mediaType } from '../../http-message.ts';
import { ownMember } from '../../json/own-member.ts';
import { type Parameters, parseForm } from '../../protocol/parameters.ts';
import type {
  Trace,
  TraceAuthorizationRequest,
  TraceCallback,
  TraceCallbackIgnored,
  TraceExchange,
  TracePage,
  TraceRequest,
} from '../../recording/trace.ts';

/** What went from one party to another: the numbered parts of a conversation. */
export interface Leg {
  /** From 1, in the order of the conversation. */
  readonly number: number;
  readonly event:
    | TraceExchange
    | TraceAuthorizationRequest
    | TraceCallback
    | TraceCallbackIgnored
    | TracePage;
}

/** The legs of a trace in order. */
export function legsOf({ events }: Trace): readonly Leg[] {
  return events
    .flatMap((event) => (isLeg(event) ? [event] : []))
    .map((event, index) => ({ number: index + 1, event }));
}

const legTypes = new Set(['exchange', 'authorization_request', 'callback', 'callback_ignored', 'page']);

function isLeg(event: Trace['events'][number]): event is Leg['event'] {
  return legTypes.has(event.type);
}

const names: Readonly<Record<string, string>> = {
  discovery: 'Discovery',
  keys: 'Keys',
  token: 'Token',
  userinfo: 'UserInfo',
  id_token: 'ID token',
  authorization: 'Authorization',
  par: 'Pushed authorization request',
};

/** A step as people call it: `Token`, `UserInfo`, `Device authorization`. */
export function stepName(step: string): string {
  const known = ownMember(names, step);
  if (known !== undefined) return known;
  const words = step.replaceAll(/[_-]/g, ' ').trim();
  return words === '' ? 'Request' : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The name of a leg in a word or two. */
export function legName({ event }: Leg): string {
  switch (event.type) {
    case 'exchange':
      return stepName(event.step);
    case 'authorization_request':
      return 'Authorization request';
    case 'callback':
      return 'Authorization response';
    case 'callback_ignored':
      return 'Ignored';
    case 'page':
      return 'Final page';
  }
}

/** A URL taken apart as text, however odd it is: nothing is decoded or normalised. */
export interface UrlParts {
  /** Such as `https://host:port`; empty for a relative URL. */
  readonly origin: string;
  /** `host:port`. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Takes a URL apart without judging it. */
export function splitUrl(url: string): UrlParts {
  const [, origin = '', host = '', path = '', query = '', fragment = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/i.exec(url) ?? [];
  return { origin, host, path: path === '' ? '/' : path, query, fragment };
}

/** The parameters of a query or form with placeholders kept as they are. */
export function parametersOf(encoded: string): Parameters {
  return encoded === '' ? [] : parseForm(encoded);
}

/** The parameters in the body of a request, when it is a form. */
export function formOf({ headers, body }: TraceRequest): Parameters | undefined {
  if (body === undefined || mediaType(headers) !== 'application/x-www-form-urlencoded') return undefined;
  return parametersOf(body);
}
