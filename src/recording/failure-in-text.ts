import { type RecordedExchange, savedExchange } from './recording.ts';

/** What programs write when no answer came, by what it means. */
const phrases = {
  expired_certificate:
    /certificate has expired|CERT_HAS_EXPIRED|SEC_E_CERT_EXPIRED|ERR_CERT_DATE_INVALID|SEC_ERROR_EXPIRED_\w*CERTIFICATE|certificate is not yet valid/i,
  certificate_for_other_names:
    /certificate is valid for|no alternative certificate subject name matches|ERR_TLS_CERT_ALTNAME_INVALID|ERR_CERT_COMMON_NAME_INVALID|SSL_ERROR_BAD_CERT_DOMAIN|Hostname\/IP does not match|hostname mismatch|SEC_E_WRONG_PRINCIPAL/i,
  revoked_certificate: /ERR_CERT_REVOKED|SEC_ERROR_REVOKED_CERTIFICATE|certificate (?:was |is )?revoked/i,
  untrusted_certificate:
    /self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate|certificate verify failed|certificate signed by unknown authority|PKIX path building failed|CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)|ERR_CERT_\w+|SEC_ERROR_\w+|MOZILLA_PKIX_ERROR_\w+|curl: \(60\)|remote certificate is invalid|SEC_E_UNTRUSTED_ROOT/i,
  certificate_demanded:
    /(?:tlsv1[.\d]* )?alert certificate required|bad certificate alert|alert bad certificate|ERR_BAD_SSL_CLIENT_AUTH_CERT|ERR_SSL_CLIENT_AUTH_\w+|No required SSL certificate was sent/i,
  tls_failed:
    /curl: \(35\)|wrong version number|handshake failure|SSL_?connect returned=|ssl connect returned=|ERR_SSL_\w+|SSL_ERROR_\w+|EPROTO\b|SSLHandshakeException/i,
  proxy_wants_credentials:
    /CONNECT tunnel failed, response 407|407 Proxy Authentication Required|Received HTTP code 407 from proxy|ERR_PROXY_AUTH/i,
  proxy_unreachable:
    /ERR_PROXY_CONNECTION_FAILED|NS_ERROR_PROXY_CONNECTION_REFUSED|NS_ERROR_UNKNOWN_PROXY_HOST|could not resolve proxy|proxyconnect tcp/i,
  proxy_refused:
    /CONNECT tunnel failed, response \d{3}|Received HTTP code \d{3} from proxy after CONNECT|ERR_TUNNEL_CONNECTION_FAILED/i,
  blocked_by_cors:
    /blocked by CORS policy|CORS header .{0,40} missing|Cross-Origin Request Blocked|CORS request did not succeed|not allowed by Access-Control-Allow-Origin|due to access control checks|net::ERR_FAILED/i,
  blocked_by_extension:
    /ERR_BLOCKED_BY_(?:CLIENT|ADMINISTRATOR)|NS_ERROR_TRACKING_URI|NS_ERROR_(?:CONTENT_BLOCKED|BLOCKED_BY_POLICY)/i,
  blocked_by_browser:
    /ERR_BLOCKED_BY_\w+|ERR_UNSAFE_PORT|ERR_CLEARTEXT_NOT_PERMITTED|NS_ERROR_PORT_ACCESS_NOT_ALLOWED|Mixed Content: /i,
  page_left: /ERR_ABORTED\b|NS_BINDING_ABORTED|NS_ERROR_ABORT\b|ERR_CANCELED/i,
  redirect_loop:
    /ERR_TOO_MANY_REDIRECTS|NS_ERROR_REDIRECT_LOOP|Exceeded \d+ redirects|Maximum \(\d+\) redirects followed|redirected (?:you )?too many times|stopped after \d+ redirects/i,
  unknown_scheme: /ERR_UNKNOWN_URL_SCHEME|NS_ERROR_UNKNOWN_PROTOCOL|does not have a registered handler/i,
  unknown_host:
    /curl: \(6\)|could not resolve host|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|no such host|Name or service not known|UnknownHostException|ERR_NAME_\w+|NS_ERROR_UNKNOWN_HOST|remote name could not be resolved/i,
  refused_connection:
    /curl: \(7\)|ECONNREFUSED|connection refused|actively refused|ERR_CONNECTION_REFUSED|NS_ERROR_CONNECTION_REFUSED/i,
  no_network:
    /ERR_INTERNET_DISCONNECTED|ERR_ADDRESS_UNREACHABLE|ERR_NETWORK_CHANGED|NS_ERROR_OFFLINE|EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/i,
  no_answer_in_time:
    /curl: \(28\)|ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS)_TIMEOUT|(?:connection|operation|request|read) timed out|i\/o timeout|context deadline exceeded|SocketTimeoutException|ERR_(?:CONNECTION_)?TIMED_OUT|NS_ERROR_NET_TIMEOUT/i,
  closed_connection:
    /curl: \((?:52|56)\)|ECONNRESET|socket hang up|connection reset by peer|Empty reply from server|ERR_EMPTY_RESPONSE|ERR_CONNECTION_(?:RESET|CLOSED|ABORTED)|ERR_(?:HTTP2|QUIC)_PROTOCOL_ERROR|ERR_INVALID_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONTENT_LENGTH_MISMATCH|NS_ERROR_NET_(?:RESET|INTERRUPT|PARTIAL_TRANSFER)|NS_ERROR_CORRUPTED_CONTENT|: (?:unexpected )?EOF\b/i,
  other_failure: /net::ERR_\w+|NS_ERROR_\w+/,
} as const;

/** Why no answer came. */
export type TransportFailure = keyof typeof phrases;

/** Whether a text is one of the failures that {@link failureInText} tells of. */
export function isTransportFailure(code: string): code is TransportFailure {
  return Object.hasOwn(phrases, code);
}

/** The failure that a program tells of which got no answer; undefined when the text tells of none. */
export function failureInText(text: string, source: string): RecordedExchange | undefined {
  const found = Object.entries(phrases).find(([, words]) => words.test(text));
  if (found === undefined) return undefined;
  const [code, words] = found;
  const whole = text.split('\n').find((one) => words.test(one)) ?? '';
  // Of a record in JSON its message.
  const texts = whole.startsWith('{') ? whole.matchAll(/"((?:[^"\\]|\\.){1,2000})"/g) : [];
  const line = [...texts].map(([, one = '']) => one).find((one) => words.test(one)) ?? whole;
  return {
    ...savedExchange({
      source,
      error: {
        code,
        message: line
          .replace(/^[<*] /, '')
          .trim()
          .slice(0, 300),
      },
    }),
    quoted: text,
  };
}
