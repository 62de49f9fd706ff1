import { isLoopbackHost, isLoopbackUrl } from '../protocol/redirect-uri.ts';

/** Tells whether a `Host` header names this machine, whatever the port; anything else may be DNS rebinding. */
export function isLoopbackAuthority(host: string | undefined): boolean {
  return host !== undefined && isLoopbackHost(host.replace(/:\d+$/, ''));
}

/**
 * Tells whether a redirect URI is allowed: equal to a registered one, or on loopback and equal to a registered
 * loopback one but for port and scheme. RFC 8252 §7.3 asks for the free port; taking https too lets a client with a
 * throw-away certificate use the same registration.
 */
export function isAllowedRedirectUri(value: string, registered: readonly string[]): boolean {
  if (registered.includes(value)) return true;
  const wanted = portless(value);
  return wanted !== undefined && registered.some((candidate) => portless(candidate) === wanted);
}

function portless(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (!isLoopbackUrl(url) || url.username !== '' || url.password !== '' || value.includes('#'))
    return undefined;
  return `${url.hostname}${url.pathname}${url.search}`;
}
