import { InvalidResponseError, type NamedError, NetworkError } from '../errors.ts';
import { errorCode } from './error-code.ts';
import type { ExchangeFailure } from './http-connection.ts';
import { explainTlsFailure } from './tls-error.ts';

/** The other end of the connection that failed. */
export interface Peer {
  /** `host:port`. */
  readonly label: string;
  /** TLS is spoken with it. */
  readonly secure: boolean;
  readonly isProxy?: boolean;
  /** A client certificate was at hand for it. */
  readonly clientCertificate?: boolean;
}

interface Explanation {
  readonly message: string;
  readonly hint?: string;
}

const checkNetwork = 'Check the network and VPN; behind a proxy give --proxy or set HTTPS_PROXY.';

const systemErrors: Readonly<Record<string, (peer: Peer) => Explanation>> = {
  ECONNREFUSED: ({ label }) => ({
    message: `Nothing accepts connections at ${label} (ECONNREFUSED).`,
    hint: 'Check host and port of the URL, and that the server is running.',
  }),
  ENOTFOUND: ({ label }) => ({
    message: `The host name of ${label} is not known (ENOTFOUND).`,
    hint: `Check the spelling of the host. ${checkNetwork}`,
  }),
  EAI_AGAIN: ({ label }) => ({
    message: `The host name of ${label} could not be looked up: DNS did not answer (EAI_AGAIN).`,
    hint: checkNetwork,
  }),
  EHOSTUNREACH: ({ label }) => ({
    message: `There is no route to ${label} (EHOSTUNREACH).`,
    hint: checkNetwork,
  }),
  ENETUNREACH: ({ label }) => ({
    message: `There is no route to ${label} (ENETUNREACH).`,
    hint: checkNetwork,
  }),
  ETIMEDOUT: ({ label }) => ({ message: `${label} does not answer (ETIMEDOUT).`, hint: checkNetwork }),
  ENOBUFS: ({ label }) => ({ message: `The system refused a connection to ${label} (ENOBUFS).` }),
  EACCES: ({ label }) => ({
    message: `The system does not allow connections to ${label} (EACCES).`,
    hint: 'Look at the firewall or sandbox this runs in.',
  }),
  EPERM: ({ label }) => ({
    message: `The system does not allow connections to ${label} (EPERM).`,
    hint: 'Look at the firewall or sandbox this runs in.',
  }),
};

const closings = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** What the person named is then the proxy, not the URL. */
const checkProxy =
  'Check host and port of the proxy (--proxy, else HTTPS_PROXY and HTTP_PROXY), and that it is running.';

/** Codes for which the address is to be looked at, or the way to it. */
const unreached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** Tells whether an error says that the other end closed or reset the connection. */
export function isClosing(cause: unknown): boolean {
  return closings.has(errorCode(cause)) && !/^bad (response|upgrade)$/.test(messageOf(cause));
}

/**
 * Says in the user's terms why an exchange failed; nothing of the request but host and port is named.
 * An error that was explained already is returned as it is.
 */
export function explainFailure(failure: Pick<ExchangeFailure, 'progress' | 'cause'>, peer: Peer): NamedError {
  const { cause, progress } = failure;
  if (isNamed(cause)) return cause;
  const shown = peer.isProxy === true ? { ...peer, label: `the proxy ${peer.label}` } : peer;
  const explained =
    explainAnswer(failure, shown) ??
    explainTlsFailure(cause, shown, progress.phase) ??
    explainClosing(failure, shown);
  if (explained !== undefined) return explained;
  const code = errorCode(cause);
  const { message, hint } = systemErrors[code]?.(shown) ?? {
    message: `The connection to ${shown.label} failed${code === '' ? '' : ` (${code})`}.`,
  };
  const isProxyLost = peer.isProxy === true && unreached.has(code);
  return new NetworkError('network', capitalised(message), { hint: isProxyLost ? checkProxy : hint, cause });
}

