import { InvalidResponseError, type NamedError, NetworkError } from '../errors.ts';
import { own, type Said, say } from '../say.ts';

/** The other end of a connection. */
export interface Peer {
  /** `host:port`. */
  readonly label: string;
  /** TLS is spoken with it. */
  readonly secure: boolean;
  readonly isProxy?: boolean;
  /** A client certificate was at hand for it. */
  readonly clientCertificate?: boolean;
}

/** How far an exchange came. */
export type ExchangePhase = 'connecting' | 'handshaking' | 'waiting' | 'reading';

/** The problem with TLS: with the certificate of the other end, with ours, or with the handshake. */
export type TlsProblem =
  | 'self-signed'
  | 'unknown-issuer'
  | 'expired'
  | 'not-yet-valid'
  | 'other-names'
  | 'unverifiable'
  | 'client-certificate-demanded'
  | 'client-certificate-refused'
  | 'no-common-version'
  | 'unknown-host'
  | 'refused'
  | 'not-tls'
  | 'failed'
  | 'closed';

/** Why an exchange over HTTP came to nothing. */
export type HttpFailure = { readonly peer: Peer } & (
  | {
      readonly type: 'timeout';
      readonly phase: ExchangePhase;
      readonly octets: number;
      readonly seconds: number;
    }
  /** By the code of the system or library; empty when there is none. */
  | { readonly type: 'connection'; readonly code: string }
  /** The other end closed the connection; `octets` of the body had come, or `begun` the headers. */
  | {
      readonly type: 'closed';
      readonly phase: ExchangePhase;
      readonly octets: number;
      readonly begun: boolean;
    }
  | {
      readonly type: 'tls';
      readonly problem: TlsProblem;
      readonly code: string;
      /** The names of a certificate that is for others. */
      readonly names?: string;
    }
  /** TLS came where plain http was spoken. */
  | { readonly type: 'tls-unasked' }
  | { readonly type: 'headers-too-large' }
  | { readonly type: 'body-too-large'; readonly state: 'received' | 'decoded' }
  | { readonly type: 'not-http'; readonly reason: string; readonly begins: string }
  | { readonly type: 'body-broken'; readonly reason: string }
  /** An interim or protocol-switching answer that was not asked for. */
  | { readonly type: 'unasked-answer' }
  | { readonly type: 'coded-too-often'; readonly times: number }
  | { readonly type: 'unknown-coding' | 'broken-coding'; readonly coding: string }
  /** The proxy answered in its own name. */
  | {
      readonly type: 'proxy-refusal';
      readonly status: number;
      /** `host:port` of the server behind it. */
      readonly server: string;
      readonly gaveCredentials: boolean;
    }
  /** The client was closed meanwhile. */
  | { readonly type: 'abandoned' }
);

interface Explanation {
  readonly code: 'network' | 'tls' | 'timeout' | 'invalid_response';
  readonly message: Said;
  readonly hint?: string | undefined;
  /** The error that was thrown says more, for `--debug`. */
  readonly causeTells?: boolean;
}

/** Says in the user's terms why an exchange failed; nothing of the request but host and port is named. */
export function httpError(failure: HttpFailure, cause: unknown): NamedError {
  const { code, message, hint, causeTells } = explain(failure);
  const details = {
    hint: hint === undefined ? undefined : own(hint),
    ...(causeTells === true ? { cause } : {}),
  };
  return code === 'invalid_response'
    ? new InvalidResponseError(capitalised(message), details)
    : new NetworkError(code, capitalised(message), details);
}

const checkNetwork = 'Check the network and VPN; behind a proxy give --proxy or set HTTPS_PROXY.';

