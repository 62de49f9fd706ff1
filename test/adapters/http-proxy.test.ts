import { connect as connectSocket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import type { ConnectionSettings } from '../../src/context.ts';
import { ConfigError, InvalidResponseError, NetworkError } from '../../src/errors.ts';
import type { HttpRequest } from '../../src/http-message.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
afterEach(() => servers.closeAll());

const ca = issueCertificate({ name: 'Test CA', isCa: true });
const certificate = issueCertificate({ name: 'server', altNames: ['127.0.0.1', 'idp.test'], issuer: ca });

/** A proxy for both forms that connects to `target` whatever host is named, and records what it was asked. */
async function openProxy(target: number, secure = false) {
  const heads: string[] = [];
  const serve = (socket: import('node:stream').Duplex) => {
    socket.on('error', () => {});
    socket.once('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1');
      heads.push(head);
      const upstream = connectSocket(target, '127.0.0.1', () => {
        if (head.startsWith('CONNECT ')) socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        else upstream.write(chunk);
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    });
  };
  const tlsServer = createTlsServer(certificate, serve);
  const proxy = await servers.raw((socket) =>
    secure ? tlsServer.emit('connection', socket) : serve(socket),
  );
  return { ...proxy, heads };
}

async function withClient<T>(
  settings: Partial<ConnectionSettings>,
  env: Record<string, string>,
  use: (send: (url: string, change?: Partial<HttpRequest>) => Promise<string>) => Promise<T>,
): Promise<T> {
  const client = await connectHttpClient({ timeoutSeconds: 30, ca: ca.cert, ...settings }, env);
  try {
    return await use(async (url, change = {}) => {
      const { response } = await client.send({ method: 'GET', url, headers: [], ...change });
      return `${response.status} ${response.body}`;
    });
  } finally {
    await client.close();
  }
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('nothing was refused'),
    (error: unknown) => error,
  );
}

