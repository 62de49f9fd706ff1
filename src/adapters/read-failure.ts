import type { PeerCertificate } from 'node:tls';
import type { ExchangePhase, HttpFailure, Peer, TlsProblem } from '../errors/http-failure.ts';
import { errorCode } from '../errors/system-failure.ts';
import {
  type BrokenExchange,
  bodyTooLarge,
  connectionDestroyed,
  type ExchangeProgress,
  FailedExchange,
  timedOut,
} from './http-failure.ts';

/**
 * Reads from an exchange that did not come to its end why that is. A failure that was read already, such as that of a
 * tunnel, is returned as it is.
 */
export function readFailure(
  { progress, cause }: Pick<BrokenExchange, 'progress' | 'cause'>,
  peer: Peer,
  seconds: number,
): FailedExchange {
  if (cause instanceof FailedExchange) return cause;
  const { phase, bodyOctets: octets, firstOctets } = progress;
  const failed = (failure: HttpFailure) => new FailedExchange(failure, cause);
  if (cause === timedOut) return failed({ type: 'timeout', peer, phase, octets, seconds });
  if (cause === bodyTooLarge) return failed({ type: 'body-too-large', peer, state: 'received' });
  if (cause === connectionDestroyed) return failed({ type: 'abandoned', peer });
  const code = errorCode(cause);
  const answer = readAnswer(progress, cause, code, peer);
  if (answer !== undefined) return failed(answer);
  const problem = peer.secure ? tlsProblem(cause, code, phase, peer) : undefined;
  if (problem !== undefined) {
    const names = problem === 'other-names' ? namesIn(cause) : undefined;
    return failed({ type: 'tls', peer, problem, code, ...(names === undefined ? {} : { names }) });
  }
  return failed(
    isClosing(cause)
      ? { type: 'closed', peer, phase, octets, begun: firstOctets.length > 0 }
      : { type: 'connection', peer, code },
  );
}

/** Something came, and it is not an HTTP answer. */
function readAnswer(
  { phase, firstOctets }: ExchangeProgress,
  cause: unknown,
  code: string,
  peer: Peer,
): HttpFailure | undefined {
  const [type, major] = firstOctets;
  if (!peer.secure && phase === 'waiting' && (type === 0x15 || type === 0x16) && major === 3) {
    return { type: 'tls-unasked', peer };
  }
  if (/^(?:UND_ERR_HEADERS|HPE_HEADER)_OVERFLOW$/.test(code)) return { type: 'headers-too-large', peer };
  if (unaskedAnswer.test(messageOf(cause))) return { type: 'unasked-answer', peer };
  const reason = parserReason(cause, code);
  if (reason === undefined) return undefined;
  if (phase === 'reading') return { type: 'body-broken', peer, reason };
  return { type: 'not-http', peer, reason, begins: excerpt(firstOctets) };
}

const unaskedAnswer = /^bad (response|upgrade)$/;

/** Why a parser gave up: that of undici, which has no code although its documentation promises one, or Node's own. */
function parserReason(cause: unknown, code: string): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const ofNode = 'reason' in cause ? String(cause.reason) : cause.message;
  const isUndicis = cause.name === 'HTTPParserError';
  if (!isUndicis && !code.startsWith('HPE_')) return undefined;
  return /\(([^()]*)\)/.exec(isUndicis ? cause.message : `(${ofNode})`)?.[1] ?? 'it cannot be read';
}

/** The first line only: headers, and with them cookies, come after it. */
function excerpt(octets: Buffer): string {
  const line = octets.toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
  return line.slice(0, 60).replace(/[^\x20-\x7e]/g, '.');
}

const closings = /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/;

/** Tells whether an error says that the other end closed or reset the connection. */
export function isClosing(cause: unknown): boolean {
  return closings.test(errorCode(cause)) && !unaskedAnswer.test(messageOf(cause));
}

/** Our verdict on the certificate of the other end. */
const certificateProblems: Readonly<Record<string, TlsProblem>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-names',
};
const unverifiable =
  /^(?:CERT_(?:SIGNATURE_FAILURE|CHAIN_TOO_LONG|REVOKED|UNTRUSTED|REJECTED)|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|UNSPECIFIED)$/;

/** Tells whether the certificate of the other end comes from a CA that is not trusted. */
export function isUnknownIssuer(cause: unknown): boolean {
  return /^(?:self-signed|unknown-issuer)$/.test(certificateProblems[errorCode(cause)] ?? '');
}

function tlsProblem(
  cause: unknown,
  code: string,
  phase: ExchangePhase,
  { clientCertificate }: Peer,
): TlsProblem | undefined {
  const known = certificateProblems[code];
  if (known !== undefined) return known;
  if (unverifiable.test(code)) return 'unverifiable';
  // The other end refused us and said so; the names of alerts differ between versions of OpenSSL.
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    if (/CERTIFICATE_REQUIRED/.test(code)) return 'client-certificate-demanded';
    if (/CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED/.test(code) && clientCertificate === true)
      return 'client-certificate-refused';
    if (/PROTOCOL_VERSION/.test(code)) return 'no-common-version';
    return /UNRECOGNIZED_NAME/.test(code) ? 'unknown-host' : 'refused';
  }
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/.test(code))
    return 'not-tls';
  if (/^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|UNKNOWN_PROTOCOL)$/.test(code))
    return 'no-common-version';
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return 'failed';
  return isHandshakeClosing(cause, code, phase) ? 'closed' : undefined;
}

function isHandshakeClosing(cause: unknown, code: string, phase: ExchangePhase): boolean {
  if (!/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(code)) return false;
  return (
    phase === 'handshaking' ||
    (phase === 'connecting' && /before secure TLS connection/.test(messageOf(cause)))
  );
}

function namesIn(cause: unknown): string | undefined {
  if (!(cause instanceof Error && 'cert' in cause)) return undefined;
  const certificate = cause.cert as Partial<PeerCertificate> | undefined;
  return certificate?.subjectaltname?.slice(0, 200).replace(/[^\x20-\x7e]/g, '.');
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : '';
}
