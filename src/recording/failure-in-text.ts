import { type RecordedExchange, savedExchange } from './recording.ts';

/** What programs write when no answer came, by what it means. */
const phrases = {
  expired_certificate:
    /certificate has expired|CERT_HAS_EXPIRED|SEC_E_CERT_EXPIRED|ERR_CERT_DATE_INVALID|certificate is not yet valid/i,
  certificate_for_other_names:
    /certificate is valid for|no alternative certificate subject name matches|ERR_TLS_CERT_ALTNAME_INVALID|ERR_CERT_COMMON_NAME_INVALID|Hostname\/IP does not match|hostname mismatch|SEC_E_WRONG_PRINCIPAL/i,
  untrusted_certificate:
    /self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate|certificate signed by unknown authority|PKIX path building failed|CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)|ERR_CERT_AUTHORITY_INVALID|curl: \(60\)|remote certificate is invalid|SEC_E_UNTRUSTED_ROOT/i,
  certificate_demanded:
    /(?:tlsv1[.\d]* )?alert certificate required|bad certificate alert|alert bad certificate|No required SSL certificate was sent/i,
  tls_failed:
    /curl: \(35\)|wrong version number|handshake failure|ERR_SSL_PROTOCOL_ERROR|EPROTO\b|SSLHandshakeException/i,
  proxy_wants_credentials:
    /CONNECT tunnel failed, response 407|407 Proxy Authentication Required|Received HTTP code 407 from proxy|ERR_PROXY_AUTH/i,
  proxy_refused:
    /CONNECT tunnel failed, response \d{3}|Received HTTP code \d{3} from proxy after CONNECT|ERR_TUNNEL_CONNECTION_FAILED/i,
  blocked_by_cors:
    /blocked by CORS policy|CORS header .{0,40} missing|Cross-Origin Request Blocked|CORS request did not succeed|not allowed by Access-Control-Allow-Origin|due to access control checks|net::ERR_FAILED/i,
  unknown_host:
    /curl: \(6\)|could not resolve host|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|no such host|Name or service not known|UnknownHostException|ERR_NAME_NOT_RESOLVED|remote name could not be resolved/i,
  refused_connection: /curl: \(7\)|ECONNREFUSED|connection refused|actively refused|ERR_CONNECTION_REFUSED/i,
  no_answer_in_time:
    /curl: \(28\)|ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS)_TIMEOUT|(?:connection|operation|request|read) timed out|i\/o timeout|context deadline exceeded|SocketTimeoutException|ERR_(?:CONNECTION_)?TIMED_OUT/i,
  closed_connection:
    /curl: \((?:52|56)\)|ECONNRESET|socket hang up|connection reset by peer|Empty reply from server|ERR_EMPTY_RESPONSE|ERR_CONNECTION_(?:RESET|CLOSED|ABORTED)|: (?:unexpected )?EOF\b/i,
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
  const line = text.split('\n').find((one) => words.test(one)) ?? '';
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
