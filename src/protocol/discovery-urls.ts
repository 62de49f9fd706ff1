/** A place where an authorization server may publish its metadata. */
export interface DiscoveryUrl {
  readonly url: string;
  readonly specification: 'OIDC Discovery' | 'RFC 8414';
}

/**
 * The metadata URLs of an issuer, the likeliest first: appended to the path (OIDC Discovery §4.1), then inserted
 * before it (RFC 8414 §3.1, §5).
 */
export function discoveryUrls(issuer: string): readonly DiscoveryUrl[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const base = issuer.replace(/[?#].*$/s, '').replace(/\/$/, '');
  const urls: DiscoveryUrl[] = [
    { url: `${base}/.well-known/openid-configuration`, specification: 'OIDC Discovery' },
    { url: `${origin}/.well-known/oauth-authorization-server${path}`, specification: 'RFC 8414' },
  ];
  if (path !== '') {
    urls.push({ url: `${origin}/.well-known/openid-configuration${path}`, specification: 'RFC 8414' });
  }
  return urls;
}
