import type { PeerCertificate } from 'node:tls';
import { NetworkError } from '../errors.ts';
import type { Peer } from './connection-error.ts';
import { errorCode } from './error-code.ts';

type Phase = 'connecting' | 'handshaking' | 'waiting' | 'reading';

const unknownIssuer = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

const verification = new Set([
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'UNSPECIFIED',
]);

const trustIt = 'If you trust it, give its CA certificate with --ca-file FILE (or NODE_EXTRA_CA_CERTS).';

/** Tells whether the certificate of the other end comes from a CA that is not trusted. */
export function isUnknownIssuer(cause: unknown): boolean {
  return unknownIssuer.has(errorCode(cause));
}

/** Says what in TLS failed, or undefined when it was something else. */
export function explainTlsFailure(cause: unknown, peer: Peer, phase: Phase): NetworkError | undefined {
  if (!peer.secure) return undefined;
  const explained =
    explainCertificate(cause, peer) ?? explainAlert(cause, peer) ?? explainHandshake(cause, peer, phase);
  if (explained === undefined) return undefined;
  const message = explained.message.replace(/^the proxy/, 'The proxy');
  return new NetworkError('tls', message, { hint: explained.hint, cause });
}

interface Explanation {
  readonly message: string;
  readonly hint?: string;
}

/** We refused the certificate of the other end. */
function explainCertificate(cause: unknown, { label }: Peer): Explanation | undefined {
  const code = errorCode(cause);
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return { message: `${label} shows a self-signed certificate (${code}).`, hint: trustIt };
  }
  if (unknownIssuer.has(code)) {
    return {
      message: `The certificate of ${label} comes from a CA that is not trusted (${code}).`,
      hint: `${trustIt} It can also be that the server does not send its intermediate certificates.`,
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      message: `The certificate of ${label}, or one it depends on, ${state} (${code}).`,
      hint: 'Renew it, or set the clock of this machine right.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      message: `The certificate of ${label} is for other names${namesIn(cause)} (${code}).`,
      hint: 'Use a host name that the certificate lists, or have one issued for this name.',
    };
  }
  if (verification.has(code)) return { message: `The certificate of ${label} cannot be verified (${code}).` };
  return undefined;
}

function namesIn(cause: unknown): string {
  if (!(cause instanceof Error && 'cert' in cause)) return '';
  const certificate = cause.cert as Partial<PeerCertificate> | undefined;
  const names = certificate?.subjectaltname;
  return names === undefined ? '' : `: ${names.slice(0, 200).replace(/[^\x20-\x7e]/g, '.')}`;
}

/** The other end refused us and said so; the names of alerts differ between versions of OpenSSL. */
function explainAlert(cause: unknown, { label, clientCertificate }: Peer): Explanation | undefined {
  const code = errorCode(cause);
  if (!/^ERR_SSL_.*ALERT/.test(code)) return undefined;
  if (/CERTIFICATE_REQUIRED/.test(code)) {
    return {
      message: `${label} demands a TLS client certificate (${code}).`,
      hint: 'Give it with --cert FILE and --key FILE.',
    };
  }
  if (/CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED/.test(code) && clientCertificate === true) {
    return {
      message: `${label} refused the TLS client certificate (${code}).`,
      hint: 'Check that it is the registered one, has not expired, and comes from a CA the server trusts.',
    };
  }
  if (/PROTOCOL_VERSION/.test(code)) return versionMismatch(label, code);
  if (/UNRECOGNIZED_NAME/.test(code)) {
    return {
      message: `${label} does not know this host name (${code}).`,
      hint: 'Check the host of the URL.',
    };
  }
  return {
    message: `${label} refused the TLS handshake (${code}).`,
    hint:
      clientCertificate === true
        ? 'It may not accept the client certificate, or offers only outdated ciphers.'
        : 'It may demand a client certificate (--cert and --key), or offer only outdated ciphers.',
  };
}

function explainHandshake(cause: unknown, peer: Peer, phase: Phase): Explanation | undefined {
  const code = errorCode(cause);
  const { label } = peer;
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/.test(code)) {
    return {
      message: `What ${label} answers is not TLS (${code}).`,
      hint: 'Probably plain http is spoken there: write http:// instead of https://, or use the port for https.',
    };
  }
  if (/^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|UNKNOWN_PROTOCOL)$/.test(code)) {
    return versionMismatch(label, code);
  }
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return { message: `TLS with ${label} failed (${code}).` };
  if ((phase === 'connecting' || phase === 'handshaking') && isHandshakeClosing(cause, phase)) {
    return {
      message: `${label} closed the connection during the TLS handshake.`,
      hint:
        peer.clientCertificate === true
          ? 'It may have refused the client certificate (see its log), or not speak TLS on this port.'
          : 'It may demand a client certificate (--cert and --key), not speak TLS on this port, or be blocked.',
    };
  }
  return undefined;
}

function isHandshakeClosing(cause: unknown, phase: Phase): boolean {
  const code = errorCode(cause);
  if (code !== 'ECONNRESET' && code !== 'EPIPE' && code !== 'UND_ERR_SOCKET') return false;
  return (
    phase === 'handshaking' || (cause instanceof Error && /before secure TLS connection/.test(cause.message))
  );
}

function versionMismatch(label: string, code: string): Explanation {
  return {
    message: `${label} and this client share no TLS version (${code}).`,
    hint: 'TLS 1.2 or 1.3 is needed; older versions are not supported.',
  };
}
