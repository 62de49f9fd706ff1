import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { NetworkError } from '../errors.ts';

/** A page larger than this is no login page. */
const pageLimitBytes = 1_048_576;

/** One answer as the person's browser would see it. */
export interface PersonResponse {
  readonly status: number;
  /** As written; undefined when there is none. */
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly body: string;
}

/**
 * Sends one request on a connection of its own and reads the answer. Certificates are not checked: it is for loopback,
 * where they are thrown away after use.
 *
 * @throws NetworkError when no whole answer comes; the signal's reason when it aborts
 */
export async function exchangeAsPerson(
  url: URL,
  options: {
    readonly form?: URLSearchParams;
    readonly cookie?: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<PersonResponse> {
  const { form, cookie, signal } = options;
  const body = form?.toString();
  const headers = {
    accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    'user-agent': 'oauth-code headless person',
    connection: 'close',
    ...(cookie === undefined ? {} : { cookie }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
  };
  try {
    return await new Promise<PersonResponse>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const method = body === undefined ? 'GET' : 'POST';
      const outgoing = send(
        url,
        { method, headers, agent: false, signal, rejectUnauthorized: false },
        (incoming) => {
          readResponse(incoming).then(resolve, reject);
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new NetworkError(
      'network',
      `Playing the person failed: no answer from ${url.origin}${url.pathname}.`,
      { cause },
    );
  }
}

async function readResponse(incoming: IncomingMessage): Promise<PersonResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > pageLimitBytes) throw new Error('the page is too large');
    chunks.push(bytes);
  }
  return {
    status: incoming.statusCode ?? 0,
    location: incoming.headers.location,
    setCookies: incoming.headers['set-cookie'] ?? [],
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
