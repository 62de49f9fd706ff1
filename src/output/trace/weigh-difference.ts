import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import { percentDecoded } from '../../protocol/parameters.ts';
import { holdsPlaceholder, placeholders } from '../../protocol/placeholder.ts';
import { isLoopbackHost, readRedirectUri } from '../../protocol/redirect-uri.ts';
import type { TraceFact } from './trace-facts.ts';

/** How much a difference counts: what may have caused the other outcome, what else is worth a look, what is always so. */
export type DifferenceWeight = 'cause' | 'notable' | 'expected';

/** A fact that is not the same in both runs; null where one has none. */
export interface FactPair extends TraceFact {
  readonly a: string | null;
  readonly b: string | null;
}

/** One thing that is not the same in both runs, and how much it counts. */
export interface TraceDifference extends Omit<FactPair, 'group' | 'value'> {
  readonly weight: DifferenceWeight;
  /** Why it has that weight, or in which small way the values differ; null when there is nothing to say. */
  readonly remark: string | null;
}

/** Which of two runs holds placeholders in the place of secrets. */
export type Redacted = 'neither' | 'a' | 'b' | 'both';

/** Facts that the weight of a difference depends on besides its values. */
export interface Weighing {
  /** It was met before the runs parted, one of which failed. */
  readonly mayBeCause: boolean;
  readonly redacted: Redacted;
  /** The run whose redirect URIs differ among themselves. */
  readonly strayRedirect: 'A' | 'B' | undefined;
}

/** Made anew for each run, or with each answer: that these differ says nothing. */
const alwaysNew = new Set(
  (
    'access_token client_assertion id_token refresh_token age at_hash auth_time c_hash cf-ray code ' +
    'code_challenge code_verifier date etag exp expires iat jti last-modified nbf nonce s_hash ' +
    'session_state set-cookie sid state traceparent user-agent x-correlation-id x-ms-request-id ' +
    'x-request-id dpop-nonce report-to nel content-security-policy'
  ).split(' '),
);

/** How a message went over the wire, which one server does in this way and another in that. */
const ofTheConnection = /^(?:connection|content-length|keep-alive|transfer-encoding)$/;

/** Says how much a difference counts, and why. */
export function weighDifference(
  { title, side, place, name, a, b }: FactPair,
  { mayBeCause, redacted, strayRedirect }: Weighing,
): TraceDifference {
  const weighed = (weight: DifferenceWeight, remark: string | null): TraceDifference => {
    return { title, side, place, name, a, b, weight, remark };
  };
  const remark = a === null || b === null ? null : (describeDifference(a, b) ?? null);
  if (place === 'header' && ofTheConnection.test(name)) return weighed('expected', 'of the connection');
  if (a !== null && b !== null) {
    if (alwaysNew.has(name.replace(/^.*\./, ''))) return weighed('expected', 'made anew for each run');
    const isHidden = holdsPlaceholder(a) && withoutPlaceholders(a) === withoutPlaceholders(b);
    if (redacted !== 'neither' && isHidden) return weighed('expected', redactedText(redacted));
  }
  if (name === 'redirect_uri' && remark === 'only the port' && readRedirectUri(a ?? '')?.loopback === true) {
    if (strayRedirect === undefined || title === 'Authorization request') {
      return weighed('expected', 'only the port, on this machine');
    }
    const stray = `in ${strayRedirect} not that of the authorization request`;
    return weighed(mayBeCause ? 'cause' : 'notable', stray);
  }
  return weighed(mayBeCause && side === 'sent' ? 'cause' : 'notable', remark);
}

/** Says where secrets are missing: `redacted in both`. */
export function redactedText(redacted: Redacted): string {
  return `redacted in ${redacted === 'both' ? 'both' : redacted.toUpperCase()}`;
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(placeholders, '‹›');
}

/** In which way value `a` differs from `b`, when that is easily overlooked; undefined when they are plainly different. */
export function describeDifference(a: string, b: string): string | undefined {
  if (isOtherType(a, b) || isOtherType(b, a)) return 'only the type';
  const small = smallDifferences.find(([, simpler, mustDiffer]) => {
    const simple = simpler(a);
    return simple === simpler(b) && (mustDiffer !== true || simple !== a);
  });
  if (small !== undefined) return small[0];
  return differentWords(a, b);
}

/** The items of a JSON array of strings; undefined for any other text. */
export function listOfTexts(text: string): readonly string[] | undefined {
  const parsed = text.startsWith('[') ? parseJsonExactly(text) : undefined;
  const value = parsed?.type === 'parsed' ? parsed.json.value : undefined;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

const mostWords = 8;

/** The items that only one of two lists has, when they have some in common. */
function differentWords(a: string, b: string): string | undefined {
  // The blanks of a header field with quoted values part no list.
  const words = (text: string) =>
    new Set(listOfTexts(text) ?? (text.includes('"') ? [text] : text.split(' ')));
  const [inA, inB] = [words(a), words(b)];
  if ((inA.size < 2 && inB.size < 2) || ![...inA].some((word) => inB.has(word))) return undefined;
  const only = (letter: string, own: ReadonlySet<string>, others: ReadonlySet<string>) => {
    const found = [...own].filter((word) => !others.has(word));
    const more = found.length > mostWords ? ` and ${found.length - mostWords} more` : '';
    return found.length === 0 ? [] : [`only in ${letter}: ${found.slice(0, mostWords).join(', ')}${more}`];
  };
  return [...only('A', inA, inB), ...only('B', inB, inA)].join('; ') || undefined;
}

function isOtherType(a: string, b: string): boolean {
  return a === JSON.stringify(b) || a === JSON.stringify([b]);
}

const loopback = (whole: string, scheme: string, host: string) =>
  isLoopbackHost(host) ? `${scheme}loopback` : whole;

/** What is left of two values that differ in a small way alone; some count only where the first has it. */
const smallDifferences: readonly (readonly [
  remark: string,
  simpler: (value: string) => string,
  mustDiffer?: true,
])[] = [
  ['only a slash at the end', (text) => text.replace(/\/$/, '')],
  ['only upper and lower case', (text) => text.toLowerCase()],
  ['only white space around it', (text) => text.trim()],
  ['only the percent-encoding', percentDecoded],
  // Words, as in a scope.
  [
    'only the order',
    (text) =>
      text
        .split(/[\s,]+/)
        .toSorted()
        .join(' '),
  ],
  ['only the port', (url) => url.replace(/^([a-z]+:\/\/(?:\[[^\]]*\]|[^:/?#]*)):\d+/i, '$1'), true],
  ['only http and https', (url) => url.replace(/^https:/, 'http:')],
  [
    'only the name of this machine',
    (url) => url.replace(/^([a-z]+:\/\/)(\[[^\]]*\]|[^:/?#]*)(?=[:/?#]|$)/i, loopback),
    true,
  ],
];
