import { issuerDifference } from '../checks/issuer-difference.ts';

/** Says in a sentence how two redirect URIs that must be equal octet by octet differ (RFC 6749 §4.1.3). */
export function redirectUriDifference(expected: string, received: string): string {
  if (decoded(expected) === decoded(received)) return 'Only the percent-encoding differs.';
  const parts = [...differingParts(expected, received)];
  const [part] = parts;
  if (part !== undefined && parts.length === 1)
    return `Only the ${part} differs${detail(part, expected, received)}.`;
  return issuerDifference(expected, received);
}

function* differingParts(expected: string, received: string): Iterable<'port' | 'host' | 'query'> {
  if (!URL.canParse(expected) || !URL.canParse(received)) return;
  const [own, other] = [new URL(expected), new URL(received)];
  const same = (name: 'protocol' | 'pathname' | 'hash') => own[name] === other[name];
  if (!same('protocol') || !same('pathname') || !same('hash')) return;
  if (own.hostname !== other.hostname) yield 'host';
  if (own.port !== other.port) yield 'port';
  if (own.search !== other.search) yield 'query';
}

function detail(part: 'port' | 'host' | 'query', expected: string, received: string): string {
  if (part === 'query') return '';
  const value = (uri: string) => {
    const url = new URL(uri);
    return part === 'port' ? url.port || 'none' : url.hostname;
  };
  return `: ${value(expected)} and ${value(received)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
