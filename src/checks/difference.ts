import { own, type Said, say } from '../say.ts';

/**
 * Says in a sentence how two issuers that are not equal octet by octet differ: a trailing slash, letter case, the
 * scheme, a tenant template, or where they part.
 */
export function issuerDifference(expected: string, received: string): Said {
  if (expected === received) return own('Both are written alike.');
  if (withoutSlash(expected) === withoutSlash(received)) return own('Only a trailing slash differs.');
  if (expected.toLowerCase() === received.toLowerCase()) return own('Only the letter case differs.');
  if (withoutScheme(expected) === withoutScheme(received)) return describeSchemes(expected, received);
  if (expected.trim() === received.trim()) return own('Only white space around it differs.');
  if (fitsTemplate(expected, received) || fitsTemplate(received, expected)) {
    return own('One is a template for many tenants: use the issuer of your tenant.');
  }
  const segments = differingSegments(expected, received);
  if (segments !== undefined) {
    return say`Only one part differs: ${segments[0]} is expected, ${segments[1]} came. With several tenants, use the issuer of yours.`;
  }
  return say`They differ from character ${commonLength(expected, received) + 1} on.`;
}

/** Says in a sentence how the state that came differs from the one that was sent. */
export function stateDifference(sent: string, received: string): Said {
  if (received === '') return own('It came empty.');
  const decoded = (text: string) => new URLSearchParams(`s=${text}`).get('s');
  if (decoded(received) === sent) return own('It was percent-encoded once more than it should be.');
  if (decoded(sent) === received) return own('It was decoded once more than it should be.');
  if (sent.toLowerCase() === received.toLowerCase()) return own('Only the letter case differs.');
  if (sent.startsWith(received))
    return say`It was cut off: ${received.length} of ${sent.length} characters came.`;
  if (received.startsWith(sent))
    return say`There is more behind it: ${received.length} characters, ${sent.length} were sent.`;
  return say`They differ from character ${commonLength(sent, received) + 1} on.`;
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/+$/, '');
}

function withoutScheme(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '');
}

function describeSchemes(expected: string, received: string): Said {
  const scheme = (issuer: string) => /^https?:\/\//.exec(issuer)?.[0] ?? own('no scheme');
  return say`Only the scheme differs: ${scheme(expected)} is expected, ${scheme(received)} came.`;
}

function fitsTemplate(template: string, issuer: string): boolean {
  const own = template.split('/');
  const other = issuer.split('/');
  return (
    own.length === other.length &&
    own.some((part) => /^\{[^{}]*\}$/.test(part)) &&
    own.every((part, index) => part === other[index] || /^\{[^{}]*\}$/.test(part))
  );
}

function differingSegments(expected: string, received: string): readonly [string, string] | undefined {
  const own = expected.split('/');
  const other = received.split('/');
  if (own.length !== other.length || own[2] !== other[2]) return undefined;
  const pairs = own.flatMap((part, index) =>
    part === other[index] ? [] : [[part, other[index] ?? ''] as const],
  );
  const [pair] = pairs;
  return pairs.length === 1 && pair !== undefined && pair.join('').length <= 120 ? pair : undefined;
}

function commonLength(expected: string, received: string): number {
  let length = 0;
  while (length < expected.length && expected[length] === received[length]) length += 1;
  return length;
}
