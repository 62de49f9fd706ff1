import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import type { ConnectionSettings, HttpClient } from '../../src/context.ts';
import { CancelledError, ConfigError, InvalidResponseError, NetworkError } from '../../src/errors.ts';
import type { HttpRequest } from '../../src/http-message.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
const clients: HttpClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await servers.closeAll();
});

async function connect(
  settings: Partial<ConnectionSettings> = {},
  env: Record<string, string> = {},
): Promise<HttpClient> {
  const client = await connectHttpClient({ timeoutSeconds: 30, ...settings }, env);
  clients.push(client);
  return client;
}

const get = (url: string): HttpRequest => ({ method: 'GET', url, headers: [] });

const post = (url: string, body = 'grant_type=authorization_code&code=s3cret-code'): HttpRequest => ({
  method: 'POST',
  url,
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body,
});

async function refusal(
  promise: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly hint?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('what is sent and received', () => {
  it('keeps status, header names in case, order and multiplicity, and the body', async () => {
    const { port } = await servers.answering(
      'HTTP/1.1 401 Nope\r\nX-One: 1\r\nset-cookie: a=1\r\nContent-LENGTH: 4\r\nSet-Cookie: b=2\r\nX-Latin: \xe9\r\n\r\n{"a"',
    );
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response.status).toBe(401);
    expect(response.headers.map(([name]) => name)).toEqual([
      'X-One',
      'set-cookie',
      'Content-LENGTH',
      'Set-Cookie',
      'X-Latin',
    ]);
    expect(response.headers.filter(([name]) => /cookie/i.test(name)).map(([, value]) => value)).toEqual([
      'a=1',
      'b=2',
    ]);
    expect(response.body).toBe('{"a"');
  });

  it('sends method, path with query, headers as given, body, and its own name and coding', async () => {
    let seen:
      | { method?: string | undefined; url?: string | undefined; raw: string[]; body: string }
      | undefined;
    const { port } = await servers.http(async (request, response) => {
      seen = {
        method: request.method,
        url: request.url,
        raw: request.rawHeaders,
        body: await bodyOf(request),
      };
      response.end();
    });
    const exchange = await (await connect()).send({
      method: 'POST',
      url: `http://127.0.0.1:${port}/token?a=1&a=2#fragment`,
      headers: [
        ['X-Twice', 'one'],
        ['Authorization', 'Basic abc'],
        ['X-Twice', 'two'],
      ],
      body: 'é=1',
    });
    expect(seen).toEqual({
      method: 'POST',
      url: '/token?a=1&a=2',
      body: 'é=1',
      raw: [
        ...['host', `127.0.0.1:${port}`, 'connection', 'keep-alive'],
        ...['X-Twice', 'one', 'Authorization', 'Basic abc', 'X-Twice', 'two'],
        ...['user-agent', `oauth-code/${version}`, 'accept-encoding', 'identity', 'content-length', '4'],
      ],
    });
    expect(exchange.request.headers).toContainEqual(['user-agent', `oauth-code/${version}`]);
    expect(exchange.durationMs).toBeGreaterThan(0);
    expect(exchange.startedAt).toBeInstanceOf(Date);
  });

  it('leaves a user agent and accept-encoding of the request as they are', async () => {
    const { port } = await servers.http((request, response) => {
      response.end(`${request.headers['user-agent']} ${request.headers['accept-encoding']}`);
    });
    const { response } = await (await connect()).send({
      ...get(`http://127.0.0.1:${port}/`),
      headers: [
        ['User-Agent', 'mine'],
        ['Accept-Encoding', 'gzip'],
      ],
    });
    expect(response.body).toBe('mine gzip');
  });

  it('never follows a redirect', async () => {
    const { port, connections } = await servers.http((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response.status).toBe(302);
    expect(connections()).toBe(1);
  });

  it.each([
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), '\ufeff{}'],
    ['octets that are not UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
    ['an empty body', Buffer.alloc(0), ''],
  ])('reads %s', async (_case, octets, expected) => {
    const { port } = await servers.http((_request, response) => response.end(octets));
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response.body).toBe(expected);
  });

  it('reads an answer that ends with its connection, after interim answers', async () => {
    const { port } = await servers.raw((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.0 200 OK\r\n\r\n{}'),
      ),
    );
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response).toEqual({ status: 200, headers: [], body: '{}' });
  });
});

