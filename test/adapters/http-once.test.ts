import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import type { HttpExchange } from '../../src/http-message.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate, type TestCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
let certificate: TestCertificate;
beforeAll(() => {
  certificate = issueCertificate({ name: 'localhost', altNames: ['127.0.0.1'] });
});
afterAll(() => servers.closeAll());

const request = (url: string) => ({
  method: 'POST',
  url,
  headers: [
    ['accept', 'application/json'],
    ['content-type', 'application/x-www-form-urlencoded'],
  ] as const,
  body: 'grant_type=refresh_token&refresh_token=r%C3%A9',
});

/** Sends with the quick transport and with the usual one, each to a server of its own kind. */
async function bothWays(url: string, timeoutSeconds = 30): Promise<readonly [unknown, unknown]> {
  const send = async (frugal: boolean) => {
    const client = await connectHttpClient({ timeoutSeconds, frugal }, {});
    try {
      return factsOf(await client.send(request(url)));
    } catch (error) {
      const { name, message, code, hint } = error as Error & { readonly code: string; readonly hint: string };
      return { name, message, code, hint };
    } finally {
      await client.close();
    }
  };
  return [await send(true), await send(false)];
}

const factsOf = ({ request: sent, response }: HttpExchange) => ({
  sent,
  status: response.status,
  headers: response.headers.filter(([name]) => !/^(date|connection|keep-alive)$/i.test(name)),
  body: response.body,
});

describe('one request over a connection of its own', () => {
  it('carries the same request, and brings the same answer, as the usual way', async () => {
    const seen: unknown[] = [];
    const { port } = await servers.http((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        const { connection: _connection, ...fields } = headers;
        seen.push({ method, url, fields, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(200, [
          'X-Odd-CASE',
          'a',
          'x-twice',
          '1',
          'X-Twice',
          '2',
          'content-type',
          'application/json',
        ]);
        response.end('{"ä":1}');
      });
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/token?a=b%20c`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ status: 200, body: '{"ä":1}' });
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/token?a=b%20c', body: request('').body });
  });

  it.each([
    { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    { status: 400, headers: { 'content-type': 'application/json' } },
    { status: 500, headers: {} },
  ])('follows no redirect and takes no status for a failure: $status', async ({ status, headers }) => {
    const { port } = await servers.http((incoming, response) => {
      incoming.resume().on('end', () => response.writeHead(status, headers).end('{}'));
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ status });
  });

  it('undoes a compression that nobody asked for', async () => {
    const { port } = await servers.http((incoming, response) => {
      incoming
        .resume()
        .on('end', () => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain')));
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ body: 'plain' });
  });
});

describe('a failure is told in the words of the usual way', () => {
  const answers: readonly (readonly [what: string, octets: string])[] = [
    ['an answer that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an answer cut off in its headers', 'HTTP/1.1 200 OK\r\nContent-Ty'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`],
    ['a TLS alert', '\u0015\u0003\u0001\u0000\u0002\u0002F'],
  ];
  it.each(answers)('%s', async (_what, octets) => {
    const { port } = await servers.raw((socket) => {
      socket.once('data', () => socket.end(Buffer.from(octets, 'latin1')));
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ message: expect.any(String) });
  });

  it('a body cut off in the middle', async () => {
    const { port } = await servers.raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({
      code: 'network',
      message: expect.stringContaining('in the middle of its answer'),
    });
  });

  it('a connection closed without an answer', async () => {
    const { port } = await servers.raw((socket) => {
      socket.once('data', () => socket.destroy());
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ code: 'network' });
  });

  it('nothing listening', async () => {
    const { port, close } = await servers.raw(() => {});
    await close();
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });

  it('silence, and an answer that stops', async () => {
    const silent = await servers.raw(() => {});
    const stopping = await servers.answering('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    for (const { port } of [silent, stopping]) {
      const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`, 0.3);
      expect(quick).toEqual(usual);
      expect(quick).toMatchObject({ code: 'timeout' });
    }
  });

  it('a certificate nobody vouches for', async () => {
    const { port } = await servers.https(certificate, (_incoming, response) => response.end());
    const [quick, usual] = await bothWays(`https://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ code: 'tls' });
  });

  it('an answer that is too large', async () => {
    const { port } = await servers.http((incoming, response) => {
      incoming.resume();
      response.on('error', () => {});
      response.end(Buffer.alloc(11 * 1024 * 1024));
    });
    const [quick, usual] = await bothWays(`http://127.0.0.1:${port}/`);
    expect(quick).toEqual(usual);
    expect(quick).toMatchObject({ message: expect.stringContaining('larger than 10 MiB') });
  });
});

describe('the quick way is left', () => {
  it.each([
    ['with a proxy in the environment', { env: { HTTP_PROXY: 'http://127.0.0.1:PORT' } }],
    ['with a proxy given', { settings: { proxy: 'http://127.0.0.1:PORT' } }],
  ] as const)(
    '%s',
    async (_case, {
      env = {},
      settings = {},
    }: { env?: Record<string, string>; settings?: { proxy?: string } }) => {
      const seen: (string | undefined)[] = [];
      const { port } = await servers.http((incoming, response) => {
        seen.push(incoming.url);
        response.end('from the proxy');
      });
      const withPort = (values: Record<string, string>) =>
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, value.replace('PORT', String(port))]),
        );
      const client = await connectHttpClient(
        { timeoutSeconds: 30, frugal: true, ...withPort(settings as Record<string, string>) },
        withPort(env),
      );
      const { response } = await client.send(request('http://server.example/token'));
      await client.close();
      expect(response.body).toBe('from the proxy');
      expect(seen).toEqual(['http://server.example/token']);
    },
  );

  it.each([true, false])(
    'connects a name below localhost to this machine, whatever a resolver says (frugal: %s)',
    async (frugal) => {
      const { port } = await servers.http(({ headers }, response) => response.end(headers.host));
      const client = await connectHttpClient({ timeoutSeconds: 30, frugal }, {});
      for (const host of ['app.localhost', 'A.B.localhost.']) {
        const { response } = await client.send(request(`http://${host}:${port}/`));
        expect(response.body).toBe(`${host.toLowerCase()}:${port}`);
      }
      await client.close();
    },
  );

  it('stops at once when it is cancelled', async () => {
    const { port } = await servers.raw(() => {});
    const client = await connectHttpClient({ timeoutSeconds: 30, frugal: true }, {});
    const reason = new Error('cancelled');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(
      client.send(request(`http://127.0.0.1:${port}/`), { signal: controller.signal }),
    ).rejects.toBe(reason);
    await client.close();
  });
});
