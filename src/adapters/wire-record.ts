import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { CertificateSummary, HeaderList, TlsFacts, WireFacts, WireTimes } from '../http-message.ts';

/** Listens to the sockets of one exchange without taking part in it. */
export interface WireRecord {
  /** A socket was opened for it: straight, to the proxy, or the TLS layer over a tunnel. */
  opened(socket: Socket): void;
  /** The request is being written to this socket. */
  sending(): void;
  /** The status line has come. */
  answered(): void;
  facts(socket: Socket | undefined): WireFacts;
}

/** Starts the record of an exchange on a connection that is new or was used before. */
export function startWireRecord(isReused: () => boolean): WireRecord {
  const startedMs = performance.now();
  const times: { -readonly [K in keyof WireTimes]: WireTimes[K] } = {};
  const sinceStart = () => performance.now() - startedMs;

  return {
    opened(socket) {
      let lastMs = performance.now();
      const lap = () => {
        const now = performance.now();
        const durationMs = now - lastMs;
        lastMs = now;
        return durationMs;
      };
      // Looked up once for each address that is then tried.
      socket.on('lookup', () => {
        times.dnsMs ??= lap();
      });
      socket.once('connect', () => {
        times.connectMs ??= lap();
      });
      socket.once('secureConnect', () => {
        times.tlsMs = (times.tlsMs ?? 0) + lap();
      });
    },
    sending() {
      times.sentAfterMs ??= sinceStart();
    },
    answered() {
      times.firstByteAfterMs ??= sinceStart();
    },
    facts(socket) {
      return {
        reused: isReused(),
        times,
        remoteAddress: socket && remoteAddressOf(socket),
        sentHeaders: socket && sentOn.get(socket)?.headers(),
        tls: socket instanceof TLSSocket ? tlsFacts(socket) : undefined,
      };
    },
  };
}

interface SentHead {
  /** Forgets the head of the exchange before. */
  restart(): void;
  headers(): HeaderList | undefined;
}

const sentOn = new WeakMap<Socket, SentHead>();
/** A head that has not ended by then is none of ours. */
const longestHead = 256 * 1024;

/** Keeps the head of each request as it is written: the library tells nothing of the fields that it adds. */
export function keepSentHead(socket: Socket): void {
  let head = '';
  let complete = false;
  sentOn.set(socket, {
    restart() {
      head = '';
      complete = false;
    },
    headers: () => (complete ? readHead(head) : undefined),
  });
  const write = socket.write;
  const tapped = (...parameters: Parameters<typeof write>) => {
    const [chunk] = parameters;
    if (!complete && head.length < longestHead) {
      head += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
      complete = head.includes('\r\n\r\n');
    }
    return write.apply(socket, parameters);
  };
  socket.write = tapped as typeof write;
}

/** Begins the head of a further exchange on a socket. */
export function forgetSentHead(socket: Socket): void {
  sentOn.get(socket)?.restart();
}

function readHead(head: string): HeaderList {
  const [, ...fields] = head.slice(0, head.indexOf('\r\n\r\n')).split('\r\n');
  return fields.map((field) => {
    const at = field.indexOf(':');
    return [field.slice(0, at), field.slice(at + 1).trim()] as const;
  });
}

function remoteAddressOf({ remoteAddress, remotePort, remoteFamily }: Socket): string | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}

function tlsFacts(socket: TLSSocket): TlsFacts | undefined {
  const protocol = socket.getProtocol();
  if (protocol === null) return undefined;
  const { standardName, name } = socket.getCipher();
  const certificate = socket.getPeerX509Certificate();
  return { protocol, cipher: standardName ?? name, certificate: certificate && summarize(certificate) };
}

function summarize(
  certificate: NonNullable<ReturnType<TLSSocket['getPeerX509Certificate']>>,
): CertificateSummary {
  const { subject, issuer, subjectAltName, validFrom, validTo, fingerprint256 } = certificate;
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    names: subjectAltName ?? '',
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    fingerprint: fingerprint256,
  };
}

/** Node writes one attribute a line. */
function oneLine(name: string | undefined): string {
  return (name ?? '').trim().split('\n').join(', ');
}