function explain(failure: HttpFailure): Explanation {
  const { peer } = failure;
  const label = peer.isProxy === true ? say`the proxy ${peer.label}` : say`${peer.label}`;
  switch (failure.type) {
    case 'timeout':
      return explainTimeout(failure, label);
    case 'connection':
      return explainConnection(failure, label);
    case 'closed':
      return { code: 'network', causeTells: true, ...explainClosing(failure, label) };
    case 'tls': {
      const [message, hint] = tlsTexts[failure.problem](label, peer, failure);
      return { code: 'tls', causeTells: true, message, hint };
    }
    case 'tls-unasked':
      return {
        code: 'tls',
        message: say`${label} speaks TLS, but was asked over plain http.`,
        hint: 'Write https:// instead of http:// in the URL.',
      };
    case 'headers-too-large':
      return invalid(say`the headers that ${label} sent are larger than 128 KiB.`);
    case 'body-too-large': {
      const decoded = own(failure.state === 'decoded' ? ' after decompression' : '');
      return invalid(
        say`The answer of ${label} is larger than 10 MiB${decoded}; it was not read further.`,
        'Check that the URL is the one of an OAuth endpoint and not of a download.',
      );
    }
    case 'not-http':
      return invalid(
        say`The answer of ${label} is not HTTP/1.1: ${failure.reason}. It begins: "${failure.begins}"`,
        'Check the port: another kind of service may be listening there.',
      );
    case 'body-broken':
      return invalid(say`the body that ${label} sent breaks HTTP/1.1: ${failure.reason}.`);
    case 'unasked-answer':
      return invalid(say`${label} sent an interim or protocol-switching answer that was not asked for.`);
    case 'coded-too-often':
      return invalid(say`The answer of ${label} is compressed ${failure.times} times over.`);
    case 'unknown-coding':
      return invalid(
        say`The answer of ${label} has the content coding ${failure.coding}, which cannot be decoded.`,
        'The request asked for no coding (accept-encoding: identity); the server must heed that.',
      );
    case 'broken-coding': {
      const hint = 'A proxy or gateway in front of the server may have changed the body without the header.';
      const message = say`The answer of ${label} says it is compressed as ${failure.coding}, but it is not.`;
      return { ...invalid(message, hint), causeTells: true };
    }
    case 'proxy-refusal':
      return { code: 'network', ...explainProxy(failure, label) };
    case 'abandoned':
      return { code: 'network', message: say`The request to ${label} was abandoned: the client was closed.` };
  }
}

function invalid(message: Said, hint?: string): Explanation {
  return { code: 'invalid_response', message, hint };
}

type Failed<Type extends HttpFailure['type']> = Extract<HttpFailure, { type: Type }>;

function explainTimeout({ phase, octets, seconds, peer }: Failed<'timeout'>, label: Said): Explanation {
  const within = say`within ${seconds} s`;
  const message = {
    connecting: say`no connection to ${label} came about ${within} (connecting).`,
    handshaking: peer.secure
      ? say`${label} accepted the connection, but TLS was not agreed ${within} (connecting).`
      : say`no connection to ${label} came about ${within} (connecting).`,
    waiting: say`${label} did not answer ${within} (waiting for headers).`,
    reading: say`the answer of ${label} did not end ${within}; ${octets} octets of it came (reading the body).`,
  }[phase];
  const hint = `Allow more time with --timeout SECONDS.${phase === 'connecting' ? ` ${checkNetwork}` : ''}`;
  return { code: 'timeout', message, hint };
}

const systemTexts: Readonly<Record<string, (label: Said) => readonly [message: Said, hint?: string]>> = {
  ECONNREFUSED: (label) => [
    say`Nothing accepts connections at ${label} (ECONNREFUSED).`,
    'Check host and port of the URL, and that the server is running.',
  ],
  ENOTFOUND: (label) => [
    say`The host name of ${label} is not known (ENOTFOUND).`,
    `Check the spelling of the host. ${checkNetwork}`,
  ],
  EAI_AGAIN: (label) => [
    say`The host name of ${label} could not be looked up: DNS did not answer (EAI_AGAIN).`,
    checkNetwork,
  ],
  EHOSTUNREACH: (label) => [say`There is no route to ${label} (EHOSTUNREACH).`, checkNetwork],
  ENETUNREACH: (label) => [say`There is no route to ${label} (ENETUNREACH).`, checkNetwork],
  ETIMEDOUT: (label) => [say`${label} does not answer (ETIMEDOUT).`, checkNetwork],
  ENOBUFS: (label) => [say`The system refused a connection to ${label} (ENOBUFS).`],
  EACCES: (label) => notAllowed(label, 'EACCES'),
  EPERM: (label) => notAllowed(label, 'EPERM'),
};

function notAllowed(label: Said, code: string): readonly [Said, string] {
  return [
    say`The system does not allow connections to ${label} (${own(code)}).`,
    'Look at the firewall or sandbox this runs in.',
  ];
}

/** Codes for which the address is to be looked at, or the way to it. */
const unreached = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/;

/** The user named the proxy then, not the URL. */
const checkProxy =
  'Check host and port of the proxy (--proxy, else HTTPS_PROXY and HTTP_PROXY), and that it is running.';

function explainConnection({ code, peer }: Failed<'connection'>, label: Said): Explanation {
  const named = code === '' ? '' : say` (${own(code)})`;
  const [message, hint] = systemTexts[code]?.(label) ?? [say`The connection to ${label} failed${named}.`];
  const isProxyLost = peer.isProxy === true && unreached.test(code);
  return { code: 'network', message, hint: isProxyLost ? checkProxy : hint, causeTells: true };
}

