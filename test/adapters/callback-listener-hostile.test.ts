import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { get, openSocket, parseRaw, post, readToEnd, sendRaw } from './raw-client.ts';
import { pages, type RunningListener, startListener } from './running-listener.ts';

const form = 'application/x-www-form-urlencoded';

/** The wait is not over and not broken: the right answer still ends it. */
async function expectStillWaiting(listener: RunningListener): Promise<void> {
  expect(listener.judged).toEqual([]);
  const answer = sendRaw(listener.port, get('/callback?code=good', listener.host));
  const accepted = await listener.accepted(AbortSignal.timeout(30_000));
  await accepted.respond('<p>done</p>');
  expect((await answer).body).toBe('<p>done</p>');
}

describe('requests that are not the callback', () => {
  it.each([
    ['another path', '/other?code=good'],
    ['the path in other letters', '/Callback?code=good'],
    ['the path with a slash more', '/callback/?code=good'],
    ['the path below', '/callback/x?code=good'],
    ['the path encoded differently', '/%63allback?code=good'],
    ['the root', '/'],
    ['a detour to the path', '/x/../callback?code=good'],
    ['a path of two slashes', '//callback?code=good'],
  ])('answers %s with 404 and waits on', async (_, target) => {
    const listener = await startListener();
    expect(await sendRaw(listener.port, get(target, listener.host))).toMatchObject({
      status: 404,
      body: pages.notFound,
    });
    await expectStillWaiting(listener);
  });

  it.each([
    ['another name', 'evil.example'],
    ['another name with our port', 'evil.example:PORT'],
    ['a name of this machine that is not bound', 'localhost:PORT'],
    ['another address of this machine', '[::1]:PORT'],
    ['another port', '127.0.0.1:1'],
    ['no port', '127.0.0.1'],
    ['our host as a prefix', '127.0.0.1:PORT.evil.example'],
    ['a user in front', 'x@127.0.0.1:PORT'],
    ['nothing', ''],
  ])('refuses a Host that is %s', async (_, host) => {
    const listener = await startListener();
    const answer = await sendRaw(
      listener.port,
      get('/callback?code=good', host.replace('PORT', String(listener.port))),
    );
    expect(answer).toMatchObject({ status: 421, body: pages.refused });
    await expectStillWaiting(listener);
  });

  it.each([
    ['no Host', 'GET /callback?code=good HTTP/1.1\r\n\r\n', 421],
    ['no Host in HTTP/1.0', 'GET /callback?code=good HTTP/1.0\r\n\r\n', 421],
    ['two Hosts', 'GET /callback?code=good HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n', 421],
    [
      'a foreign absolute target',
      'GET http://evil.example/callback?code=good HTTP/1.1\r\nHost: HOST\r\n\r\n',
      421,
    ],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n', 400],
    ['DELETE', 'DELETE /callback?code=good HTTP/1.1\r\nHost: HOST\r\n\r\n', 405],
    ['PUT', 'PUT /callback?code=good HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n', 405],
    [
      'a JSON body',
      'POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
      415,
    ],
    ['a body without a type', 'POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\n\r\ngood', 415],
    [
      'text/plain from a form',
      'POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ngood',
      415,
    ],
  ])('refuses %s', async (_, text, status) => {
    const listener = await startListener();
    const answer = await sendRaw(listener.port, text.replaceAll('HOST', listener.host));
    expect(answer).toMatchObject({ status, body: pages.refused });
    expect(answer.header('allow')).toBe(status === 405 ? 'GET, HEAD, POST, OPTIONS' : undefined);
    await expectStillWaiting(listener);
  });

  it.each([
    ['HEAD of the callback', 'HEAD /callback?code=good HTTP/1.1', 200],
    ['OPTIONS of the callback', 'OPTIONS /callback?code=good HTTP/1.1', 204],
    ['the icon', 'GET /favicon.ico HTTP/1.1', 204],
  ])('answers %s without effect', async (_, line, status) => {
    const listener = await startListener();
    const answer = await sendRaw(listener.port, `${line}\r\nHost: ${listener.host}\r\n\r\n`);
    expect(answer).toMatchObject({ status, body: '' });
    await expectStillWaiting(listener);
  });

  it.each(['Purpose: prefetch', 'Sec-Purpose: prefetch;prerender', 'X-Moz: prefetch', 'X-Purpose: preview'])(
    'does not judge what was loaded ahead of time: %s',
    async (line) => {
      const listener = await startListener();
      expect((await sendRaw(listener.port, get('/callback?code=good', listener.host, line))).status).toBe(
        503,
      );
      await expectStillWaiting(listener);
    },
  );

  const scripts: readonly (readonly [string, ...string[]])[] = [
    ['a script’s request', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'],
    ['a script’s request that reads no answer', 'Sec-Fetch-Mode: no-cors'],
    ['a mode that is empty', 'Sec-Fetch-Mode:'],
    ['two modes', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Mode: cors'],
    ['an image', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'],
    ['a script element', 'Sec-Fetch-Dest: script'],
    ['a frame', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    ['an object', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: object'],
    ['a web socket', 'Sec-Fetch-Mode: websocket', 'Sec-Fetch-Dest: empty'],
  ];
  it.each(scripts)('takes no answer from %s', async (_, ...lines) => {
    const listener = await startListener();
    const { host } = listener;
    for (const request of [
      get('/callback?code=good', host, ...lines),
      get('/callback', host, ...lines),
      post('/callback', host, form, 'code=good', ...lines),
    ]) {
      expect(await sendRaw(listener.port, request)).toMatchObject({ status: 403, body: pages.refused });
    }
    await expectStillWaiting(listener);
  });

  it.each<readonly [string, ...string[]]>([
    ['a browser', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Sec-Fetch-Site: cross-site'],
    ['an old browser'],
  ])('takes it from the navigation of %s', async (_, ...lines) => {
    for (const type of ['query', 'form_post'] as const) {
      const listener = await startListener();
      const request =
        type === 'query'
          ? get('/callback?code=good', listener.host, ...lines)
          : post('/callback', listener.host, form, 'code=good', ...lines);
      const answer = sendRaw(listener.port, request);
      await (await listener.accepted(AbortSignal.timeout(30_000))).respond('<p>done</p>');
      expect((await answer).status).toBe(200);
    }
  });

  it('reads a body that is too large to its end and refuses it', async () => {
    const listener = await startListener();
    const answer = await sendRaw(
      listener.port,
      post('/callback', listener.host, form, 'good'.repeat(300_000)),
    );
    expect(answer).toMatchObject({ status: 413, body: pages.refused });
    await expectStillWaiting(listener);
  });

  it('cuts off a body without end', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    const gone = readToEnd(socket);
    socket.write(
      `POST /callback HTTP/1.1\r\nHost: ${listener.host}\r\nContent-Type: ${form}\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    const flood = setInterval(() => socket.write('x'.repeat(1024 * 1024)), 1);
    await gone;
    clearInterval(flood);
    await expectStillWaiting(listener);
  });
});

describe('connections that are not HTTP', () => {
  it.each([
    ['a greeting', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['binary noise', '\x00\x01\x02\xff\xfe\r\n\r\n'],
    ['a broken header', 'GET /callback?code=good HTTP/1.1\r\nHost HOST\r\n\r\n'],
    [
      'two lengths',
      'POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ngood',
    ],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ])('survives %s', async (_, text) => {
    const listener = await startListener();
    const answer = await sendRaw(listener.port, text.replace('HOST', listener.host));
    expect([400, undefined]).toContain(answer.status);
    await expectStillWaiting(listener);
  });

  it('refuses a head beyond its limit with 431', async () => {
    const listener = await startListener();
    const answer = await sendRaw(
      listener.port,
      get(`/callback?code=${'x'.repeat(300 * 1024)}`, listener.host),
    );
    expect(answer.status).toBe(431);
    await expectStillWaiting(listener);
  });

  it('survives connections that say nothing, half a head, half a body, or reset', async () => {
    const listener = await startListener();
    const silent = await openSocket(listener.port);
    const half = await openSocket(listener.port);
    half.write('GET /callback?code=good HTTP/1.1\r\nHo');
    const halfBody = await openSocket(listener.port);
    halfBody.write(
      `POST /callback HTTP/1.1\r\nHost: ${listener.host}\r\nContent-Type: ${form}\r\nContent-Length: 9\r\n\r\ncode`,
    );
    const halfOpen = await openSocket(listener.port);
    const ends = [silent, half, halfBody, halfOpen].map(readToEnd);
    halfOpen.end();
    const reset = await openSocket(listener.port);
    reset.write('GET /callback?code=good HTTP/1.1\r\n');
    reset.resetAndDestroy();
    await expectStillWaiting(listener);
    await listener.close();
    await Promise.all(ends);
  });

  it('ends connections that are too slow', async () => {
    const listener = await startListener({}, { headMs: 150, requestMs: 300, heldMs: 1000 });
    const silent = await openSocket(listener.port);
    const slow = await openSocket(listener.port);
    slow.write('GET /callback?code=good HTTP/1.1\r\n');
    const slowBody = await openSocket(listener.port);
    slowBody.write(
      `POST /callback HTTP/1.1\r\nHost: ${listener.host}\r\nContent-Type: ${form}\r\nContent-Length: 9\r\n\r\n`,
    );
    const drip = setInterval(() => slow.write('X-Drip: 1\r\n'), 40);
    const [nothing, late] = await Promise.all([readToEnd(silent), readToEnd(slow), readToEnd(slowBody)]);
    clearInterval(drip);
    expect(nothing).toBe('');
    expect(parseRaw(late ?? '').status).toBe(408);
    await expectStillWaiting(listener);
  });

  it('lets a client that ends its side first still have its page', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    const answer = readToEnd(socket);
    socket.end(get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(AbortSignal.timeout(30_000));
    await accepted.respond('<p>done</p>');
    expect(parseRaw(await answer).body).toBe('<p>done</p>');
  });

  it('sends nothing before the final page although garbage follows the callback', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    const answer = readToEnd(socket);
    socket.write(`${get('/callback?code=good', listener.host)}\x00garbage\r\n\r\n`);
    const accepted = await listener.accepted(AbortSignal.timeout(30_000));
    await accepted.respond('<p>done</p>');
    expect(['', '<p>done</p>']).toContain(parseRaw(await answer).body);
  });

  it('takes one request a connection: a pipelined one is not judged', async () => {
    const listener = await startListener();
    const two = get('/callback?code=bad', listener.host) + get('/callback?code=good', listener.host);
    const answer = await sendRaw(listener.port, two);
    expect(answer.body.startsWith('<p>foreign</p>')).toBe(true);
    expect(listener.judged).toHaveLength(1);
  });

  it.each([
    ['nothing', 'http', ''],
    ['nothing', 'https', ''],
    ['half a head', 'http', 'GET /callback?code=good HTTP/1.1\r\nHo'],
    [
      'half a body',
      'http',
      `POST /callback HTTP/1.1\r\nHost: HOST\r\nContent-Type: ${form}\r\nContent-Length: 9\r\n\r\ncode`,
    ],
  ])('keeps few connections that say %s over %s, the youngest', async (_, scheme, said) => {
    const listener = await startListener({ redirectUri: `${scheme}://127.0.0.1:0/callback` });
    const many = 60;
    let open = 0;
    const sockets: Socket[] = [];
    for (let count = 0; count < many; count += 1) {
      const socket = await openSocket(listener.port);
      sockets.push(socket);
      open += 1;
      readToEnd(socket).then(() => {
        open -= 1;
      });
      socket.write(said.replace('HOST', listener.host));
    }
    await vi.waitUntil(() => open <= 16);
    expect(open).toBe(16);
    for (const socket of sockets) socket.destroy();
  });

  it('stands a swarm of scanners', async () => {
    const listener = await startListener();
    const swarm = await Promise.all(Array.from({ length: 200 }, () => openSocket(listener.port)));
    for (const [at, socket] of swarm.entries()) {
      socket.on('error', () => {});
      if (at % 3 === 0) socket.write('\r\n\r\nEHLO\r\n');
      if (at % 3 === 1) socket.destroy();
    }
    await expectStillWaiting(listener);
    for (const socket of swarm) socket.destroy();
  });
});

describe('close', () => {
  it('frees the port at once, although connections were open and in a TLS handshake', async () => {
    const listener = await startListener({ redirectUri: 'https://127.0.0.1:0/callback' });
    const handshaking = await openSocket(listener.port);
    const secure = connectTls({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise<void>((resolve) => secure.once('secureConnect', () => resolve()));
    secure.on('error', () => {});
    const ends = [handshaking, secure].map(readToEnd);
    await listener.close();
    await Promise.all(ends);
    await expect(openSocket(listener.port)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('survives plain HTTP and garbage where TLS is spoken', async () => {
    const listener = await startListener({ redirectUri: 'https://127.0.0.1:0/callback' });
    await sendRaw(listener.port, get('/callback?code=good', listener.host));
    expect(listener.judged).toEqual([]);
    await listener.close();
  });

  it('ends the connection of a browser that still waits for its page', async () => {
    const listener = await startListener();
    const answer = sendRaw(listener.port, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(AbortSignal.timeout(30_000));
    await listener.close();
    await accepted.respond('<p>too late</p>');
    expect((await answer).head).toBe('');
  });

  it('can be called twice', async () => {
    const listener = await startListener();
    await Promise.all([listener.close(), listener.close()]);
    await listener.close();
  });
});
