import { isUrl } from '../http-message.ts';
/** A redirect URI taken apart without changing an octet of it. */
export interface RedirectUri {
  readonly uri: string;
  readonly scheme: string;
  /** Host name without brackets; empty for private-use schemes. */
  readonly host: string;
  /** Whether a listener on this machine can stand behind it (RFC 8252 §7.3). */
  readonly loopback: boolean;
}

/**
 * Reads a redirect URI; undefined when it is not absolute, has a fragment (RFC 6749 §3.1.2), or is something that
 * URL parsers repair: the arrived URI would then never equal the registered one.
 */
export function readRedirectUri(uri: string): RedirectUri | undefined {
  if (/[#\s\p{Cc}]/u.test(uri) || /^https?:(?!\/\/[^/\\])/i.test(uri) || !isUrl(uri)) return undefined;
  const url = new URL(uri);
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { uri, scheme, host, loopback: isLoopbackUrl(url) };
}

const loopbackAddress = /^(?:::1|127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3})$/;

/**
 * Whether a host is this machine: `localhost` and the names below it (RFC 6761 §6.3), 127.0.0.0/8 or ::1
 * (RFC 8252 §7.3), with or without the brackets of an IPv6 address and the dot that ends a full name.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || loopbackAddress.test(name);
}

/** Whether a URL leads to this machine over http or https. */
export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackHost(hostname);
}

/** The port of an http or https URL, whether it names it or not. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** The redirect URI with another port, every other octet kept; an URI without a port gets one. */
export function withPort(uri: string, port: number): string {
  return uri.replace(
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*))(?::\d*)?/i,
    `$1:${port}`,
  );
}

/**
 * Media type of what the relay page posts to the listener: the body is the fragment, without `#`. No form can send
 * this type and no foreign page can send it without a CORS preflight, so that it is never taken for a form_post
 * (OAuth 2.0 Form Post Response Mode §2).
 */
export const fragmentMediaType = 'application/vnd.oauth-code.fragment';
