import { Buffer } from 'node:buffer';
import { placeholderOf } from '../protocol/placeholder.ts';

/** Known secrets, and their replacement in a text. */
interface SecretIndex {
  register(value: string, kind: string): string;
  replace(text: string): string;
}

interface Form {
  /** As far as it is compared. */
  readonly text: string;
  /** Its first characters: what is searched for. */
  readonly needle: string;
  readonly placeholder: string;
  readonly isBase64: boolean;
  /** How much more is hidden behind it: the rest of a run, or of the whole text. Undefined when it is complete. */
  readonly rest?: 'run' | 'text';
}

interface Interval {
  readonly start: number;
  readonly end: number;
  readonly placeholder: string;
}

/** Shorter secrets are replaced only where they are a whole value: as parts of words they would mangle any text. */
const shortestAnywhere = 4;
/** So many characters in a row of a longer secret are hidden as if they were all of it; this also bounds the time. */
const longestCompared = 256;
const needleLength = 32;
/**
 * The spellings of a longer secret would fill the memory many times over. They are made of its first characters alone,
 * and what stands behind those is hidden as far as the secret may reach.
 */
const longestSpelled = 16_384;
const spelledOfLonger = 1024;
/** None of them is in what tokens, codes and assertions are made of, however they are encoded. */
const endOfRun = /[\s"'<>&]/g;

/** Makes an empty index. The time of `replace` grows linearly with the text, and with the number of secrets. */
export function createSecretIndex(): SecretIndex {
  const placeholders = new Map<string, string>();
  const counts = new Map<string, number>();
  const forms: Form[] = [];
  const shortValues: { pattern: RegExp; placeholder: string }[] = [];

  return { register, replace };

  function register(value: string, kind: string): string {
    const known = placeholders.get(value);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    const placeholder = placeholderOf(kind, count);
    if (value === '') return placeholder;
    counts.set(kind, count);
    placeholders.set(value, placeholder);
    if (value.length < shortestAnywhere) {
      shortValues.push({ pattern: wholeValue(value), placeholder });
      return placeholder;
    }
    const isSpelled = value.length <= longestSpelled || isPlain(value);
    const rest = isSpelled ? {} : ({ rest: value.search(endOfRun) === -1 ? 'run' : 'text' } as const);
    const { texts, base64 } = secretForms(isSpelled ? value : value.slice(0, spelledOfLonger));
    const add = (isBase64: boolean) => (text: string) =>
      forms.push({ text, needle: text.slice(0, needleLength), placeholder, isBase64, ...rest });
    texts.forEach(add(false));
    base64.forEach(add(true));
    return placeholder;
  }

  function replace(text: string): string {
    const intervals = merge(forms.flatMap((form) => occurrences(text, form)));
    let replaced = '';
    let from = 0;
    for (const { start, end, placeholder } of intervals) {
      replaced += text.slice(from, start) + placeholder;
      from = end;
    }
    replaced += text.slice(from);
    return shortValues.reduce(
      (result, { pattern, placeholder }) => result.replace(pattern, placeholder),
      replaced,
    );
  }
}

function occurrences(text: string, form: Form): Interval[] {
  const found: Interval[] = [];
  let from = 0;
  for (let at = text.indexOf(form.needle); at !== -1; at = text.indexOf(form.needle, from)) {
    const length = agreement(text, at, form.text);
    if (length < Math.min(form.text.length, longestCompared)) {
      from = at + 1;
      continue;
    }
    const interval = { start: at, end: endOf(text, at + length, form), placeholder: form.placeholder };
    const whole = form.isBase64 ? wholeRun(text, interval, from) : interval;
    found.push(whole);
    from = whole.end;
  }
  return found;
}

function endOf(text: string, end: number, { rest }: Form): number {
  if (rest === undefined) return end;
  if (rest === 'text') return text.length;
  endOfRun.lastIndex = end;
  return endOfRun.exec(text)?.index ?? text.length;
}

function agreement(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text.charCodeAt(at + length) === form.charCodeAt(length)) length += 1;
  return length;
}

