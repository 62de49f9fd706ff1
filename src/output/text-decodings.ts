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

/** An escape of a URL, of JSON and other program texts, or of HTML; percent escapes are taken as many as there are. */
const escapes =
  /(?:%[0-9a-f]{2})+|\\u\{[0-9a-f]{1,6}\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[0-3][0-7]{2}|\\[\s\S]|&#x[0-9a-f]{1,8};?|&#[0-9]{1,8};?|&(?:amp|lt|gt|quot|apos|sol|nbsp);?/gi;
const holdsEscapes = /[%\\&]/;
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
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  nbsp: ' ',
};

function unescaped(written: string): readonly Piece[] {
  if (written.startsWith('%')) return percentDecoded(written);
  const one = (value: string) => [{ value, offset: 0, size: written.length }];
  const digits = /[0-9a-f]+/i.exec(written.replace(/^&#x|^\\[ux]\{?|^&#|^\\/i, ''))?.[0] ?? '';
  if (/^(?:&#x|\\[ux])/i.test(written)) return one(characterOf(Number.parseInt(digits, 16)));
  if (written.startsWith('&#')) return one(characterOf(Number(digits)));
  if (written.startsWith('&')) return one(entities[written.replace(/[&;]/g, '').toLowerCase()] ?? written);
  if (/^\\[0-3][0-7]{2}$/.test(written)) return one(characterOf(Number.parseInt(digits, 8)));
  const character = written.slice(1);
  return one(controls[character] ?? character);
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Octets as UTF-8, or each on its own where they are none. */
function percentDecoded(written: string): readonly Piece[] {
  const octets = Buffer.from(written.replaceAll('%', ''), 'hex');
  const text = octets.toString('utf8');
  if (text.includes('\ufffd')) {
    return Array.from(octets, (octet, index) => ({
      value: String.fromCharCode(octet),
      offset: index * 3,
      size: 3,
    }));
  }
  let offset = 0;
  return Array.from(text, (value) => {
    const size = Buffer.byteLength(value) * 3;
    const piece = { value, offset, size };
    offset += size;
    return piece;
  });
}

/** No more than a gap in a text: also what is not seen at all. */
const gap = /[\s\u00ad\u200b-\u200d\u2060\ufeff]/;

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
    endOf: (index) => ends?.[places[index] ?? 0] ?? (places[index] ?? 0) + 1,
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
  return gap.test(character) ? 0 : character.toLowerCase().charCodeAt(0);
}