describe('content codings', () => {
  const text = '{"access_token":"é"}';
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['identity', Buffer.from(text)],
  ])('undoes %s', async (coding, octets) => {
    const { port } = await servers.http((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(octets);
    });
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response.body).toBe(text);
    expect(response.headers).toContainEqual(['content-encoding', coding]);
  });

  it.each([
    ['an unknown coding', 'zstd', Buffer.from('x'), /content coding "zstd"/],
    ['data that is not so coded', 'gzip', Buffer.from('{"plain":true}'), /compressed as gzip, but it is not/],
    ['data cut short', 'gzip', gzipSync(text).subarray(0, 20), /compressed as gzip, but it is not/],
    ['one octet of deflate', 'deflate', Buffer.of(0x78), /compressed as deflate, but it is not/],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(11 * 1024 * 1024)), /larger than 10 MiB after decompression/],
    [
      'a bomb in a bomb',
      'gzip, gzip',
      gzipSync(gzipSync(Buffer.alloc(50_000_000))),
      /larger than 10 MiB after/,
    ],
    ['a tower of codings', 'gzip, gzip, gzip, gzip', gzipSync(text), /compressed 4 times over/],
  ])('refuses %s', async (_case, coding, octets, message) => {
    const { port } = await servers.http((_request, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(octets);
    });
    const error = await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(message);
  });

  it('does not mind a coding without a body', async () => {
    const { port } = await servers.http((_request, response) => {
      response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    });
    const { response } = await (await connect()).send(get(`http://127.0.0.1:${port}/`));
    expect(response).toMatchObject({ status: 204, body: '' });
  });
});

