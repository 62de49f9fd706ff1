import { describe, expect, it } from 'vitest';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** The messages of a HAR with one request that failed in the browser. */
function read(
  error: string,
  url = 'https://login.example.test/oauth2/token',
  others: readonly object[] = [],
) {
  const request = {
    method: url.includes('token') ? 'POST' : 'GET',
    url,
    headers: [],
    ...(url.includes('token')
      ? {
          postData: {
            mimeType: 'application/x-www-form-urlencoded',
            text: 'grant_type=authorization_code&code=c&client_id=a',
          },
        }
      : {}),
  };
  const response = { status: 0, statusText: '', headers: [], content: { size: 0 }, _error: error };
  const entries = [...others, { startedDateTime: '2026-11-30T10:00:00Z', time: 3, request, response }];
  const recognition = recogniseInput(JSON.stringify({ log: { version: '1.2', entries } }), 'a.har');
  if (recognition.type === 'unrecognised') return [];
  return sortConversation(recognition.events).messages;
}

describe('a request that failed in the browser', () => {
  it.each([
    ['net::ERR_CERT_AUTHORITY_INVALID', 'untrusted_certificate'],
    ['net::ERR_CERT_WEAK_SIGNATURE_ALGORITHM', 'untrusted_certificate'],
    ['MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT', 'untrusted_certificate'],
    ['net::ERR_CERT_DATE_INVALID', 'expired_certificate'],
    ['SEC_ERROR_EXPIRED_CERTIFICATE', 'expired_certificate'],
    ['net::ERR_CERT_COMMON_NAME_INVALID', 'certificate_for_other_names'],
    ['net::ERR_CERT_REVOKED', 'revoked_certificate'],
    ['net::ERR_BAD_SSL_CLIENT_AUTH_CERT', 'certificate_demanded'],
    ['net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH', 'tls_failed'],
    ['net::ERR_NAME_NOT_RESOLVED', 'unknown_host'],
    ['NS_ERROR_UNKNOWN_HOST', 'unknown_host'],
    ['net::ERR_CONNECTION_REFUSED', 'refused_connection'],
    ['NS_ERROR_CONNECTION_REFUSED', 'refused_connection'],
    ['NS_ERROR_NET_TIMEOUT', 'no_answer_in_time'],
    ['NS_ERROR_NET_RESET', 'closed_connection'],
    ['net::ERR_HTTP2_PROTOCOL_ERROR', 'closed_connection'],
    ['net::ERR_PROXY_CONNECTION_FAILED', 'proxy_unreachable'],
    ['net::ERR_TUNNEL_CONNECTION_FAILED', 'proxy_refused'],
    ['net::ERR_BLOCKED_BY_CLIENT', 'blocked_by_extension'],
    ['NS_ERROR_TRACKING_URI', 'blocked_by_extension'],
    ['net::ERR_UNSAFE_PORT', 'blocked_by_browser'],
    ['net::ERR_BLOCKED_BY_RESPONSE', 'blocked_by_browser'],
    ['net::ERR_ABORTED', 'page_left'],
    ['NS_BINDING_ABORTED', 'page_left'],
    ['net::ERR_TOO_MANY_REDIRECTS', 'redirect_loop'],
    ['net::ERR_UNKNOWN_URL_SCHEME', 'unknown_scheme'],
    ['net::ERR_INTERNET_DISCONNECTED', 'no_network'],
    ['net::ERR_FAILED', 'blocked_by_cors'],
    ['net::ERR_CACHE_MISS', 'other_failure'],
    ['NS_ERROR_DOM_BAD_URI', 'other_failure'],
  ])('is told by %s', (code, failure) => {
    expect(read(code)).toMatchObject([
      { kind: 'failure', failure, text: code, request: { url: 'https://login.example.test/oauth2/token' } },
    ]);
  });

  it('shows the callback that did not reach the client', () => {
    const before = {
      startedDateTime: '2026-11-30T09:59:00Z',
      request: {
        method: 'GET',
        url: 'https://login.example.test/authorize?response_type=code&client_id=a&state=s&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fcb',
        headers: [],
      },
      response: { status: 302, headers: [], content: { size: 0 }, redirectURL: '' },
    };
    expect(
      read('net::ERR_CONNECTION_REFUSED', 'http://localhost:8080/cb?code=c1&state=s', [before]),
    ).toMatchObject([
      { kind: 'authorization_request' },
      { kind: 'failure', failure: 'refused_connection' },
      { kind: 'callback', received: { url: 'http://localhost:8080/cb?code=c1&state=s' } },
    ]);
  });
});

describe('a 401 without a challenge in a HAR', () => {
  const messagesOf = (status: number, authorization?: string) => {
    const headers = authorization === undefined ? [] : [{ name: 'Authorization', value: authorization }];
    const entry = {
      startedDateTime: '2026-11-30T10:00:00Z',
      request: { method: 'GET', url: 'https://api.example.test/v1/things', headers },
      response: { status, headers: [], content: { text: '{"message":"Unauthorized"}' } },
    };
    const read = recogniseInput(JSON.stringify({ log: { version: '1.2', entries: [entry] } }), 'a.har');
    return read.type === 'unrecognised' ? [] : sortConversation(read.events).messages;
  };

  it.each(['Bearer abc', 'DPoP abc'])(
    'is the answer of an API that was sent a token (%s)',
    (authorization) => {
      expect(messagesOf(401, authorization)).toMatchObject([
        { kind: 'challenge', response: { status: 401 } },
      ]);
    },
  );

  it.each([
    [401, undefined],
    [401, 'Basic YTpi'],
    [200, 'Bearer abc'],
  ])('is no message of OAuth with status %s and %s', (status, authorization) => {
    expect(messagesOf(status, authorization)).toEqual([]);
  });
});
