import type { JsonObject, JsonValue } from './json.ts';

/** More digits than this are not written out: `1e999999999` is nine octets and a thousand million digits. */
const longestExpansion = 400;

const largestSafeInteger = '9007199254740991';

/**
 * Writes a JSON number out in decimal digits without going through binary64, such as `1.5e3` as `1500`.
 * A number of more than 400 digits is left as it stands.
 */
export function decimalDigits(text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (Math.abs(point) > longestExpansion || digits.length > longestExpansion) return text;
  const padded = digits.padEnd(Math.max(point, 0), '0').padStart(digits.length + Math.max(-point, 0), '0');
  const split = Math.max(point, 0);
  const before = padded.slice(0, split).replace(/^0+(?=\d)/, '') || '0';
  const after = padded.slice(split).replace(/0+$/, '');
  return sign + (after === '' ? before : `${before}.${after}`);
}

/** Tells whether a JSON number is an integer beyond ±(2^53−1), the interoperable range (RFC 8259 §6). */
export function isUnsafeInteger(text: string): boolean {
  if (text.length < largestSafeInteger.length && !/e/i.test(text)) return false;
  const digits = decimalDigits(text).replace(/^-/, '');
  if (!/^\d+$/.test(digits)) {
    // Too long to write out: beyond the range when it is huge, and no integer when it is tiny.
    return /e\+?\d/i.test(digits) && Number(text) !== 0;
  }
  return (
    digits.length > largestSafeInteger.length ||
    (digits.length === largestSafeInteger.length && digits > largestSafeInteger)
  );
}

/**
 * Under this symbol an object or array keeps the wire texts of its numbers that JavaScript would print differently.
 * It travels with `{ ...object }`, and nothing that goes by names sees it.
 */
const wireTexts = Symbol('wire texts of numbers');

type Container = Readonly<JsonObject> | readonly JsonValue[];

/** Keeps the wire texts of numbers in a container, by member name or index. */
export function keepNumberTexts(container: object, texts: ReadonlyMap<string, string>): void {
  if (texts.size === 0) return;
  Object.defineProperty(container, wireTexts, {
    value: texts,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The wire text of a number in an object or array, such as `12345678901234567890`, `1.0` or `1e400`. */
export function numberText(container: Container, name: string | number): string {
  return keptNumberText(container, name) ?? String((container as Readonly<Record<string, unknown>>)[name]);
}

/** Lets a copy that was put together member by member keep the wire texts of what it was copied from. */
export function carryNumberTexts<T extends object>(from: object, copy: T): T {
  const texts = textsOf(from);
  if (texts !== undefined) keepNumberTexts(copy, texts);
  return copy;
}

/** Applies a function to every string inside a JSON value; names of members stay, and so do members that are kept. */
export function mapStrings<T>(value: T, change: (text: string) => string, kept?: ReadonlySet<string>): T;
export function mapStrings(
  value: unknown,
  change: (text: string) => string,
  kept?: ReadonlySet<string>,
): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, item]) => [name, kept?.has(name) ? item : mapStrings(item, change, kept)] as const,
  );
  return carryNumberTexts(
    value,
    Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries),
  );
}

/**
 * `JSON.stringify` that writes numbers as they were received (RFC 8259 §6), where they are kept; `indent` is as there.
 */
export function stringifyExactly(value: unknown, indent = 0): string {
  return holdsKeptText(value)
    ? write(value as JsonValue, ' '.repeat(indent), '')
    : JSON.stringify(value, null, indent);
}

function textsOf(container: object): ReadonlyMap<string, string> | undefined {
  return (container as { readonly [wireTexts]?: ReadonlyMap<string, string> })[wireTexts];
}

/** The wire text of a number that JavaScript would print differently; undefined for any other value. */
export function keptNumberText(container: object, name: string | number): string | undefined {
  const text = textsOf(container)?.get(String(name));
  // A copy may have another value under the name by now.
  const value = (container as Readonly<Record<string, unknown>>)[name];
  return text !== undefined && Object.is(Number(text), value) ? text : undefined;
}

function holdsKeptText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return textsOf(value) !== undefined || Object.values(value).some(holdsKeptText);
}

function write(value: JsonValue, indent: string, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin + indent;
  const items = Array.isArray(value)
    ? value.map((item, index) => writeMember(value, String(index), item))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => {
          const colon = indent === '' ? ':' : ': ';
          return `${JSON.stringify(name)}${colon}${writeMember(value, name, member)}`;
        });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  return indent === ''
    ? `${open}${items.join(',')}${close}`
    : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;

  function writeMember(container: Container, name: string, member: JsonValue): string {
    return (typeof member === 'number' && keptNumberText(container, name)) || write(member, indent, inner);
  }
}
