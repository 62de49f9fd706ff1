import type { ServerResponse } from 'node:http';

/** How long a browser that does not read may delay the end of a response. */
const flushLimitMs = 2_000;

const headers = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  Connection: 'close',
};

/**
 * Sends a page and ends its connection; resolves when the system has taken every octet, or at once when the
 * browser is gone. The policy the page declares goes into the header too, where it binds before the first tag is
 * read, together with what only a header can say (CSP3 §3.3).
 */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: string,
  further: Readonly<Record<string, string>> = {},
): Promise<void> {
  return send(response, status, Buffer.from(page), {
    ...further,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `${declaredPolicy(page)}; frame-ancestors 'none'`,
  });
}

/** Sends a response without a body and ends its connection. */
export function sendEmpty(
  response: ServerResponse,
  status: number,
  further: Readonly<Record<string, string>> = {},
): Promise<void> {
  return send(response, status, Buffer.alloc(0), further);
}

/** The policy in a page's `<meta http-equiv>`; one that allows nothing for a page without. */
function declaredPolicy(page: string): string {
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([\x20-\x7e]*?)">/.exec(page) ?? [];
  return policy ?? "default-src 'none'; base-uri 'none'; form-action 'none'";
}

function send(
  response: ServerResponse,
  status: number,
  body: Buffer,
  further: Readonly<Record<string, string>>,
): Promise<void> {
  return new Promise((resolve) => {
    const { socket } = response;
    if (socket === null || socket.destroyed || response.headersSent) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(limit);
      resolve();
    };
    const limit = setTimeout(done, flushLimitMs);
    socket.once('close', done);
    // RFC 9110 §8.6: a 204 has no Content-Length.
    const length = status === 204 ? {} : { 'Content-Length': String(body.length) };
    response.writeHead(status, { ...headers, ...further, ...length });
    response.end(body);
  });
}