function explainClosing(
  { phase, octets, begun, peer }: Failed<'closed'>,
  label: Said,
): Pick<Explanation, 'message' | 'hint'> {
  const closed = say`${label} closed the connection`;
  if (phase === 'reading') {
    return { message: say`${closed} in the middle of its answer, after ${octets} octets of the body.` };
  }
  if (phase !== 'waiting') return { message: say`${closed} while it was being made.`, hint: checkNetwork };
  if (begun) return { message: say`${closed} in the middle of its answer's headers.` };
  const hint = !peer.secure
    ? 'If the server expects TLS, write https:// in the URL.'
    : peer.clientCertificate === true
      ? 'The server may have refused the client certificate; see its log.'
      : 'If the server demands a client certificate, give it with --cert and --key.';
  return { message: say`${closed} without an answer.`, hint };
}

function explainProxy(
  { status, server, gaveCredentials }: Failed<'proxy-refusal'>,
  label: Said,
): Pick<Explanation, 'message' | 'hint'> {
  if (status !== 407) {
    return {
      message: say`${label} would not connect to ${server} (${status}).`,
      hint: 'Ask who runs the proxy to allow this host, or list the host in NO_PROXY if it can be reached directly.',
    };
  }
  return {
    message: say`${label} demands a user name and password (407).`,
    hint: gaveCredentials
      ? 'Check the user name and password in the URL of the proxy; only the Basic scheme is supported.'
      : 'Give them in the URL of the proxy, in HTTPS_PROXY or OAUTH_CODE_PROXY: http://user:password@host:port.',
  };
}

const trustIt = 'If you trust it, give its CA certificate with --ca-file FILE (or NODE_EXTRA_CA_CERTS).';

type TlsText = (label: Said, peer: Peer, failure: Failed<'tls'>) => readonly [message: Said, hint?: string];

const tlsTexts: Readonly<Record<TlsProblem, TlsText>> = {
  'self-signed': (label, _, { code }) => [
    say`${label} shows a self-signed certificate (${own(code)}).`,
    trustIt,
  ],
  'unknown-issuer': (label, _, { code }) => [
    say`The certificate of ${label} comes from a CA that is not trusted (${own(code)}).`,
    `${trustIt} It can also be that the server does not send its intermediate certificates.`,
  ],
  expired: (label, _, { code }) => outOfDate(label, 'has expired', code),
  'not-yet-valid': (label, _, { code }) => outOfDate(label, 'is not valid yet', code),
  'other-names': (label, _, { code, names }) => [
    say`The certificate of ${label} is for other names${names === undefined ? '' : say`: ${names}`} (${own(code)}).`,
    'Use a host name that the certificate lists, or have one issued for this name.',
  ],
  unverifiable: (label, _, { code }) => [say`The certificate of ${label} cannot be verified (${own(code)}).`],
  'client-certificate-demanded': (label, _, { code }) => [
    say`${label} demands a TLS client certificate (${own(code)}).`,
    'Give it with --cert FILE and --key FILE.',
  ],
  'client-certificate-refused': (label, _, { code }) => [
    say`${label} refused the TLS client certificate (${own(code)}).`,
    'Check that it is the registered one, has not expired, and comes from a CA the server trusts.',
  ],
  'no-common-version': (label, _, { code }) => [
    say`${label} and this client share no TLS version (${own(code)}).`,
    'TLS 1.2 or 1.3 is needed; older versions are not supported.',
  ],
  'unknown-host': (label, _, { code }) => [
    say`${label} does not know this host name (${own(code)}).`,
    'Check the host of the URL.',
  ],
  refused: (label, { clientCertificate }, { code }) => [
    say`${label} refused the TLS handshake (${own(code)}).`,
    clientCertificate === true
      ? 'It may not accept the client certificate, or offers only outdated ciphers.'
      : 'It may demand a client certificate (--cert and --key), or offer only outdated ciphers.',
  ],
  'not-tls': (label, _, { code }) => [
    say`What ${label} answers is not TLS (${own(code)}).`,
    'Probably plain http is spoken there: write http:// instead of https://, or use the port for https.',
  ],
  failed: (label, _, { code }) => [say`TLS with ${label} failed (${own(code)}).`],
  closed: (label, { clientCertificate }) => [
    say`${label} closed the connection during the TLS handshake.`,
    clientCertificate === true
      ? 'It may have refused the client certificate (see its log), or not speak TLS on this port.'
      : 'It may demand a client certificate (--cert and --key), not speak TLS on this port, or be blocked.',
  ],
};

function outOfDate(label: Said, state: string, code: string): readonly [Said, string] {
  return [
    say`The certificate of ${label}, or one it depends on, ${own(state)} (${own(code)}).`,
    'Renew it, or set the clock of this machine right.',
  ];
}

/** A host name keeps its letter case; only our own words begin a sentence. */
function capitalised(sentence: Said): Said {
  const { text } = sentence;
  return /^(the|no) /.test(text) ? sentence.spelt(text.charAt(0).toUpperCase() + text.slice(1)) : sentence;
}
