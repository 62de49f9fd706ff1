import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createThrowAwayCertificate } from '../../src/adapters/throw-away-certificate.ts';
import type { CallbackVerdict } from '../../src/context.ts';
import { UsageError } from '../../src/errors.ts';
import { fragmentMediaType } from '../../src/protocol/redirect-uri.ts';
import { get, openSocket, parseRaw, post, readToEnd, sendRaw } from './raw-client.ts';
import { pages, startListener } from './running-listener.ts';

const form = 'application/x-www-form-urlencoded';
const never = () => new AbortController().signal;

describe('the accepted callback', () => {
  it('is handed over and its browser waits until the final page is there', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    const answer = readToEnd(socket);
    socket.write(get('/callback?code=good&state=%20a', listener.host));
    const accepted = await listener.accepted(never());
    expect(accepted.callback).toEqual({
      type: 'query',
      url: `http://127.0.0.1:${listener.port}/callback?code=good&state=%20a`,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(socket.bytesRead).toBe(0);
    await accepted.respond('<p>Grüße</p>');
    const response = parseRaw(await answer);
    expect(response.status).toBe(200);
    expect(response.body).toBe('<p>Grüße</p>');
    expect(response.header('content-length')).toBe('14');
  });

  it('is kept until somebody asks for it', async () => {
    const listener = await startListener();
    const answer = sendRaw(listener.port, get('/callback?code=good', listener.host));
    await expect.poll(() => listener.judged.length).toBe(1);
    const accepted = await listener.accepted(never());
    await accepted.respond('<p>done</p>');
    expect((await answer).body).toBe('<p>done</p>');
  });

  it('arrives whole at the browser although the listener closes right after the page', async () => {
    const listener = await startListener();
    const page = `<p>${'long '.repeat(20_000)}</p>`;
    const answer = sendRaw(listener.port, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    await accepted.respond(page);
    await listener.close();
    expect((await answer).body).toBe(page);
  });

  it('is the first one; a replay gets a page that says so and is not judged', async () => {
    const listener = await startListener();
    const first = sendRaw(listener.port, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    const replays = [
      await sendRaw(listener.port, get('/callback?code=good', listener.host)),
      await sendRaw(listener.port, get('/callback', listener.host)),
      await sendRaw(listener.port, post('/callback', listener.host, form, 'code=good')),
    ];
    for (const replay of replays) {
      expect(replay.status).toBe(200);
      expect(replay.body).toBe(pages.alreadyAnswered);
    }
    await accepted.respond('<p>done</p>');
    expect((await first).body).toBe('<p>done</p>');
    expect(listener.judged).toHaveLength(1);
  });

  it('responds once, and without harm when the browser is gone', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    socket.write(get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await accepted.respond('<p>1</p>');
    await accepted.respond('<p>2</p>');
  });

  it('is answered by itself when no page comes in time', async () => {
    const listener = await startListener({}, { headMs: 30_000, requestMs: 30_000, heldMs: 60 });
    const answer = sendRaw(listener.port, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    expect((await answer).body).toBe(pages.alreadyAnswered);
    await accepted.respond('<p>too late</p>');
  });
});

describe('a callback that is ignored', () => {
  it('gets its page and status, and the wait goes on', async () => {
    const listener = await startListener();
    const foreign = await sendRaw(listener.port, get('/callback?code=bad&state=foreign', listener.host));
    expect(foreign.status).toBe(400);
    expect(foreign.body).toBe('<p>foreign</p>');
    void sendRaw(listener.port, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    await accepted.respond('');
    expect(listener.judged.map(({ url }) => new URL(url).search)).toEqual([
      '?code=bad&state=foreign',
      '?code=good',
    ]);
  });
});

describe('accepted', () => {
  it('rejects with the reason of the signal, and can be asked again', async () => {
    const listener = await startListener();
    const stop = new AbortController();
    const waiting = listener.accepted(stop.signal);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(listener.accepted(stop.signal)).rejects.toBe(reason);
    void sendRaw(listener.port, get('/callback?code=good', listener.host));
    await expect(listener.accepted(never())).resolves.toMatchObject({ callback: { type: 'query' } });
  });

  it('leaves no listener on the signal', async () => {
    const listener = await startListener();
    const signal = new AbortController().signal;
    let registered = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      registered++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      registered--;
      remove(...args);
    };
    void sendRaw(listener.port, get('/callback?code=good', listener.host));
    await listener.accepted(signal);
    await expect.poll(() => registered).toBe(0);
  });

  it('rejects with what the judge threw', async () => {
    const bug = new Error('a bug');
    const listener = await startListener({
      judge: () => {
        throw bug;
      },
    });
    const answer = await sendRaw(listener.port, get('/callback?code=good', listener.host));
    expect(answer.status).toBe(500);
    await expect(listener.accepted(never())).rejects.toBe(bug);
  });
});

describe('a judge that takes its time', () => {
  it('may reject later', async () => {
    const bug = new Error('a bug');
    const listener = await startListener({ judge: () => Promise.reject(bug) });
    const answer = await sendRaw(listener.port, get('/callback?code=good', listener.host));
    expect(answer.status).toBe(500);
    await expect(listener.accepted(never())).rejects.toBe(bug);
  });

  it('accepts one callback of several: the one that it accepts first', async () => {
    const verdicts = new Map<string, (verdict: CallbackVerdict) => void>();
    const listener = await startListener({
      judge: ({ url }) => new Promise((resolve) => verdicts.set(new URL(url).search, resolve)),
    });
    const [slow, quick, foreign] = ['slow', 'quick', 'foreign'].map((code) =>
      sendRaw(listener.port, get(`/callback?code=${code}`, listener.host)),
    );
    await expect.poll(() => verdicts.size).toBe(3);
    verdicts.get('?code=foreign')?.({ type: 'ignore', status: 400, page: '<p>foreign</p>' });
    expect((await foreign)?.body).toBe('<p>foreign</p>');
    verdicts.get('?code=quick')?.({ type: 'accept' });
    const accepted = await listener.accepted(never());
    expect(accepted.callback.url).toMatch(/code=quick$/);
    verdicts.get('?code=slow')?.({ type: 'accept' });
    expect((await slow)?.body).toBe(pages.alreadyAnswered);
    await accepted.respond('<p>done</p>');
    expect((await quick)?.body).toBe('<p>done</p>');
  });
});

describe('the ways an answer comes', () => {
  it('takes form_post with its body as sent', async () => {
    const listener = await startListener();
    void sendRaw(
      listener.port,
      post('/callback', listener.host, `${form}; charset=UTF-8`, 'code=good&state=a%2Bb+c'),
    );
    expect((await listener.accepted(never())).callback).toEqual({
      type: 'form_post',
      url: listener.redirectUri,
      body: 'code=good&state=a%2Bb+c',
    });
  });

  it('takes a form_post sent in pieces and chunks', async () => {
    const listener = await startListener();
    const socket = await openSocket(listener.port);
    const head = `POST /callback HTTP/1.1\r\nHost: ${listener.host}\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    for (const part of [head.slice(0, 30), head.slice(30), '5\r\ncode=\r\n', '4\r\ngood\r\n', '0\r\n\r\n']) {
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await listener.accepted(never())).callback).toMatchObject({
      type: 'form_post',
      body: 'code=good',
    });
    socket.destroy();
  });

  it('shows the relay page where nothing of an answer arrived, and takes the fragment from it', async () => {
    const listener = await startListener();
    expect(await sendRaw(listener.port, get('/callback', listener.host))).toMatchObject({
      status: 200,
      body: pages.relay,
    });
    expect(listener.judged).toEqual([]);
    void sendRaw(
      listener.port,
      post(
        '/callback',
        listener.host,
        fragmentMediaType,
        'access_token=good&state=%C3%BC',
        'Sec-Fetch-Site: same-origin',
        `Origin: http://${listener.host}`,
      ),
    );
    expect((await listener.accepted(never())).callback).toEqual({
      type: 'fragment',
      url: listener.redirectUri,
      fragment: 'access_token=good&state=%C3%BC',
    });
  });

  it('takes an empty fragment for no answer', async () => {
    const listener = await startListener();
    expect(
      (await sendRaw(listener.port, post('/callback', listener.host, fragmentMediaType, ''))).status,
    ).toBe(400);
    expect(listener.judged).toEqual([]);
  });

  it.each([
    ['another site', ['Sec-Fetch-Site: cross-site']],
    ['another origin', ['Origin: https://evil.example']],
    ['an origin that hides itself', ['Origin: null']],
    ['another port of this machine', ['Sec-Fetch-Site: same-site', 'Origin: http://127.0.0.1:1']],
  ])('refuses a fragment from %s', async (_, lines) => {
    const listener = await startListener();
    const answer = await sendRaw(
      listener.port,
      post('/callback', listener.host, fragmentMediaType, 'good', ...lines),
    );
    expect(answer).toMatchObject({ status: 403, body: pages.refused });
    expect(listener.judged).toEqual([]);
  });

  it('keeps the query of the redirect URI among what is received', async () => {
    const listener = await startListener({ redirectUri: 'http://127.0.0.1:0/callback?tenant=a' });
    expect((await sendRaw(listener.port, get('/callback?tenant=a', listener.host))).body).toBe(pages.relay);
    void sendRaw(listener.port, get('/callback?tenant=a&code=good', listener.host));
    expect((await listener.accepted(never())).callback).toEqual({
      type: 'query',
      url: `http://127.0.0.1:${listener.port}/callback?tenant=a&code=good`,
    });
  });

  it('takes a query of 100 kB', async () => {
    const listener = await startListener();
    const code = `good${'x'.repeat(100 * 1024)}`;
    void sendRaw(listener.port, get(`/callback?code=${code}`, listener.host));
    expect((await listener.accepted(never())).callback.url).toBe(`${listener.redirectUri}?code=${code}`);
  });

  it('serves HTTP/1.0 clients and absolute-form targets', async () => {
    const listener = await startListener();
    const old = await sendRaw(listener.port, `GET /callback?a HTTP/1.0\r\nHost: ${listener.host}\r\n\r\n`);
    expect(old.status).toBe(400);
    void sendRaw(listener.port, get(`http://${listener.host}/callback?code=good`, 'elsewhere.example'));
    expect((await listener.accepted(never())).callback.url).toBe(`${listener.redirectUri}?code=good`);
  });
});

describe('the response', () => {
  it('may not be stored, framed, sniffed, referred from or kept alive', async () => {
    const listener = await startListener();
    const { header } = await sendRaw(
      listener.port,
      get('/callback', listener.host, 'Connection: keep-alive'),
    );
    expect(header('connection')).toBe('close');
    expect(header('cache-control')).toBe('no-store');
    expect(header('referrer-policy')).toBe('no-referrer');
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('x-frame-options')).toBe('DENY');
    expect(header('content-type')).toBe('text/html; charset=utf-8');
    expect(header('content-security-policy')).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('repeats the policy its page declares', async () => {
    const policy = "default-src 'none'; style-src 'sha256-abc='";
    const page = `<meta http-equiv="Content-Security-Policy" content="${policy}"><meta http-equiv="Content-Security-Policy" content="default-src *">`;
    const listener = await startListener({ pages: { ...pages, notFound: page } });
    const { header } = await sendRaw(listener.port, get('/', listener.host));
    expect(header('content-security-policy')).toBe(`${policy}; frame-ancestors 'none'`);
  });
});

describe('TLS', () => {
  const overTls = (port: number, ca: string | undefined, text: string) =>
    new Promise<{ authorized: boolean; text: string }>((resolve, reject) => {
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
      });
      let received = '';
      socket.on('secureConnect', () => socket.write(text));
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve({ authorized: socket.authorized, text: received }));
    });

  it('makes a throw-away certificate for an https redirect URI', async () => {
    const listener = await startListener({ redirectUri: 'https://localhost:0/callback' });
    const answer = overTls(listener.port, undefined, get('/callback?code=good', listener.host));
    const accepted = await listener.accepted(never());
    expect(accepted.callback.url).toBe(`https://localhost:${listener.port}/callback?code=good`);
    await accepted.respond('<p>done</p>');
    await listener.close();
    expect(parseRaw((await answer).text).body).toBe('<p>done</p>');
  });

  it('serves the given certificate', async () => {
    const tls = createThrowAwayCertificate([], new Date());
    const listener = await startListener({ redirectUri: 'https://localhost:0/callback', tls });
    const answer = await overTls(listener.port, tls.cert, get('/callback', listener.host));
    expect(answer.authorized).toBe(true);
    expect(parseRaw(answer.text)).toMatchObject({ status: 200, body: pages.relay });
  });

  it('refuses a certificate that does not belong to its key, without quoting either', async () => {
    const { cert } = createThrowAwayCertificate([], new Date());
    const { key } = createThrowAwayCertificate([], new Date());
    const refused = startListener({ redirectUri: 'https://localhost:0/callback', tls: { cert, key } });
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).not.toContain('BEGIN');
  });

  it('leaves TLS to the proxy in front when it is bound elsewhere without a certificate', async () => {
    const listener = await startListener({
      redirectUri: 'https://dev.example.com/callback',
      bind: { address: '127.0.0.1', port: 0 },
    });
    expect(listener.redirectUri).toBe('https://dev.example.com/callback');
    void sendRaw(listener.port, get('/callback?code=good', 'dev.example.com'));
    expect((await listener.accepted(never())).callback.url).toBe(
      'https://dev.example.com/callback?code=good',
    );
  });
});