/** Base64 around a secret is part of the same credential, such as the client_id in HTTP Basic: hide all of it. */
function wholeRun(text: string, { start, end, placeholder }: Interval, from: number): Interval {
  const isBase64 = (at: number) => /[\w+/-]/.test(text.charAt(at));
  let first = start;
  let last = end;
  while (first > from && isBase64(first - 1)) first -= 1;
  while (last < text.length && isBase64(last)) last += 1;
  while (text.charAt(last) === '=') last += 1;
  return { start: first, end: last, placeholder };
}

/** Overlapping finds become one, under the name of the longest, so that no part of any of them is left. */
function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  let longest = 0;
  for (const next of intervals.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || next.start >= last.end) {
      merged.push(next);
      longest = next.end - next.start;
      continue;
    }
    const placeholder = next.end - next.start > longest ? next.placeholder : last.placeholder;
    longest = Math.max(longest, next.end - next.start);
    merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, next.end), placeholder };
  }
  return merged;
}

/** Matches a short secret between delimiters: a JSON string, a parameter, a word of its own behind `=` or `:`. */
function wholeValue(value: string): RegExp {
  const spellings = secretForms(value).texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`(?<=^|[=:"'])(?:${spellings.join('|')})(?=$|[&"',;<\\s])`, 'g');
}

/** The spellings in which one secret can turn up in a text. */
interface SecretForms {
  /** As it is, percent-encoded, form-encoded, JSON-escaped. */
  readonly texts: readonly string[];
  /** Base64 and base64url, cut to what is the same whatever stands before and after it. */
  readonly base64: readonly string[];
}

/** Every spelling of a secret that messages, URLs, headers and logs are known to use. */
function secretForms(secret: string): SecretForms {
  // Most tokens are, which need not be found out the long way.
  if (isPlain(secret)) return { texts: [secret], base64: longEnough(base64Cores(secret)) };
  // A lone surrogate has no UTF-8 form; encoders put U+FFFD in its place.
  const wellFormed = secret.replace(/\p{Cs}/gu, '\ufffd');
  const encoded = new Set([wellFormed, ...percentEncoded(wellFormed)]);
  const texts = new Set([
    secret,
    ...encoded,
    ...[...encoded].map(encodeURIComponent),
    ...jsonEscaped(secret),
  ]);
  for (const text of jsonEscaped(secret)) for (const twice of jsonEscaped(text)) texts.add(twice);
  const base64 = new Set([...encoded].flatMap(base64Cores));
  // A URL parser drops line feeds and tabs; what is then shorter than the secret is no spelling of it.
  return {
    texts: [...texts].filter((text) => text.length >= secret.length),
    base64: longEnough(base64),
  };
}

/** Tells whether a secret is spelled alike everywhere, but for base64. */
function isPlain(secret: string): boolean {
  return /^[\w.-]*$/.test(secret);
}

function longEnough(cores: Iterable<string>): string[] {
  return [...new Set(cores)].filter((core) => core.length >= 4);
}

/** RFC 3986 §2.1 as encodeURIComponent, forms, strict encoders and URL parsers write it, in both letter cases. */
function percentEncoded(text: string): string[] {
  const component = encodeURIComponent(text);
  const url = new URL('http://localhost/');
  url.search = `?${text.replaceAll('#', '%23')}`;
  const forms = [
    component,
    component.replaceAll('%20', '+'),
    component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    new URLSearchParams([['', text]]).toString().slice(1),
    encodeURI(text),
    url.search.slice(1),
  ];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())]);
}

/** The inside of a JSON string (RFC 8259 §7): plain, with `\/`, with ASCII only, with markup escaped. */
function jsonEscaped(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const markup = plain.replace(/[<>&'+]/g, escapeUnit);
  const variants = [plain, plain.replace(/[<>&]/g, escapeUnit), markup].flatMap((form) => {
    const ascii = form.replace(/[\u007f-\uffff]/g, escapeUnit);
    const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`);
    return [form, ascii, upper];
  });
  return variants.flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

/**
 * The base64 characters that stand for the secret alone, at each of its three positions in the stream (RFC 4648 §4):
 * so `id:secret` of HTTP Basic is found without knowing the id.
 */
function base64Cores(text: string): string[] {
  const octets = Buffer.from(text, 'utf8');
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), octets])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + octets.length) * 8) / 6);
    const core = shifted.slice(first, end);
    return [
      core,
      encodeURIComponent(core),
      core.replaceAll('/', '\\/'),
      core.replaceAll('+', '-').replaceAll('/', '_'),
    ];
  });
}
