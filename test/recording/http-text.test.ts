import { describe, expect, it } from 'vitest';
import { looksLikeHttpText, readHttpText } from '../../src/recording/http-text.ts';

const head = [
  '> POST /token HTTP/1.1',
  '> Host: 127.0.0.1:9555',
  '> Content-Type: application/x-www-form-urlencoded',
  '> ',
];
const answer = [
  '< HTTP/1.1 400 Bad Request',
  '< content-type: application/json',
  '< Date: Fri, 20 Nov 2026 20:52:38 GMT',
  '< ',
];
const plainAnswer = answer.map((line) => line.slice(2));
const progress = [
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current',
  '                                 Dload  Upload   Total   Spent    Left  Speed',
  '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:9555...',
];
const body = '{"error":"invalid_grant"}';
const lines = (...parts: readonly (string | readonly string[])[]) => parts.flat().join('\r\n');

const request = {
  method: 'POST',
  url: 'http://127.0.0.1:9555/token',
  headers: [
    ['Host', '127.0.0.1:9555'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: null,
};
const response = {
  status: 400,
  headers: [
    ['content-type', 'application/json'],
    ['Date', 'Fri, 20 Nov 2026 20:52:38 GMT'],
  ],
  body,
};

// As curl 7.88 prints it: with 2>&1 into a file the body comes last, on a terminal where it belongs.
const outputs: readonly (readonly [string, string, object])[] = [
  ['curl -i', lines(plainAnswer, body), { request: null, response }],
  [
    'curl -i with its progress meter',
    lines(progress.slice(0, 2), plainAnswer, body),
    { request: null, response },
  ],
  [
    'curl -v into a file',
    lines(
      progress,
      '* Connected to 127.0.0.1 (127.0.0.1) port 9555 (#0)',
      head,
      '} [36 bytes data]',
      answer,
      '{ [36 bytes data]',
      '\r100    61    0    25  100    36   5138   7399 --:--:-- --:--:-- --:--:-- 15250',
      '* Connection #0 to host 127.0.0.1 left intact',
      body,
    ),
    { request, response },
  ],
  [
    'curl -v on a terminal',
    lines(head, answer, `${body}* Connection #0 to host 127.0.0.1 left intact`),
    { request, response },
  ],
  [
    'curl -v, stderr alone',
    lines(head, '} [36 bytes data]', answer, '{ [36 bytes data]', '* Closing connection 0'),
    { request, response: { ...response, body: null } },
  ],
  [
    'curl -iv into a file',
    lines(
      head,
      answer,
      '{ [25 bytes data]',
      '* Connection #0 to host 127.0.0.1 left intact',
      plainAnswer,
      body,
    ),
    { request, response },
  ],
  [
    'curl -iv on a terminal',
    lines(
      head,
      answer.flatMap((line) => [line, line.slice(2)]),
      body,
    ),
    { request, response },
  ],
];

describe('readHttpText', () => {
  it.each(outputs)('reads the output of %s', (_, text, expected) => {
    for (const saved of [text, text.replaceAll('\r\n', '\n')]) {
      expect(looksLikeHttpText(saved)).toBe(true);
      expect(readHttpText(saved, 'test')).toMatchObject([expected]);
    }
  });

  it('reads a raw request and its response', () => {
    const text = `POST https://as.example/token HTTP/1.1\nAccept: */*\n\ngrant_type=x&code=y\n\nHTTP/2 200\nserver: x\n\n{"a":\n1}\n`;
    expect(readHttpText(text, 'test')).toMatchObject([
      {
        request: { method: 'POST', url: 'https://as.example/token', body: 'grant_type=x&code=y\n' },
        response: { status: 200, headers: [['server', 'x']], body: '{"a":\n1}\n' },
      },
    ]);
  });

  it('leaves out interim responses and that of a tunnel', () => {
    const text = lines(
      'HTTP/1.1 200 Connection established',
      '',
      'HTTP/1.1 100 Continue',
      '',
      plainAnswer,
      body,
    );
    expect(readHttpText(text, 'test')).toMatchObject([{ response: { status: 400, body } }]);
  });

  it('tells the steps of a redirect apart', () => {
    const text = lines('HTTP/1.1 302 Found', 'location: /token', '', plainAnswer, body);
    expect(readHttpText(text, 'test')).toMatchObject([
      { source: 'test, exchange 1', response: { status: 302, body: '' } },
      { source: 'test, exchange 2', response: { status: 400, body } },
    ]);
  });

  it.each([
    ['* SSL connection using TLSv1.3', 'example.com', 'https'],
    ['* Connected', 'example.com', 'https'],
    ['* Connected', 'example.com:80', 'http'],
    ['* Connected', 'localhost:3000', 'http'],
    ['* ALPN: server accepted h2', 'localhost:3000', 'https'],
  ])('knows the scheme from %s and %s', (remark, host, scheme) => {
    const text = lines(
      remark,
      '> GET /a HTTP/1.1',
      `> Host: ${host}`,
      '> ',
      '< HTTP/1.1 204 No Content',
      '< ',
    );
    expect(readHttpText(text, 'test')[0]?.request?.url).toBe(`${scheme}://${host}/a`);
  });
});
