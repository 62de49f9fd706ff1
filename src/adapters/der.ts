/** Encodes one element: tag, definite length, contents (X.690 §8.1, §10.1). */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

/** SEQUENCE (X.690 §8.9). */
export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return der(0x30, ...elements);
}

/** OBJECT IDENTIFIER from its dotted form (X.690 §8.19). */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Uint8Array.from(octets));
}

/** BIT STRING; `unusedBits` of the last octet do not count (X.690 §8.6). */
export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Uint8Array.of(unusedBits), content);
}

/** UTCTime until 2049, GeneralizedTime afterwards, to the second (RFC 5280 §4.1.2.5). */
export function time(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/\.\d+Z$|[-:T]/g, '');
  return moment.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let left = length; left > 0; left >>>= 8) octets.unshift(left & 0xff);
  return [0x80 | octets.length, ...octets];
}
