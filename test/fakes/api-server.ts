import { json, type Reply } from '../../src/idp/misbehaviours/reply.ts';
import { LoopbackServers } from './loopback-servers.ts';

/** A request to the API as it came. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An API, or any other endpoint, on loopback. */
export interface ApiServer {
  readonly origin: string;
  readonly requests: readonly ApiRequest[];
  close(): Promise<void>;
}

/** Starts a server that answers each request as it is told; without that it echoes method and path as JSON. */
export async function startApiServer(
  answer: (request: ApiRequest, origin: string) => Reply | undefined = () => undefined,
): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  const servers = new LoopbackServers();
  const { port } = await servers.http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    const headers = request.headers as ApiRequest['headers'];
    const seen = { method, path: url, headers, body: Buffer.concat(chunks) };
    requests.push(seen);
    const reply = answer(seen, origin) ?? json(200, { method, path: url });
    if (reply === 'silence') return;
    if (reply === 'hang-up') return void response.destroy();
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
  });
  const origin = `http://127.0.0.1:${port}`;
  return { origin, requests, close: () => servers.closeAll() };
}