describe('a proxy', () => {
  it.each([false, true])('is asked for plain http in absolute form (proxy over TLS: %s)', async (secure) => {
    const target = await servers.http((request, response) =>
      response.end(`${request.headers.host} ${request.url}`),
    );
    const proxy = await openProxy(target.port, secure);
    const setting = `${secure ? 'https' : 'http'}://user:p%40ss@127.0.0.1:${proxy.port}`;
    const bodies = await withClient({ proxy: setting }, {}, async (send) => [
      await send('http://idp.test/a?b=c#d', {
        headers: [
          ['X-Two', '1'],
          ['X-Two', '2'],
        ],
      }),
      await send('http://idp.test:8080/'),
    ]);
    expect(bodies[0]).toBe('200 idp.test http://idp.test/a?b=c');
    expect(bodies[1]).toBe('200 idp.test:8080 http://idp.test:8080/');
    const lines = proxy.heads[0]?.split('\r\n') ?? [];
    expect(lines[0]).toBe('GET http://idp.test/a?b=c HTTP/1.1');
    expect(lines.filter((line) => line.startsWith('X-Two'))).toEqual(['X-Two: 1', 'X-Two: 2']);
    expect(lines).toContain(`proxy-authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(proxy.connections()).toBe(1);
  });

  it.each([false, true])('tunnels https over one connection (proxy over TLS: %s)', async (secure) => {
    const seen: (string | undefined)[] = [];
    const target = await servers.https(certificate, (request, response) => {
      seen.push(request.headers['proxy-authorization']);
      response.end(request.url);
    });
    const proxy = await openProxy(target.port, secure);
    const setting = `${secure ? 'https' : 'http'}://user@127.0.0.1:${proxy.port}`;
    const bodies = await withClient({ proxy: setting }, {}, async (send) => [
      await send('https://idp.test/one'),
      await send('https://idp.test/two', { method: 'POST', body: 'x' }),
    ]);
    expect(bodies).toEqual(['200 /one', '200 /two']);
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).toMatch(/^CONNECT idp\.test:443 HTTP\/1\.1\r\nhost: idp\.test:443\r\n/);
    expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${Buffer.from('user:').toString('base64')}`);
    expect(proxy.heads[0]).toMatch(/user-agent: oauth-code\//);
    expect(seen).toEqual([undefined, undefined]);
    expect(target.connections()).toBe(1);
  });

  it('comes from the environment, but not for loopback hosts', async () => {
    const target = await servers.http((_request, response) => response.end('direct'));
    const other = await servers.http((_request, response) => response.end('proxied'));
    const proxy = await openProxy(other.port);
    const env = { HTTP_PROXY: `127.0.0.1:${proxy.port}` };
    await withClient({}, env, async (send) => {
      expect(await send('http://idp.test/')).toBe('200 proxied');
      expect(await send(`http://127.0.0.1:${target.port}/`)).toBe('200 direct');
    });
    expect(proxy.heads).toHaveLength(1);
  });

  it('on another machine is not given what plain http carries to this one', async () => {
    const target = await servers.http((_request, response) => response.end('direct'));
    await withClient({ proxy: 'http://proxy.invalid:3128' }, {}, async (send) => {
      for (const host of ['127.0.0.1', 'localhost', 'app.localhost']) {
        expect(await send(`http://${host}:${target.port}/`)).toBe('200 direct');
      }
      await expect(send('http://idp.test/')).rejects.toThrow('proxy.invalid');
      await expect(send(`https://127.0.0.1:${target.port}/`)).rejects.toThrow('proxy.invalid');
    });
  });

  it('given explicitly serves loopback hosts too, and NO_PROXY does not matter', async () => {
    const target = await servers.http((_request, response) => response.end('ok'));
    const proxy = await openProxy(target.port);
    await withClient({ proxy: `http://127.0.0.1:${proxy.port}` }, { NO_PROXY: '*' }, (send) =>
      send(`http://127.0.0.1:${target.port}/`),
    );
    expect(proxy.connections()).toBe(1);
  });

  it.each([
    [
      '407 Proxy Authentication Required',
      '',
      /demands a user name and password \(407\)/,
      /user:password@host/,
    ],
    [
      '407 Proxy Authentication Required',
      'u:s3cret@',
      /demands a user name and password \(407\)/,
      /Check the user/,
    ],
    ['403 Forbidden', 'u:s3cret@', /would not connect to idp.test:443 \(403\)/, /NO_PROXY/],
  ])('that answers CONNECT with %s is named', async (status, credentials, message, hint) => {
    const { port } = await servers.answering(`HTTP/1.1 ${status}\r\ncontent-length: 3\r\n\r\nno!`);
    const error = await refusal(
      withClient({ proxy: `http://${credentials}127.0.0.1:${port}` }, {}, (send) =>
        send('https://idp.test/?s3cret'),
      ),
    );
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(`The proxy 127.0.0.1:${port}`) });
    expect(`${error}${(error as NetworkError).hint}`).not.toContain('s3cret');
  });

  it('that demands credentials for plain http is named', async () => {
    const { port } = await servers.answering('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n');
    const proxy = `http://127.0.0.1:${port}`;
    expect(await refusal(withClient({ proxy }, {}, (send) => send('http://idp.test/')))).toMatchObject({
      message: `The proxy 127.0.0.1:${port} demands a user name and password (407).`,
    });
  });

  it.each(['http', 'https'])('that is not there is named for %s', async (scheme) => {
    const { port, close } = await servers.raw(() => {});
    await close();
    const error = await refusal(
      withClient({ proxy: `http://127.0.0.1:${port}` }, {}, (send) => send(`${scheme}://idp.test/`)),
    );
    expect(error).toMatchObject({
      code: 'network',
      message: `Nothing accepts connections at the proxy 127.0.0.1:${port} (ECONNREFUSED).`,
    });
  });

  it('that speaks no HTTP is named', async () => {
    const { port } = await servers.answering('SSH-2.0-x\r\n');
    const error = await refusal(
      withClient({ proxy: `http://127.0.0.1:${port}` }, {}, (send) => send('https://idp.test/')),
    );
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`the proxy 127.0.0.1:${port} is not HTTP`),
    });
  });

  it.each(['http', 'https'])('that hangs runs into the time limit for %s', async (scheme) => {
    const { port } = await servers.raw((socket) => socket.resume());
    const settings = { proxy: `http://127.0.0.1:${port}`, timeoutSeconds: 0.2 };
    const error = await refusal(withClient(settings, {}, (send) => send(`${scheme}://idp.test/`)));
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining(`proxy 127.0.0.1:${port}`),
    });
  });

  it('does not hide whose certificate is refused', async () => {
    const stranger = issueCertificate({ name: 'stranger', altNames: ['idp.test'] });
    const target = await servers.https(stranger, (_request, response) => response.end());
    const proxy = await openProxy(target.port);
    const error = await refusal(
      withClient({ proxy: `http://127.0.0.1:${proxy.port}` }, {}, (send) => send('https://idp.test/')),
    );
    expect(error).toMatchObject({
      code: 'tls',
      message: expect.stringMatching(/^idp.test:443 \(through the proxy/),
    });
  });

  it.each(['socks5://127.0.0.1:1080', 'ftp://proxy', 'http://', 'http://%zz@h:1'])(
    '%s is refused',
    async (proxy) => {
      expect(await refusal(withClient({ proxy }, {}, async () => {}))).toBeInstanceOf(ConfigError);
    },
  );

  it('of an unsupported kind in the environment is refused with the name of the variable', async () => {
    const env = { https_proxy: 'socks5://u:s3cret@127.0.0.1:1080' };
    const error = await refusal(withClient({}, env, (send) => send('https://idp.test/')));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      message: 'The proxy given by https_proxy is of the kind socks5:// which is not supported.',
      hint: expect.stringMatching(/http:\/\/host:port/),
    });
  });
});