describe('limits', () => {
  it('accepts 10 MiB and refuses one octet more, without reading on', async () => {
    const limit = 10 * 1024 * 1024;
    const { port } = await servers.http((request, response) => {
      response.end(Buffer.alloc(request.url === '/fits' ? limit : limit + 1, 'a'));
    });
    const client = await connect();
    const { response } = await client.send(get(`http://127.0.0.1:${port}/fits`));
    expect(response.body).toHaveLength(limit);
    const error = await refusal(client.send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toBe(
      `The answer of 127.0.0.1:${port} is larger than 10 MiB; it was not read further.`,
    );
  });

  it('refuses headers without end', async () => {
    const { port } = await servers.raw((socket) =>
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(200)}`),
      ),
    );
    const error = await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(/headers that 127.0.0.1:\d+ sent are larger than 128 KiB/);
  });
});

describe('connections', () => {
  const certificate = issueCertificate({ name: 'loopback', altNames: ['127.0.0.1', 'localhost'] });

  it.each(['http', 'https'])('uses one connection for requests one after another over %s', async (scheme) => {
    const listener = (_request: unknown, response: { end(body: string): void }) => response.end('{}');
    const { port, connections } =
      scheme === 'http' ? await servers.http(listener) : await servers.https(certificate, listener);
    const client = await connect({ ca: certificate.cert });
    const base = `${scheme}://127.0.0.1:${port}`;
    await client.send(get(`${base}/.well-known/openid-configuration`));
    await client.send(get(`${base}/jwks`));
    await client.send(post(`${base}/token`));
    await client.send(get(`${base}/userinfo`));
    expect(connections()).toBe(1);
  });

  it('opens a second connection for a request in parallel, and later uses those it has', async () => {
    const { port, connections } = await servers.http((_request, response) => {
      setTimeout(() => response.end('{}'), 20);
    });
    const client = await connect();
    const send = () => client.send(get(`http://127.0.0.1:${port}/`));
    await Promise.all([send(), send()]);
    await Promise.all([send(), send()]);
    await send();
    expect(connections()).toBe(2);
  });

  it('opens none before the first request', async () => {
    const { port, connections } = await servers.http((_request, response) => response.end());
    await connect({ proxy: `http://127.0.0.1:${port}` });
    expect(connections()).toBe(0);
  });

  it('sends again on a new connection when the server had closed the idle one', async () => {
    const { port, connections } = await servers.http((_request, response) => {
      response.writeHead(200, { connection: 'close' }).end('{}');
    });
    const client = await connect();
    await client.send(get(`http://127.0.0.1:${port}/`));
    const { response } = await client.send(post(`http://127.0.0.1:${port}/`));
    expect(response.status).toBe(200);
    expect(connections()).toBe(2);
  });

  // Answers the first request of each connection and resets the connection upon the second.
  const resettingServer = async () => {
    const requests: string[] = [];
    const server = await servers.raw((socket) => {
      let answered = 0;
      socket.on('data', (chunk) => {
        requests.push(String(chunk).split(' ', 1)[0] ?? '');
        answered += 1;
        if (answered === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        else socket.resetAndDestroy();
      });
    });
    return { ...server, requests };
  };

  it('repeats a GET once when the kept-alive connection was reset before any answer', async () => {
    const { port, requests } = await resettingServer();
    const client = await connect();
    await client.send(get(`http://127.0.0.1:${port}/`));
    expect((await client.send(get(`http://127.0.0.1:${port}/`))).response.status).toBe(200);
    expect(requests).toEqual(['GET', 'GET', 'GET']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'GET with a body'])('never repeats a %s', async (kind) => {
    const { port, requests } = await resettingServer();
    const client = await connect();
    await client.send(get(`http://127.0.0.1:${port}/`));
    const [method = ''] = kind.split(' ');
    const body = kind.startsWith('P') || kind.includes('body') ? { body: 'code=s3cret-code' } : {};
    const error = await refusal(
      client.send({ method, url: `http://127.0.0.1:${port}/`, headers: [], ...body }),
    );
    expect(error).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/closed the connection without/),
    });
    expect(requests).toEqual(['GET', method]);
  });

  it('does not repeat a GET that failed on a new connection', async () => {
    const { port, connections } = await servers.raw((socket) => socket.once('data', () => socket.destroy()));
    const error = await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toBeInstanceOf(NetworkError);
    expect(connections()).toBe(1);
  });

  it('lets the process end at once although the server keeps the connection', async () => {
    const { port, server } = await servers.http((_request, response) => response.end('{}'));
    server.keepAliveTimeout = 0;
    const client = await connect();
    await client.send(get(`http://127.0.0.1:${port}/`));
    await client.close();
    const error = await refusal(client.send(get(`http://127.0.0.1:${port}/`)));
    expect(error.message).toMatch(/after the HTTP client was closed/);
  });

  it('gives up what is under way when it is closed', async () => {
    const { port } = await servers.raw(() => {});
    const client = await connect();
    const sent = refusal(client.send(get(`http://127.0.0.1:${port}/`)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.close();
    expect(await sent).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/the client was closed/),
    });
  });
});

