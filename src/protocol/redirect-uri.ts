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
 * URL parsers repair: what arrived would then never equal what was registered.
 */
export function readRedirectUri(uri: string): RedirectUri | undefined {
  if (/[#\s\p{Cc}]/u.test(uri) || /^https?:(?!\/\/[^/\\])/i.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { uri, scheme, host, loopback: (scheme === 'http' || scheme === 'https') && isLoopbackHost(host) };
}

/** Whether a host name or address is this machine: `localhost`, 127.0.0.0/8 or ::1 (RFC 8252 §7.3). */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The redirect URI with another port, every other octet kept; an URI without a port gets one. */
export function withPort(uri: string, port: number): string {
  return uri.replace(
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*))(?::\d*)?/i,
    `$1:${port}`,
  );
}
