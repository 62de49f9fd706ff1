import { describe, expect, it } from 'vitest';
import type { HttpExchange } from '../../src/http-message.ts';
import { createRedactor } from '../../src/output/redact.ts';
import { renderExchange, renderWire } from '../../src/output/render-exchange.ts';

const looks = { columns: 80, color: false };

const exchange: HttpExchange = {
  request: {
    method: 'POST',
    url: 'https://server.example.com/token?tenant=a',
    headers: [
      ['accept', 'application/json'],
      ['authorization', 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW'],
    ],
    body: 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA',
  },
  response: {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Set-Cookie', 'session=7f3a9c2e1b; Path=/'],
    ],
    body: '{\n  "access_token": "2YotnFZFEjr1zCsicMWpAA",\n  "token_type": "Bearer"\n}\n',
  },
  startedAt: new Date('2026-11-20T13:05:12Z'),
  durationMs: 42,
};

describe('an exchange as it went over the wire', () => {
  it.each<[string, string, string]>([
    [
      'JSON',
      '{"a":[1,{"b":1e400}],"a":"x, {y}: \\"z","e":{},"l":[ ]}',
      '{\n  "a": [\n    1,\n    {\n      "b": 1e400\n    }\n  ],\n  "a": "x, {y}: \\"z",\n  "e": {},\n  "l": [ ]\n}',
    ],
    ['a form', 'a=1&b=%20x&c=', 'a=1\n&b=%20x\n&c='],
    [
      'lists in a line',
      '{"a":["x]",1, true],"b":[[1],[]]}',
      '{\n  "a": ["x]",1, true],\n  "b": [\n    [1],\n    []\n  ]\n}',
    ],
    ['what is nearly JSON', '{"a":1', '{"a":1'],
    ['a text', 'a = b & c', 'a = b & c'],
  ])('lays out %s without a change of its tokens', (_, body, shown) => {
    const text = renderExchange(
      { ...exchange, response: { status: 200, headers: [], body } },
      undefined,
      looks,
    );
    const received = text.slice(text.indexOf('< 200')).split('\n').slice(2, -1);
    expect(received.map((line) => line.replace(/^ {2}< ?/, '')).join('\n')).toBe(shown);
  });

  it('shows what was sent and what was received, without credentials', () => {
    expect(renderExchange(exchange, createRedactor(), looks)).toMatchInlineSnapshot(`
      "  > POST https://server.example.com/token?tenant=a
        > accept: application/json
        > authorization: Basic ‹credentials›
        >
        > grant_type=authorization_code
        > &code=‹code›
        < 200
        < Content-Type: application/json
        < Set-Cookie: session=‹cookie›; Path=/
        <
        < {
        <   "access_token": "‹access_token›",
        <   "token_type": "Bearer"
        < }
      "
    `);
  });

  it('shows everything when nothing is to be redacted', () => {
    const text = renderExchange(exchange, undefined, looks);
    for (const secret of [
      'czZCaGRSa3F0MzpnWDFmQmF0M2JW',
      'SplxlOBeZQQYbYS6WxSbIA',
      '7f3a9c2e1b',
      '2YotnFZFEjr1zCsicMWpAA',
    ]) {
      expect(text).toContain(secret);
    }
  });

  it('leaves out bodies that are not there', () => {
    const bare: HttpExchange = {
      ...exchange,
      request: { method: 'GET', url: 'https://server.example.com/jwks', headers: [] },
      response: { status: 204, headers: [], body: '' },
    };
    expect(renderExchange(bare, createRedactor(), looks)).toBe(
      '  > GET https://server.example.com/jwks\n  < 204\n',
    );
  });

  it('makes control characters of a server visible instead of obeying them', () => {
    const hostile: HttpExchange = {
      ...exchange,
      response: {
        status: 200,
        headers: [['X-Odd', 'a\u001b[2Jb\u202ec']],
        body: 'one\r\n\u001b]0;title\u0007two\u0085three',
      },
    };
    const text = renderExchange(hostile, createRedactor(), looks);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split('\n').every((line) => line === '' || /^ {2}[<>]/.test(line))).toBe(true);
  });

  it('is dim where colour is shown, line by line', () => {
    const lines = renderExchange(exchange, createRedactor(), { ...looks, color: true })
      .trimEnd()
      .split('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for
    expect(lines.every((line) => /^\u001b\[2m {2}[<>].*\u001b\[22m$/.test(line))).toBe(true);
  });
});

describe('the wire of an exchange', () => {
  it('is told with its times, TLS and certificate', () => {
    const text = renderWire(
      {
        reused: false,
        remoteAddress: '192.0.2.1:443',
        proxy: 'proxy.example:3128',
        times: { dnsMs: 4, connectMs: 10, tlsMs: 16, sentAfterMs: 31, firstByteAfterMs: 75 },
        tls: {
          protocol: 'TLSv1.3',
          cipher: 'TLS_AES_256_GCM_SHA384',
          certificate: {
            subject: 'CN=idp.example',
            issuer: 'CN=Example CA\u001b[2J',
            names: 'DNS:idp.example',
            validFrom: new Date('2026-01-01T00:00:00Z'),
            validTo: new Date(Number.NaN),
            fingerprint: '00:11',
          },
        },
      },
      looks,
    );
    expect(text).toMatchInlineSnapshot(`
      "  * new connection to 192.0.2.1:443 through the proxy proxy.example:3128
        * DNS 4 ms, TCP 10 ms, TLS 16 ms, sent after 31 ms, first byte after 75 ms
        * TLSv1.3, TLS_AES_256_GCM_SHA384
        * certificate of CN=idp.example for DNS:idp.example
        * issued by CN=Example CA\\u{1b}[2J, valid 2026-01-01 to an unknown day
        * SHA-256 00:11
      "
    `);
  });

  it('is told of a kept-alive connection without TLS', () => {
    expect(renderWire({ reused: true, times: {} }, looks)).toBe(
      '  * kept-alive connection to an unknown address\n  * no TLS\n',
    );
  });
});
