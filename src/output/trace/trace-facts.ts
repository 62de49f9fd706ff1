import type { HeaderList } from '../../http-message.ts';
import { numberText, stringifyExactly } from '../../json/exact-number.ts';
import { isJsonObject, type JsonValue } from '../../json/json.ts';
import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import { checksOf, type RecordedExchange, type Recording } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { callbackParameters, formOf, type Leg, legName, legsOf, parametersOf } from './leg.ts';

/** One thing that can be compared between two runs. */
export interface TraceFact {
  /** The leg or token it belongs to, named alike in both runs: `token#1`. */
  readonly group: string;
  /** The group in words. */
  readonly title: string;
  /** Whether this client chose it, or it came back. */
  readonly side: 'sent' | 'received';
  readonly place: 'line' | 'parameter' | 'header' | 'member' | 'claim' | 'check';
  readonly name: string;
  readonly value: string;
}

/** How a fact begins that tells of an answer that never came. */
export const silence = 'no answer: ';
/** The same where nothing says why. */
export const unknownSilence = `${silence}unknown`;
/** The name of the fact how the client proved itself, as only the client itself can tell it. */
export const clientAuthentication = 'client authentication';

/**
 * Everything in a trace that another one can be compared with, in the order of the conversation.
 * @param single whether both have one message, which is compared whatever it is for
 */
export function factsOf(trace: Recording, single: boolean): readonly TraceFact[] {
  const legs = legsOf(trace);
  const counts = new Map<string, number>();
  return [
    ...legs.flatMap((leg) => {
      const key = single ? 'message' : legKey(leg);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const title = count === 1 ? legName(leg) : `${legName(leg)} (${count})`;
      return factsOfLeg(leg).map((fact) => ({ ...fact, group: `${key}#${count}`, title }));
    }),
    ...authenticationFacts(trace, single),
    ...tokenFacts(trace),
    ...checkFacts(trace),
  ];
}

function legKey({ event }: Leg): string {
  return event.type === 'exchange' ? event.step : event.type;
}

type LegFact = Pick<TraceFact, 'side' | 'place' | 'name' | 'value'>;

function factsOfLeg({ event }: Leg): readonly LegFact[] {
  switch (event.type) {
    case 'exchange':
      return exchangeFacts(event);
    case 'authorization_request':
      return urlFacts(event.url);
    case 'callback': {
      const { query, fragment } = splitUrl(event.url);
      // A pasted answer was a redirect too, and no recording but our own tells it from one.
      const pasted = query === '' && fragment !== '' ? 'FRAGMENT' : 'GET';
      return [
        ...pairs([['method', event.method === 'PASTE' ? pasted : event.method]], 'received', 'line'),
        ...pairs(callbackParameters(event), 'received', 'parameter'),
      ];
    }
    default:
      return [];
  }
}

function urlFacts(url: string): readonly LegFact[] {
  const { origin, path, query } = splitUrl(url);
  return [
    ...pairs([['URL', origin + path]], 'sent', 'line'),
    ...pairs(parametersOf(query), 'sent', 'parameter'),
  ];
}

/** None where the response was not recorded; a browser or a run of our own notes that no response came. */
function statusFacts({ response, error, started_at }: RecordedExchange): readonly LegFact[] {
  const none = error !== undefined ? silence + error.message : started_at !== null ? unknownSilence : null;
  const value = response === null ? none : response.status;
  return value === null ? [] : [{ side: 'received', place: 'line', name: 'status', value: String(value) }];
}

function exchangeFacts(event: RecordedExchange): readonly LegFact[] {
  const { request, response } = event;
  const form = formOf(request);
  return [
    ...(request === null ? [] : pairs([['method', request.method]], 'sent', 'line')),
    ...(request === null ? [] : urlFacts(request.url)),
    ...headerFacts(request?.headers, 'sent').filter(({ name }) => name !== 'host'),
    ...(form === undefined ? bodyFacts(request?.body ?? '', 'sent') : pairs(form, 'sent', 'parameter')),
    ...statusFacts(event),
    ...headerFacts(response?.headers, 'received'),
    ...bodyFacts(response?.body ?? '', 'received'),
  ];
}