describe('time', () => {
  it.each([
    ['no header comes', '', /did not answer within 0.3 s \(waiting for headers\)/],
    ['headers drip', 'HTTP/1.1 200 OK\r\nx: y', /did not answer within 0.3 s \(waiting for headers\)/],
    [
      'the body drips',
      'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nab',
      /did not end within 0.3 s; \d+ octets of it came \(reading the body\)/,
    ],
  ])('bounds an exchange in which %s', async (_case, octets, message) => {
    const { port } = await servers.raw((socket) => {
      socket.write(octets);
      const dripping = setInterval(() => socket.write('z'), 50);
      if (octets === '') clearInterval(dripping);
      socket.on('close', () => clearInterval(dripping));
    });
    const error = await refusal(
      (await connect({ timeoutSeconds: 0.3 })).send(get(`http://127.0.0.1:${port}/`)),
    );
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(message) });
    expect(error.hint).toMatch(/--timeout/);
  });

  it('bounds a TLS handshake that hangs, and ends its socket', async () => {
    let ended: Promise<unknown> = Promise.reject(new Error('nobody connected'));
    ended.catch(() => {});
    const { port } = await servers.raw((socket) => {
      socket.resume();
      ended = once(socket, 'close');
    });
    const error = await refusal(
      (await connect({ timeoutSeconds: 0.3 })).send(get(`https://127.0.0.1:${port}/`)),
    );
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/TLS was not agreed .*connecting/),
    });
    await ended;
  });

  it.each(['http', 'https'])('gives up for the reason of the signal while %s waits', async (scheme) => {
    const { port } = await servers.raw((socket) => socket.resume());
    const controller = new AbortController();
    const reason = new CancelledError('SIGINT');
    const sent = refusal(
      (await connect()).send(get(`${scheme}://127.0.0.1:${port}/`), { signal: controller.signal }),
    );
    setTimeout(() => controller.abort(reason), 100);
    expect(await sent).toBe(reason);
  });

  it('sends nothing when the signal has aborted before', async () => {
    const { port, connections } = await servers.http((_request, response) => response.end());
    const reason = new CancelledError('SIGTERM');
    const signal = AbortSignal.abort(reason);
    expect(await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`), { signal }))).toBe(reason);
    expect(connections()).toBe(0);
  });
});

describe('answers that are not HTTP', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'SSH-2.0-OpenSSH_9.2'],
    ['bare line feeds', 'HTTP/1.1 200 OK\nset-cookie: s3cret=1\n\n{}', 'HTTP/1.1 200 OK'],
    ['binary data', Buffer.from([0, 1, 0xff, 0x41, 0x1b]), '...A.'],
    ['a long line', `{"${'a'.repeat(100)}"}`, `{"${'a'.repeat(58)}`],
  ])('shows how %s begins', async (_case, octets, shown) => {
    const { port } = await servers.answering(octets);
    const error = await refusal((await connect()).send(post(`http://127.0.0.1:${port}/token`)));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(
      new RegExp(`^The answer of 127.0.0.1:${port} is not HTTP/1.1: .+ It begins: "`),
    );
    expect(error.message.slice(error.message.indexOf('begins: ') + 8)).toBe(`"${shown}"`);
  });

  it.each([
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
      /not asked for/,
    ],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      /The body that .* breaks HTTP/,
    ],
  ])('refuses %s', async (_case, octets, message) => {
    const { port } = await servers.answering(octets);
    const error = await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error.message).toMatch(message);
  });

  it.each([
    ['without an answer', '', /closed the connection without an answer/],
    [
      'within the headers',
      'HTTP/1.1 200 OK\r\nx',
      /closed the connection in the middle of its answer's headers/,
    ],
    [
      'within the body',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab',
      /middle of its answer, after 2 octets/,
    ],
    [
      'within a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nab',
      /middle of its answer, after 2/,
    ],
  ])('tells that the connection was closed %s', async (_case, octets, message) => {
    const { port } = await servers.raw((socket) => socket.once('data', () => socket.end(octets)));
    const error = await refusal((await connect()).send(get(`http://127.0.0.1:${port}/`)));
    expect(error).toMatchObject({ code: 'network', message: expect.stringMatching(message) });
  });
});

describe('requests that cannot be sent', () => {
  it.each([
    [
      'another scheme',
      { url: 'ftp://user:s3cret@host/x?s3cret' },
      '"ftp://host/x" is neither an https:// nor',
    ],
    ['no URL', { url: 'issuer.example?s3cret' }, '"issuer.example" is not a URL.'],
    [
      'credentials in the URL',
      { url: 'https://user:s3cret@host/' },
      '"https://host/" holds a user name or password',
    ],
    [
      'a line end in a header',
      { headers: [['authorization', 's3cret\nx: y']] },
      'header authorization has characters',
    ],
    ['a letter beyond ASCII', { headers: [['x-name', 's3crét']] }, 'header x-name has characters'],
    ['a header name with a blank', { headers: [['x name', 's3cret']] }, 'named "x name"'],
    ['a framing header', { headers: [['Transfer-Encoding', 'chunked']] }, 'Transfer-Encoding cannot be set'],
    [
      'two hosts',
      {
        headers: [
          ['host', 'a'],
          ['Host', 'b'],
        ],
      },
      'Host is given more than once',
    ],
    ['a method with a blank', { method: 'GE T' }, 'HTTP method'],
  ] as const)('refuses %s', async (_case, change, message) => {
    const request: HttpRequest = { ...get('http://127.0.0.1:9/'), ...change };
    const error = await refusal((await connect()).send(request));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3cr');
  });
});
