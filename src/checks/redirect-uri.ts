import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { type Finding, finding, foundOf } from './check-result.ts';
import { shownValue } from './shown-value.ts';

/** Finds what is wrong with the redirect URI of an authorization request (RFC 6749 §3.1.2; RFC 8252 §7, §8.3). */
export function findRedirectUriProblems(redirectUri: string | undefined): Finding[] {
  if (redirectUri === undefined) {
    return [
      finding(
        'redirect-uri-missing',
        'Without redirect_uri the server needs exactly one that is registered.',
      ),
    ];
  }
  const shown = shownValue(redirectUri.replace(/[?#].*$/s, ''));
  if (/^https?%3a/i.test(redirectUri)) {
    return [
      finding(
        'redirect-uri-encoded-twice',
        'redirect_uri was percent-encoded twice: after decoding it is still encoded.',
        shown,
      ),
    ];
  }
  if (!/^[a-z][a-z\d+.-]*:./i.test(redirectUri)) {
    return [
      finding('redirect-uri-relative', 'redirect_uri has no scheme: an absolute URI is required.', shown),
    ];
  }
  const host = URL.canParse(redirectUri) ? new URL(redirectUri).hostname : '';
  const isPlainHttp = /^http:/i.test(redirectUri);
  return foundOf([
    redirectUri.includes('#') &&
      finding('redirect-uri-fragment', 'redirect_uri has a fragment, which no redirect URI may have.', shown),
    isPlainHttp &&
      !isLoopbackHost(host) &&
      finding(
        'redirect-uri-insecure',
        'redirect_uri is plain http to another machine: the code crosses the network unprotected.',
        shown,
      ),
    isPlainHttp &&
      host === 'localhost' &&
      finding(
        'redirect-uri-localhost',
        'localhost may resolve to something else: 127.0.0.1 or [::1] is safer, and another redirect URI.',
        shown,
      ),
  ]);
}
