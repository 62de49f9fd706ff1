import { characterNamed } from '../json/entities.ts';

/** A text as secrets are searched for in it, with where each of its characters stands in the text as it came. */
export interface Decoded {
  readonly codes: Uint16Array | Uint8Array;
  readonly length: number;
  startOf(index: number): number;
  /** Behind the last character of the text that stands for it. */
  endOf(index: number): number;
}

interface Reading {
  readonly text: string;
  /** Undefined while each character stands for itself. */
  readonly starts?: Int32Array;
  readonly ends?: Int32Array;
}

/** An escape of a URL, of JSON and other program texts, or of HTML; those of octets are taken as many as there are. */
const escapes =
  /(?:%[0-9a-f]{2})+|(?:\\x[0-9a-f]{2})+|(?:\\[0-3][0-7]{2})+|(?:0x[0-9a-f]{2}[\s,;]{0,4}){3,}|(?<![0-9a-z])[0-9a-f]{2}(?:[:.,-]\s?[0-9a-f]{2}){3,}|\\u\{[0-9a-f]{1,6}\}|\\u000[01][0-9a-f]{4}|[\\%]u[0-9a-f]{4}|\\[\s\S]|&#x[0-9a-f]+;?|&#[0-9]+;?|&(?:amp|lt|gt|quot|apos|sol|nbsp);?|&[a-z][a-z0-9]{1,18};/gi;
const holdsEscapes = /[%\\&]|0x[0-9a-f]{2}|[0-9a-f]{2}[:.,-]\s?[0-9a-f]{2}[:.,-]/i;
/** The programs that a secret passes on its way do not escape it more often than this. */
const mostLevels = 3;

/** The text as it is and, as long as there are escapes in it, with them decoded once, twice and thrice. */
export function decodings(text: string): readonly Decoded[] {
  let reading: Reading = { text };
  const found = [comparable(reading)];
  for (let level = 0; level < mostLevels && holdsEscapes.test(reading.text); level += 1) {
    const next = decodeOnce(reading);
    if (next === undefined) break;
    reading = next;
    found.push(comparable(reading));
  }
  return found;
}

/** The codes of a secret in the form in which decoded texts have them. */
export function comparableCodes(text: string): Uint16Array | Uint8Array {
  // Most secrets are: this takes no loop.
  if (/^[!-~]*$/.test(text)) {
    return Buffer.from(text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/'), 'latin1');
  }
  const { codes, length } = comparable({ text });
  return codes.subarray(0, length);
}

function decodeOnce({ text, starts, ends }: Reading): Reading | undefined {
  const newStarts = new Int32Array(text.length);
  const newEnds = new Int32Array(text.length);
  let decoded = '';
  let length = 0;
  let from = 0;
  const copy = (end: number) => {
    decoded += text.slice(from, end);
    for (let at = from; at < end; at += 1) place(at, at + 1);
  };
  const place = (first: number, end: number) => {
    newStarts[length] = starts?.[first] ?? first;
    newEnds[length] = ends?.[end - 1] ?? end;
    length += 1;
  };
  for (const { 0: written, index } of text.matchAll(escapes)) {
    copy(index);
    from = index + written.length;
    for (const { value, offset, size } of unescaped(written)) {
      decoded += value;
      for (let unit = 0; unit < value.length; unit += 1) place(index + offset, index + offset + size);
    }
  }
  if (from === 0) return undefined;
  copy(text.length);
  return { text: decoded, starts: newStarts, ends: newEnds };
}

interface Piece {
  readonly value: string;
  readonly offset: number;
  readonly size: number;
}

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
function unescaped(written: string): readonly Piece[] {
  const one = (value: string) => [{ value, offset: 0, size: written.length }];
  if (/^&[a-z]/i.test(written)) {
    const character = characterNamed(written.replace(/[&;]/g, ''));
    return character === undefined
      ? Array.from(written, (value, offset) => ({ value, offset, size: 1 }))
      : one(character);
  }
  const [, hexadecimal, decimal] = /^(?:&#x|[\\%]u\{?)([0-9a-f]+)|^&#([0-9]+)/i.exec(written) ?? [];
  if (hexadecimal !== undefined) return one(characterOf(Number.parseInt(hexadecimal, 16)));
  if (decimal !== undefined) return one(characterOf(Number(decimal)));
  if (!/^\\(?!x[0-9a-f]{2}|[0-3][0-7]{2})/i.test(written)) return octetsDecoded(written);
  const character = written.slice(1);
  return one(controls[character] ?? character);
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Octets in hexadecimal, or in octal behind `\`, as UTF-8, or each on its own where they are none. */
function octetsDecoded(written: string): readonly Piece[] {
  const units = Array.from(written.matchAll(/\\([0-7]{3})|[0-9a-f]{2}/gi));
  const octets = Buffer.from(
    units.map(([unit, octal]) =>
      octal === undefined ? Number.parseInt(unit, 16) : Number.parseInt(octal, 8),
    ),
  );
  const text = octets.toString('utf8');
  let next = 0;
  const isUtf8 = !text.includes('\ufffd');
  return Array.from(isUtf8 ? text : octets.toString('latin1'), (value) => {
    const first = next;
    next += isUtf8 ? Buffer.byteLength(value) : 1;
    const offset = first === 0 ? 0 : endOf(first - 1);
    return { value, offset, size: endOf(next - 1) - offset };
  });

  function endOf(index: number): number {
    const unit = units[index];
    return unit === undefined ? 0 : unit.index + unit[0].length;
  }
}

/** No more than a gap in a text: also what is not seen at all, and the marks of decomposed letters. */
const gap = /[\s\u00ad\u200b-\u200d\u2060\ufeff]|\p{Mn}/u;
const mark = /\p{Mn}/u;

function comparable({ text, starts, ends }: Reading): Decoded {
  const codes = new Uint16Array(text.length);
  const places = new Int32Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const code = unit < 128 ? (comparableAscii[unit] ?? 0) : comparableUnit(unit);
    if (code === 0) continue;
    codes[length] = code;
    places[length] = at;
    length += 1;
  }
  return {
    codes,
    length,
    startOf: (index) => starts?.[places[index] ?? 0] ?? places[index] ?? 0,
    endOf(index) {
      let last = places[index] ?? 0;
      while (mark.test(text.charAt(last + 1))) last += 1;
      return ends?.[last] ?? last + 1;
    },
  };
}

/** Lower case, `+` and `/` for the other letters of base64url; 0 for a gap. */
const comparableAscii = Uint16Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (gap.test(character)) return 0;
  if (character === '-') return 0x2b;
  if (character === '_') return 0x2f;
  return character.toLowerCase().charCodeAt(0);
});

function comparableUnit(unit: number): number {
  const character = String.fromCharCode(unit);
  if (gap.test(character)) return 0;
  // A letter counts without its marks, so that it is the same composed and decomposed.
  return (unit < 0x2000 ? character.normalize('NFD') : character).toLowerCase().charCodeAt(0);
}
