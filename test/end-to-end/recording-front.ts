import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it passed by. */
export interface PassedRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** A server before another one: it keeps what it is asked and passes it on unchanged. */
export interface RecordingFront {
  /** Without a trailing slash. */
  readonly origin: string;
  readonly passed: readonly PassedRequest[];
  close(): Promise<void>;
}

/** Stands before the server at an origin, on a port of its own; a request is passed on once `hold` resolves. */
export async function startRecordingFront(
  origin: string,
  hold: () => Promise<void> = async () => {},
): Promise<RecordingFront> {
  const passed: PassedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const { method = '', url: path = '', headers } = incoming;
    passed.push({
      method,
      path,
      authorization: headers.authorization,
      form: new URLSearchParams(body.toString('utf8')),
    });
    await hold();
    const outgoing = request(`${origin}${path}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.once('error', () => response.destroy());
    outgoing.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
