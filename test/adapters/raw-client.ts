import { connect, type Socket } from 'node:net';

/** What came back on a connection, cut at the empty line. */
export interface RawResponse {
  /** Undefined when what came is not HTTP. */
  readonly status: number | undefined;
  readonly head: string;
  readonly body: string;
  header(name: string): string | undefined;
}

/** Opens a connection and sends nothing; rejects when nobody listens. */
export function openSocket(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, allowHalfOpen: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Everything the other side sends until it ends the connection. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.once('end', () => socket.end());
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

/** Sends octets as they are and reads the answer to its end. */
export async function sendRaw(port: number, text: string, host = '127.0.0.1'): Promise<RawResponse> {
  const socket = await openSocket(port, host);
  const answer = readToEnd(socket);
  socket.write(text);
  return parseRaw(await answer);
}

/** Takes a raw response apart. */
export function parseRaw(text: string): RawResponse {
  const at = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/;
  const head = at === -1 ? text : text.slice(0, at);
  return {
    status: status.test(head) ? Number(status.exec(head)?.[1]) : undefined,
    head,
    body: at === -1 ? '' : text.slice(at + 4),
    header: (name) => new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(head)?.[1],
  };
}

/** A GET as a browser would send it, with further header lines. */
export function get(target: string, host: string, ...lines: readonly string[]): string {
  return [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...lines, '', ''].join('\r\n');
}

/** A POST with a body. */
export function post(
  target: string,
  host: string,
  mediaType: string,
  body: string,
  ...lines: readonly string[]
): string {
  const length = Buffer.byteLength(body);
  return [
    `POST ${target} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Type: ${mediaType}`,
    `Content-Length: ${length}`,
    ...lines,
    '',
    body,
  ].join('\r\n');
}