/** The error for an exchange that took longer than it may, naming the phase it was in. */
export function explainTimeout(failure: ExchangeFailure, peer: Peer, timeoutSeconds: number): NetworkError {
  const { phase, bodyOctets } = failure.progress;
  const within = `within ${timeoutSeconds} s`;
  const label = peer.isProxy === true ? `the proxy ${peer.label}` : peer.label;
  const message = {
    connecting: `no connection to ${label} came about ${within} (connecting).`,
    handshaking: peer.secure
      ? `${label} accepted the connection, but TLS was not agreed ${within} (connecting).`
      : `no connection to ${label} came about ${within} (connecting).`,
    waiting: `${label} did not answer ${within} (waiting for headers).`,
    reading: `the answer of ${label} did not end ${within}; ${bodyOctets} octets of it came (reading the body).`,
  }[phase];
  return new NetworkError('timeout', capitalised(message), {
    hint: `Allow more time with --timeout SECONDS.${phase === 'connecting' ? ` ${checkNetwork}` : ''}`,
  });
}

/** Something came, and it is no HTTP answer. */
function explainAnswer(
  failure: Pick<ExchangeFailure, 'progress' | 'cause'>,
  peer: Peer,
): NamedError | undefined {
  const { cause, progress } = failure;
  const code = errorCode(cause);
  const [type, major] = progress.firstOctets;
  if (!peer.secure && progress.phase === 'waiting' && (type === 0x15 || type === 0x16) && major === 3) {
    return new NetworkError('tls', capitalised(`${peer.label} speaks TLS, but was asked over plain http.`), {
      hint: 'Write https:// instead of http:// in the URL.',
    });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new InvalidResponseError(
      capitalised(`the headers that ${peer.label} sent are larger than 128 KiB.`),
    );
  }
  if (/^bad (response|upgrade)$/.test(messageOf(cause))) {
    return new InvalidResponseError(
      capitalised(`${peer.label} sent an interim or protocol-switching answer that was not asked for.`),
    );
  }
  // Its code is missing although its documentation promises one.
  if (!(cause instanceof Error) || cause.name !== 'HTTPParserError') return undefined;
  const reason = /\(([^()]*)\)/.exec(cause.message)?.[1] ?? 'it cannot be read';
  if (progress.phase === 'reading') {
    return new InvalidResponseError(
      capitalised(`the body that ${peer.label} sent breaks HTTP/1.1: ${reason}.`),
    );
  }
  return new InvalidResponseError(
    `The answer of ${peer.label} is not HTTP/1.1: ${reason}. It begins: "${excerpt(progress.firstOctets)}"`,
    { hint: 'Check the port: another kind of service may be listening there.' },
  );
}

function explainClosing(
  failure: Pick<ExchangeFailure, 'progress' | 'cause'>,
  peer: Peer,
): NamedError | undefined {
  const { cause, progress } = failure;
  if (!isClosing(cause)) return undefined;
  const { label } = peer;
  if (progress.phase === 'reading') {
    const message = `${label} closed the connection in the middle of its answer, after ${progress.bodyOctets} octets of the body.`;
    return new NetworkError('network', capitalised(message), { cause });
  }
  if (progress.phase !== 'waiting') {
    const message = `${label} closed the connection while it was being made.`;
    return new NetworkError('network', capitalised(message), { hint: checkNetwork, cause });
  }
  if (progress.firstOctets.length > 0) {
    const message = `${label} closed the connection in the middle of its answer's headers.`;
    return new NetworkError('network', capitalised(message), { cause });
  }
  return new NetworkError('network', capitalised(`${label} closed the connection without an answer.`), {
    hint: emptyAnswerHint(peer),
    cause,
  });
}

function emptyAnswerHint(peer: Peer): string {
  if (!peer.secure) return 'If the server expects TLS, write https:// in the URL.';
  if (peer.clientCertificate === true)
    return 'The server may have refused the client certificate; see its log.';
  return 'If the server demands a client certificate, give it with --cert and --key.';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : '';
}

function isNamed(cause: unknown): cause is NamedError {
  return cause instanceof NetworkError || cause instanceof InvalidResponseError;
}

/** The first line only: headers, and with them cookies, come after it. */
function excerpt(octets: Buffer): string {
  const line = octets.toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
  return line.slice(0, 60).replace(/[^\x20-\x7e]/g, '.');
}

/** A host name keeps its letter case; only our own words begin a sentence. */
function capitalised(sentence: string): string {
  return /^(the|no) /.test(sentence) ? sentence.charAt(0).toUpperCase() + sentence.slice(1) : sentence;
}
