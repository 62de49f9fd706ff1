/** In octets. A larger text is read piece by piece where it may be a recording, else not at all. */
export const largestText = 10_000_000;

/**
 * The encoding of a text: UTF-16 where a byte order mark says so, or the zero octets of the two characters that JSON
 * begins with (RFC 4627 §3), as PowerShell writes it; else UTF-8.
 */
export function encodingOf([a, b, c, d]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((a === 0xff && b === 0xfe) || (a && b === 0 && c && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b && c === 0 && d)) return 'utf-16be';
  return 'utf-8';
}

/** The text of octets in their encoding, without a byte order mark; U+FFFD stands for octets that are none of it. */
export function decodeText(octets: Uint8Array): string {
  return new TextDecoder(encodingOf(octets)).decode(octets);
}

/** The octets of a text in UTF-8; the same ones where they are not UTF-16. */
export function inUtf8(octets: Uint8Array): Uint8Array {
  return encodingOf(octets) === 'utf-8' ? octets : Buffer.from(decodeText(octets));
}

/** The text of octets that have to be UTF-8. */
export function decodeUtf8(octets: Uint8Array): string {
  return new TextDecoder().decode(octets);
}

/**
 * A secret that was read as UTF-8, without a byte order mark; undefined for one that was something else, such as
 * UTF-16: it would be sent garbled. Variables are read as UTF-8 by Node.
 */
export function secretText(read: string): string | undefined {
  return /[\0\uFFFD]/.test(read) ? undefined : read.replace(/^\uFEFF/, '');
}

/** Characters at the start that are looked at. */
const sampled = 4096;

/** Tells whether a text was read from octets that are none: a tenth of it is controls, or stands for broken UTF-8. */
export function looksBinary(text: string): boolean {
  const sample = text.slice(0, sampled);
  let strange = 0;
  for (let at = 0; at < sample.length; at += 1) if (isStrange(sample.charCodeAt(at))) strange += 1;
  return strange > sample.length / 10;
}

/** Neither white space nor the escape that begins a colour. */
function isStrange(code: number): boolean {
  const isControl = code < 0x20 || code === 0x7f;
  return code === 0xfffd || (isControl && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b);
}
