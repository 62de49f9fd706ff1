import { mediaType } from '../../http-message.ts';
import { ownMember } from '../../json/json.ts';
import { type Parameters, parseForm } from '../../protocol/parameters.ts';
import type { RecordedEvent, RecordedRequest, Recording } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';

/** A numbered part of a conversation: a message from one party to another. */
export interface Leg {
  /** From 1, in the order of the conversation. */
  readonly number: number;
  readonly event: RecordedEvent<'exchange' | keyof typeof legNames>;
  /** Why the request is sent again; absent where it is not. */
  readonly again?: string;
}

/** The legs of a trace in order. */
export function legsOf({ events }: Recording): readonly Leg[] {
  const reasons = new Map<RecordedEvent, string>();
  let reason: string | undefined;
  for (const event of events) {
    if (event.type === 'exchange' && reason !== undefined) reasons.set(event, reason);
    if (event.type === 'exchange' || event.type === 'retry') {
      reason = event.type === 'retry' ? event.reason : undefined;
    }
  }
  return events.filter(isLeg).map((event, index) => {
    const again = reasons.get(event);
    return { number: index + 1, event, ...(again === undefined ? {} : { again }) };
  });
}

/** The legs of a login that go through the browser, as people call them. */
const legNames = {
  authorization_request: 'Authorization request',
  callback: 'Authorization response',
  callback_ignored: 'Ignored',
  page: 'Final page',
} as const;

function isLeg(event: RecordedEvent): event is Leg['event'] {
  return event.type === 'exchange' || Object.hasOwn(legNames, event.type);
}

const names: Readonly<Record<string, string>> = {
  discovery: 'Discovery',
  keys: 'Keys',
  token: 'Token',
  userinfo: 'UserInfo',
  id_token: 'ID token',
  authorization: 'Authorization',
  probe: 'Page, without cookies',
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
export function legName({ event, again }: Leg): string {
  if (event.type !== 'exchange') return legNames[event.type];
  return `${stepName(event.step)}${again === undefined ? '' : `, sent again: ${again}`}`;
}

/** The parameters of a query or form with placeholders kept as they are. */
export function parametersOf(encoded: string): Parameters {
  return encoded === '' ? [] : parseForm(encoded);
}

/** The parameters of an authorization response, wherever they are. */
export function callbackParameters({ url, body, opened }: RecordedEvent<'callback'>): Parameters {
  const { query, fragment } = splitUrl(url);
  return parametersOf(opened ?? body ?? (query === '' ? fragment : query));
}

/** The parameters in the body of a request, when it is a form. */
export function formOf(request: RecordedRequest | null): Parameters | undefined {
  const { headers = [], body } = request ?? {};
  if (body == null || mediaType(headers) !== 'application/x-www-form-urlencoded') return undefined;
  return parametersOf(body);
}

/** `host:port` of every server in order of appearance; empty for a URL without one. */
export function hostsOf({ events }: Pick<Recording, 'events'>): readonly string[] {
  const urls = events.flatMap((event) => {
    if (event.type === 'exchange' || event.type === 'probe') return [event.request?.url ?? ''];
    return event.type === 'authorization_request' ? [event.url] : [];
  });
  return [...new Set(urls.map((url) => splitUrl(url).host))];
}
