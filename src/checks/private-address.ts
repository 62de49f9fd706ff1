import { isUrl } from '../http-message.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import { type CheckResult, checkResult } from './check-result.ts';

/**
 * Judges an address that a resource leads to: one that fewer machines reach than that of the resource is not followed
 * (RFC 9728 §7.7).
 */
export function checkPrivateAddress(
  from: string,
  to: string,
  id: 'resource-private-address' | 'metadata-private-address' = 'resource-private-address',
): CheckResult | undefined {
  if (closenessOf(to) <= closenessOf(from)) return undefined;
  return checkResult(id, 'fail', say`${from} leads to ${to}, ${own(addressKind(to))}.`);
}

/** Judges an address that a server leads to which the user named: its private network may be meant, link-local never is. */
export function checkLinkLocalAddress(from: string, to: string): CheckResult | undefined {
  return closenessOf(to) === 2 ? checkPrivateAddress(from, to, 'metadata-private-address') : undefined;
}

/** What an address is that is not public. */
export function addressKind(url: string): string {
  return closenessOf(url) === 2
    ? 'a link-local address, where clouds keep credentials of the machine'
    : 'an address of this machine or of a private network';
}

const linkLocal =
  /^(?:169\.254\.\d+\.\d+|fe[89ab][\da-f]:.*|(?:::ffff:|64:ff9b::)a9fe:.*|fd00:ec2::254|100\.100\.100\.200|metadata(?:\.google\.internal)?)$/i;
const privateAddress =
  /^(?=[\d.]+$)(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)|^(?:f[cd][\da-f]{2}:|::)|\.(?:internal|local)$/i;

/** How close a host is, as it is written: 0 in public, 1 in a private network or on this machine, 2 link-local or of a cloud. */
function closenessOf(url: string): number {
  if (!isUrl(url)) return 0;
  const host = new URL(url).hostname.replace(/^\[|\]$|\.$/g, '');
  if (linkLocal.test(host)) return 2;
  return isLoopbackHost(host) || privateAddress.test(host) ? 1 : 0;
}
