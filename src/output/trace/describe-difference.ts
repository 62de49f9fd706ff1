import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';

/** In which way value `a` differs from `b`, when that is easily overlooked; undefined when they are plainly different. */
export function describeDifference(a: string, b: string): string | undefined {
  if (isOtherType(a, b) || isOtherType(b, a)) return 'only the type';
  if (withoutTail(a) === withoutTail(b)) return 'only a slash at the end';
  if (a.toLowerCase() === b.toLowerCase()) return 'only upper and lower case';
  if (a.trim() === b.trim()) return 'only white space around it';
  if (decoded(a) === decoded(b)) return 'only the percent-encoding';
  if (sorted(a) === sorted(b)) return 'only the order';
  if (withoutPort(a) !== a && withoutPort(a) === withoutPort(b)) return 'only the port';
  if (a.replace(/^https:/, 'http:') === b.replace(/^https:/, 'http:')) return 'only http and https';
  if (onLoopback(a) !== a && onLoopback(a) === onLoopback(b)) return 'only the name of this machine';
  return differentWords(a, b);
}

/** The items of a JSON array of strings; undefined for any other text. */
export function listOfTexts(text: string): readonly string[] | undefined {
  const parsed = text.startsWith('[') ? parseJsonExactly(text) : undefined;
  const value = parsed?.type === 'parsed' ? parsed.json.value : undefined;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

const mostWords = 8;

/** What only one of two lists has, when they have something in common. */
function differentWords(a: string, b: string): string | undefined {
  const [inA, inB] = [listOfTexts(a) ?? a.split(' '), listOfTexts(b) ?? b.split(' ')];
  if (inA.length < 2 && inB.length < 2) return undefined;
  const known = { a: new Set(inA), b: new Set(inB) };
  if (!inA.some((word) => known.b.has(word))) return undefined;
  const only = (letter: string, words: readonly string[]) =>
    words.length === 0
      ? []
      : [
          `only in ${letter}: ${words.slice(0, mostWords).join(', ')}${words.length > mostWords ? ` and ${words.length - mostWords} more` : ''}`,
        ];
  const parts = [
    ...only(
      'A',
      [...known.a].filter((word) => !known.b.has(word)),
    ),
    ...only(
      'B',
      [...known.b].filter((word) => !known.a.has(word)),
    ),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function isOtherType(a: string, b: string): boolean {
  return a === JSON.stringify(b) || a === JSON.stringify([b]);
}

function withoutTail(text: string): string {
  return text.replace(/\/$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Words, as in a scope. */
function sorted(text: string): string {
  return text
    .split(/[\s,]+/)
    .toSorted()
    .join(' ');
}

function withoutPort(url: string): string {
  return url.replace(/^([a-z]+:\/\/(?:\[[^\]]*\]|[^:/?#]*)):\d+/i, '$1');
}

function onLoopback(url: string): string {
  return url.replace(
    /^([a-z]+:\/\/)(\[[^\]]*\]|[^:/?#]*)(?=[:/?#]|$)/i,
    (whole, scheme: string, host: string) => (isLoopbackHost(host) ? `${scheme}loopback` : whole),
  );
}