function headerFacts(headers: HeaderList | null | undefined, side: TraceFact['side']): readonly LegFact[] {
  const fields = (headers ?? []).map(([name, value]) => [name.toLowerCase(), value] as const);
  return pairs(fields, side, 'header');
}

/** A repeated name has all its values in one fact. */
function pairs(
  list: readonly (readonly [name: string, value: string])[],
  side: TraceFact['side'],
  place: TraceFact['place'],
): readonly LegFact[] {
  const values = new Map<string, string[]>();
  for (const [name, value] of list) values.set(name, [...(values.get(name) ?? []), value]);
  return [...values].map(([name, all]) => ({ side, place, name, value: all.join(', ') }));
}

function bodyFacts(body: string, side: TraceFact['side']): readonly LegFact[] {
  if (body === '') return [];
  const value = parsed(body);
  if (value === undefined) return pairs([['body', body]], side, 'line');
  return flattened(value, '').map(([name, text]) => ({ side, place: 'member' as const, name, value: text }));
}

function parsed(body: string): JsonValue | undefined {
  const reading = parseJsonExactly(body);
  const value = reading.type === 'parsed' ? reading.json.value : null;
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Objects member by member, two levels deep; lists and what is deeper as JSON. */
function flattened(value: JsonValue, path: string, depth = 0): readonly (readonly [string, string])[] {
  if (isJsonObject(value) && depth < 2) {
    return Object.entries(value).flatMap(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`;
      return typeof member === 'number'
        ? [[at, numberText(value, name)] as const]
        : flattened(member, at, depth + 1);
    });
  }
  return [[path || 'body', typeof value === 'string' ? quotedIfOdd(value) : listOfKeys(path, value)]];
}

/** A string is told from the number or word that it looks like. */
function quotedIfOdd(text: string): string {
  return /^(?:true|false|null|-?\d[\d.eE+-]*|[[{"].*)$/s.test(text) ? JSON.stringify(text) : text;
}

/** Of a key set what tells its keys apart; the rest is random. */
function listOfKeys(path: string, value: JsonValue): string {
  const keys = path === 'keys' && Array.isArray(value) ? value.filter(isJsonObject) : [];
  if (keys.length === 0) return stringifyExactly(value);
  return keys
    .map(({ kid, kty, alg, use }) => [kid, kty, alg, use].filter((one) => typeof one === 'string').join(' '))
    .join(', ');
}

function authenticationFacts({ events }: Recording, single: boolean): readonly TraceFact[] {
  const told = events.flatMap((event) => (event.type === 'client_authentication' ? [event.method] : []));
  // A client that pushed its request proved itself twice in the same way.
  const methods = [...new Set(told)];
  const group = single ? 'message#1' : 'token#1';
  return methods.map((value) => {
    return { group, title: 'Token', side: 'sent', place: 'line', name: clientAuthentication, value };
  });
}

function tokenFacts({ tokens }: Recording): readonly TraceFact[] {
  const counts = new Map<string, number>();
  return tokens.flatMap(({ token, header, claims }) => {
    // Placeholders of two runs may be numbered through; what counts is the how-manieth of its kind it is here.
    const kind = /^‹([^‹›]+?)(?: \d+)?›$/.exec(token)?.[1] ?? 'JWT';
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const label = count === 1 ? kind : `${kind} ${count}`;
    const values = [
      ...flattened(header, '').map(([name, value]) => [`header ${name}`, value] as const),
      ...flattened(claims ?? {}, ''),
    ];
    return values.map(([name, value]): TraceFact => {
      const group = `jwt ${label}`;
      return { group, title: `Inside ${label}`, side: 'received', place: 'claim', name, value };
    });
  });
}

function checkFacts(trace: Recording): readonly TraceFact[] {
  const worst = new Map<string, string>();
  const order = ['fail', 'warn', 'pass', 'skipped'];
  for (const { id, outcome } of checksOf(trace)) {
    const known = worst.get(id);
    if (known === undefined || order.indexOf(outcome) < order.indexOf(known)) worst.set(id, outcome);
  }
  return [...worst].map(([name, value]) => {
    return { group: 'checks', title: 'Checks', side: 'received', place: 'check', name, value };
  });
}
