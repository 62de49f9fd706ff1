/** More digits than this are not written out: `1e999999999` is nine octets and a thousand million digits. */
const longestExpansion = 400;

const largestSafeInteger = '9007199254740991';

/**
 * Writes a JSON number out in decimal digits without going through binary64, such as `1.5e3` as `1500`.
 * A number of more than 400 digits is left as it stands.
 */
export function decimalDigits(text: string): string {
  if (/^-?\d+$/.test(text)) {
    return text;
  }
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) {
    return text;
  }
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (Math.abs(point) > longestExpansion || digits.length > longestExpansion) {
    return text;
  }
  const padded = digits.padEnd(Math.max(point, 0), '0').padStart(digits.length + Math.max(-point, 0), '0');
  const split = Math.max(point, 0);
  const before = padded.slice(0, split).replace(/^0+(?=\d)/, '') || '0';
  const after = padded.slice(split).replace(/0+$/, '');
  return sign + (after === '' ? before : `${before}.${after}`);
}

/** Tells whether a JSON number is an integer beyond ±(2^53−1), the interoperable range (RFC 8259 §6). */
export function isUnsafeInteger(text: string): boolean {
  if (text.length < largestSafeInteger.length && !/e/i.test(text)) {
    return false;
  }
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
