import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';
import type { RecordedEvent, RecordedExchange } from '../../src/recording/recording.ts';
import { inputs } from '../every-case.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
const callback = 'https://app.example/cb?code=abc&state=x';
const authorization = 'https://as.example/authorize?response_type=code&client_id=app';

function read(text: string, kind?: Parameters<typeof recogniseInput>[2]): readonly RecordedEvent[] {
  const recognition = recogniseInput(text, 'test', kind);
  if (recognition.type === 'unrecognised') throw new Error(recognition.seen);
  return recognition.events;
}

function exchange(text: string): RecordedExchange {
  const [first, ...rest] = read(text);
  expect(rest).toEqual([]);
  if (first?.type !== 'exchange') throw new Error(`${first?.type}`);
  return first;
}

const randomText = Buffer.from(
  Array.from({ length: 600 }, (_, at) => (at * 167 + (at >> 3) * 59) % 256),
).toString('utf8');

describe('recogniseInput', () => {
  it.each([
    ['a JWT', jwt, 'jwt'],
    ['a JWT in quotes', `"${jwt}",`, 'jwt'],
    ['a JWT wrapped over lines', `${jwt.slice(0, 30)}\n${jwt.slice(30)}`, 'jwt'],
    ['a bearer token', `Bearer ${jwt}`, 'jwt'],
    ['an Authorization header', `authorization:  bearer ${jwt}`, 'jwt'],
    ['an authorization URL', authorization, 'authorization_request'],
    ['one without response_type', 'https://as.example/a?client_id=x&redirect_uri=y', 'authorization_request'],
    ['one by reference', 'https://as.example/a?client_id=x&request_uri=urn:y', 'authorization_request'],
    ['a callback', callback, 'callback'],
    ['a callback to a private-use scheme', 'com.example.app:/cb?error=access_denied', 'callback'],
    ['a callback in quotes', `'${callback}'`, 'callback'],
    ['a callback in an address line', `Location: ${callback}`, 'callback'],
    ['the path of a callback', '/cb?code=abc&state=x', 'callback'],
    ['a query', '?code=abc&state=x', 'callback'],
    ['a query without its mark', 'code=abc&state=x', 'callback'],
    ['an error query', 'error=access_denied&error_description=no&state=x', 'callback'],
    ['a callback with its state first', 'https://app.example/cb?state=x&error=access_denied', 'callback'],
    ['one with its issuer first', 'https://app.example/cb?iss=https%3A%2F%2Fa&error=x', 'callback'],
    ['one with another parameter first', 'com.example.app:/cb?lang=en&error=x', 'callback'],
    ['one in a fragment with its state first', 'https://app.example/cb#state=x&error=x', 'callback'],
    ['a fragment with its state first', '#state=x&error=x', 'callback'],
    ['the path of one with its state first', '/cb?state=x&error=x&error_description=a', 'callback'],
    ['a query with its issuer first', 'iss=https%3A%2F%2Fa&error=x', 'callback'],
    ['a callback in a fragment', 'https://app.example/cb#access_token=abc&state=x', 'callback'],
    ['a token response', '{"access_token":"x"}', 'exchange'],
    ['an error', ' {"error":"invalid_grant"} ', 'exchange'],
    ['a form response', 'access_token=abc&token_type=bearer', 'exchange'],
    ['a token request', 'grant_type=authorization_code&code=x', 'exchange'],
    ['metadata', '{"issuer":"https://as.example","token_endpoint":"https://as.example/token"}', 'exchange'],
    ['UserInfo', '{"sub":"alice"}', 'exchange'],
    ['a challenge', 'WWW-Authenticate: Bearer error="invalid_token"', 'exchange'],
    ['a JSONP response', 'callback({"access_token":"x"});', 'exchange'],
    ['a token response without a token', '{"access_token":null,"token_type":"Bearer"}', 'exchange'],
    ['a truncated response', '{"access_token":"x","token_ty', 'exchange'],
    ['a response after a byte order mark', '\uFEFF{"error":"x"}', 'exchange'],
  ])('knows %s', (_, text, type) => {
    expect(read(text).map((item) => item.type)).toEqual([type]);
  });

  it.each([
    ['nothing', ' \n', 'empty'],
    ['words', 'hello world', 'text of 11 characters'],
    ['several lines', 'hello\nworld', 'text of 11 characters on several lines'],
    ['random octets', randomText, 'binary data'],
    ['random octets on one line', randomText.replaceAll('\n', ''), 'binary data'],
    ['an image', '\uFFFDPNG\r\n\u001a\n\0\0\0\rIHDR\0\0\u0002\uFFFD', 'binary data'],
    ['words in colour', '\u001b[31mhello\u001b[0m', 'text of 14 characters'],
    [
      'a HAR whose entries are none',
      '{"log":{"version":"1.2","entries":[1]}}',
      'a JSON document without any exchange',
    ],
    ['JSON of another kind', '{"a":1,"b":2}', 'a JSON object with "a", "b", of an unknown kind'],
    ['a JSON array', '[1,2]', 'a JSON array of other things than exchanges'],
    ['a key set', '{"keys":[]}', 'a key set (JWKS), without a message'],
    [
      'an introspection response',
      '{"active":true,"sub":"248289761001","client_id":"app"}',
      'an introspection response, which this command does not read',
    ],
    ['broken JSON', '{"a":', 'not JSON, although it begins like it: it ends early'],
    [
      'a URL',
      'https://x.example/?q=1',
      'a URL with the parameters q: neither an authorization request nor a callback',
    ],
    [
      'a bare URL',
      'https://x.example/',
      'a URL with no parameters: neither an authorization request nor a callback',
    ],
    [
      'a metadata URL',
      'https://x.example/.well-known/openid-configuration',
      'the URL of a metadata document, and nothing is fetched here',
    ],
    [
      'an opaque token',
      'Bearer gho_abc',
      'an opaque token of 7 characters: only the server that issued it can say what it means',
    ],
    ['the beginning of a JWT', 'eyJhbGciOiJSUzI1', 'a JWT that was cut off or damaged in its header'],
    ['an HTML page', '<!doctype html><p>x', 'an HTML page'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIE', 'a PEM document, such as a key'],
    ['an empty recording', '{"log":{"entries":[]}}', 'a HAR without entries'],
  ])('says what it sees in %s', (_, text, seen) => {
    expect(recogniseInput(text, 'test')).toMatchObject({ type: 'unrecognised', seen });
  });

  it('never quotes what it does not know', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, unit: fc.constantFrom(...'abcdefghijklmnop0123456789+/.'.split('')) }),
        (secret) => {
          const recognition = recogniseInput(`Bearer ${secret}`, 'test');
          if (recognition.type === 'unrecognised') expect(JSON.stringify(recognition)).not.toContain(secret);
        },
      ),
    );
  });

  it.each([
    ['token_response', '<html>oops</html>', 'token'],
    ['userinfo', '{"id":1}', 'userinfo'],
    ['metadata', 'not found', 'discovery'],
  ] as const)('takes the word of --as %s', (kind, text, endpoint) => {
    expect(read(text, kind)).toMatchObject([
      { step: endpoint, response: { status: null, headers: null, body: text } },
    ]);
  });

  it.each<[string, readonly string[]]>([
    [
      'a URL',
      [`${authorization}&redirect_uri=http%3A%2F%2F127`, '.0.0.1%2Fcb&state=xyz&code_chal', 'lenge=abc'],
    ],
    ['a callback', ['http://127.0.0.1:8378/cb?code=SplxlOBeZQ', 'QYbYS6WxSbIA&state=xyz']],
    [
      'a long one whose end has no mark',
      [`${callback}&iss=https%3A%2F%2Fas.example.test%2Ftenants%2Fma`, 'in'],
    ],
  ])('joins %s that was wrapped', (_, lines) => {
    for (const text of [lines.join('\n'), `${lines.join('\r\n')}\r\nBearer ${jwt}\n`]) {
      const [first, ...more] = read(text);
      expect(first?.type === 'callback' || first?.type === 'authorization_request' ? first.url : '').toBe(
        lines.join(''),
      );
      expect(more.length).toBe(text.includes('Bearer') ? 1 : 0);
    }
  });

  it('joins a header field that was folded', () => {
    const field = 'WWW-Authenticate: Bearer error="invalid_token",\n  error_description="It is over"';
    expect(exchange(field).response?.headers).toEqual([
      ['WWW-Authenticate', 'Bearer error="invalid_token", error_description="It is over"'],
    ]);
  });

  const long = `${authorization}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8378%2Fcb&state=abcdefghijklmnop&nonce=qrstuvwxyz`;
  const longJwt = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: 'a', name: 'x'.repeat(90) })).toString('base64url')}.c2ln`;
  const wrap = (text: string, width: number, end = '\n', start = '') =>
    (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => start + line).join(end);
  const mail = (text: string) => wrap(text.replaceAll('=', '=3D'), 72, '=\r\n');
  it.each<[string, (text: string) => string]>([
    ['a chat that quotes', (text) => wrap(text, 70, '\n', '> ')],
    ['a fence of Markdown', (text) => `\`\`\`text\n${text}\n\`\`\``],
    ['a fence, wrapped', (text) => `~~~\r\n${wrap(text, 76, '\r\n')}\r\n~~~`],
    ['quoted-printable mail', mail],
    [
      'a word processor, with blanks that do not break',
      (text) => `\u00A0${wrap(text, 70, '\u00A0\n')}\u00A0`,
    ],
    ['a page with invisible characters', (text) => wrap(text, 50, '\u200B')],
    ['a terminal, with carriage returns', (text) => wrap(text, 64, '\r\n')],
  ])('undoes what is put around a paste by %s', (_, paste) => {
    expect(read(paste(long))).toMatchObject([{ type: 'authorization_request', url: long }]);
    const [token] = read(paste(longJwt));
    expect(token?.type === 'jwt' && token.text).toBe(longJwt);
  });

  it.each([
    ['a link of Markdown', `[log in](${long})`],
    ['a sentence', `The browser opens ${long}, and nothing happens.`],
    ['a command', `$ xdg-open "${long}"`],
    ['HTML', long.replaceAll('&', '&amp;')],
  ])('takes a URL out of %s', (_, text) => {
    expect(read(text)).toMatchObject([{ type: 'authorization_request', url: long }]);
  });

  it.each([
    ['chat', '> {\n>   "error": "x",\n>   "error_description": "y"\n> }'],
    ['word processor', '{\n\u00A0\u00A0"error":\u00A0"x",\u00A0"error_description": "y" }'],
    ['word processor with its own quotes', '{ “error”: “x”, “error_description”: “y” }'],
  ])('reads a response that went through a %s', (_, text) => {
    expect(JSON.parse(exchange(text).response?.body ?? '')).toEqual({ error: 'x', error_description: 'y' });
  });

  it('reads curl -v that a chat quotes, and keeps its own marks', () => {
    const verbose =
      '> POST /token HTTP/1.1\n> Host: as.example\n>\n< HTTP/1.1 400 Bad Request\n<\n{"error":"x"}';
    const quoted = verbose.replace(/^/gm, '> ');
    expect(exchange(quoted)).toEqual(exchange(verbose));
  });

  it('reads the block of code in a message, and says that there is more', () => {
    const text = 'Hi,\n\nthis comes:\n\n```\nHTTP/1.1 400 Bad Request\n\n{"error":"x"}\n```\n\nAny idea?';
    expect(recogniseInput(text, 'test')).toMatchObject({
      events: [{ response: { status: 400, body: '{"error":"x"}' } }],
      unread: [{ source: 'test, outside of the block of code', reason: 'it is text around it' }],
    });
  });

  it.each(['', 'Authorization: '])('joins %sBearer and a token that was wrapped', (name) => {
    expect(read(`${name}Bearer ${wrap(longJwt, 70)}`)).toMatchObject([{ type: 'jwt', text: longJwt }]);
    expect(read(`${name}Bearer ${wrap(longJwt, 70, '\r\n ')}`)).toMatchObject([{ text: longJwt }]);
  });

  it('joins a header field that a terminal broke at a comma or inside quotes', () => {
    const field =
      'WWW-Authenticate: Bearer realm="a",\nerror="invalid_token", error_description="It is\nover"';
    expect(exchange(field).response?.headers).toEqual([
      ['WWW-Authenticate', 'Bearer realm="a", error="invalid_token", error_description="It is over"'],
    ]);
  });

  it.each([
    ['two parts', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0'],
    ['four parts', `${jwt}.x`],
    ['five parts and no enc', `${jwt}.x.y`],
    ['a header alone', 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9'],
    ['a mask', 'eyJhbGciOiJSUzI1NiJ9.***.***'],
    ['a cut', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIi...'],
  ])('takes a token of %s for a JWT', (_, text) => {
    expect(read(text)).toEqual([{ type: 'jwt', at_ms: 0, source: 'test', text }]);
  });

  it('says which lines hold no message, and joins no words to a URL', () => {
    expect(recogniseInput(`${callback}\nok\nand more words\n`, 'test')).toMatchObject({
      events: [{ url: callback }],
      unread: [{ source: 'test, lines 2, 3', reason: 'no message is in it' }],
    });
  });

  it('tells several lines apart', () => {
    const captured = read(`${authorization}\n\n${callback}\nsome words\nBearer ${jwt}\n`);
    expect(captured.map(({ type, source }) => [type, source])).toEqual([
      ['authorization_request', 'test, line 1'],
      ['callback', 'test, line 3'],
      ['jwt', 'test, line 5'],
    ]);
  });
});

describe('an answer with its head', () => {
  const answer = (status: string, body: string) =>
    `HTTP/1.1 ${status}\nContent-Type: application/json\n\n${body}`;

  it.each<[string, string, string]>([
    [
      'a pushed request',
      '201 Created',
      '{"request_uri":"urn:ietf:params:oauth:request_uri:a","expires_in":60}',
    ],
    ['an introspection response', '200 OK', '{"active":true,"sub":"a"}'],
    ['a key set', '200 OK', '{"keys":[]}'],
  ])('is named where it is not judged: %s', (name, status, body) => {
    const words = name === 'a pushed request' ? 'a pushed authorization request' : name;
    for (const text of [answer(status, body), body]) {
      expect(recogniseInput(text, 'test')).toMatchObject({
        type: 'unrecognised',
        seen: expect.stringContaining(words),
      });
    }
  });

  it.each(['{"ok":false,"error":"bad_redirect_uri"}', '{"error":"bad_verification_code"}'])(
    'is a token response where a success has an error: %s',
    (body) => {
      const { messages } = sortConversation(read(answer('200 OK', body)));
      expect(messages.map(({ kind }) => kind)).toEqual(['token_response']);
    },
  );
});

describe('two bodies that run together', () => {
  it.each([
    ['{"error":"invalid_grant"}', '{"error":"invalid_client","error_description":"{}"}'],
    ['{"error":"invalid_grant"}', ' {"access_token":"a"}'],
  ])('are both read: %s%s', (first, second) => {
    expect(read(first + second)).toMatchObject([
      { step: 'token', response: { body: first } },
      { step: 'token', response: { body: second.trim() } },
    ]);
  });

  it('are read in linear time, and left as one where the other is no message', () => {
    expect(read('{"error":"a"}{"b":1}')).toHaveLength(1);
    expect(recogniseInput('{"error":"a"}'.repeat(2000), 'test').type).toBe('recognised');
  });
});

describe('a command below the URLs of its login', () => {
  const command = 'curl https://as.example/token -d grant_type=authorization_code -d code=abc';
  it.each<[string, string, readonly string[]]>([
    ['an authorization URL', `${authorization}\n${command}`, ['authorization_request', 'exchange']],
    ['a blank line between', `${authorization}\n\n$ ${command}`, ['authorization_request', 'exchange']],
    [
      'a callback',
      `${authorization}\n${callback}\n${command}`,
      ['authorization_request', 'callback', 'exchange'],
    ],
    [
      'variables',
      `${authorization}\n\n# redeem\nexport CODE=abc\n${command}`,
      ['authorization_request', 'exchange'],
    ],
    [
      'two URLs',
      `${authorization}\n${authorization}2\n${command}`,
      ['authorization_request', 'authorization_request', 'exchange'],
    ],
  ])('is read with them: %s', (_, text, types) => {
    const recognition = recogniseInput(text, 'test');
    const events = read(text);
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(recognition).not.toHaveProperty('unread');
    expect(events.at(-1)).toMatchObject({ request: { url: 'https://as.example/token' } });
  });

  it('keeps its answer, and tells of what is not read', () => {
    const recognition = recogniseInput(
      `I open\n${authorization}\nand then\n${command}\n{"error":"invalid_grant"}`,
      'test',
    );
    expect(recognition).toMatchObject({
      events: [{ type: 'authorization_request' }, { response: { body: '{"error":"invalid_grant"}' } }],
      unread: [{ source: 'test, lines 1, 3' }],
    });
  });

  it('is looked for in linear time', () => {
    expect(recogniseInput(`x\n${'#\n'.repeat(50_000)}curl`, 'test').type).toBe('unrecognised');
    expect(recogniseInput(`x${'\n'.repeat(50_000)}x\ncurl x`, 'test').type).toBe('unrecognised');
  });
});

describe('an entry of a HAR that was copied by itself', () => {
  const entry = {
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      headers: [],
      postData: { mimeType: 'application/x-www-form-urlencoded', text: 'grant_type=refresh_token' },
    },
    response: { status: 400, headers: [], content: { size: 9, text: '{"error":"invalid_grant"}' } },
    startedDateTime: '2026-11-30T10:00:00.000Z',
  };

  it.each<[string, unknown]>([
    ['alone', entry],
    ['without its time', { request: entry.request, response: entry.response }],
    ['in a list', [entry]],
    ['as the log alone', { version: '1.2', entries: [entry] }],
  ])('is read with its bodies: %s', (_, value) => {
    expect(read(JSON.stringify(value))).toMatchObject([
      {
        request: { method: 'POST', body: 'grant_type=refresh_token' },
        response: { status: 400, body: '{"error":"invalid_grant"}' },
      },
    ]);
  });
});

describe('an exchange document', () => {
  it('may hold the request as it was sent', () => {
    const request = {
      method: 'post',
      url: 'https://as.example/token',
      headers: { 'Content-Type': ['a', 'b'] },
      body: 'grant_type=x',
    };
    const response = {
      status: 200,
      headers: [['A', 'b'], { name: 'C', value: 'd' }],
      body: { access_token: 'x' },
    };
    expect(
      exchange(
        JSON.stringify({
          endpoint: 'token',
          request,
          response,
          started_at: '2026-11-20T10:00:00Z',
          duration_ms: 5,
        }),
      ),
    ).toEqual({
      type: 'exchange',
      at_ms: 0,
      source: 'test',
      step: 'token',
      asked: {},
      request: {
        method: 'POST',
        url: request.url,
        headers: [
          ['Content-Type', 'a'],
          ['Content-Type', 'b'],
        ],
        body: 'grant_type=x',
      },
      response: {
        status: 200,
        headers: [
          ['A', 'b'],
          ['C', 'd'],
        ],
        body: '{"access_token":"x"}',
      },
      started_at: '2026-11-20T10:00:00.000Z',
      duration_ms: 5,
    });
  });

  it.each([
    ['GET', { method: 'GET', url: '/cb?code=x' }, { method: 'GET', url: '/cb?code=x' }],
    ['POST', { method: 'POST', url: '/cb' }, { method: 'POST', url: '/cb', body: 'code=x' }],
    ['PASTE', { method: 'PASTE', url: '/cb#a' }, { method: 'PASTE', url: '/cb#a' }],
    [
      'FRAGMENT',
      { method: 'FRAGMENT', url: '/cb', fragment: 'code=x' },
      { method: 'FRAGMENT', url: '/cb#code=x' },
    ],
    ['no method', { url: '/cb?code=x' }, { method: 'GET', url: '/cb?code=x' }],
  ])('may be a callback by %s', (_, given, callback) => {
    const document = {
      endpoint: 'callback',
      request: { state: 's', scope: 'a b' },
      callback: given,
      response: { status: null, headers: {}, body: 'code=x' },
    };
    expect(read(JSON.stringify(document))).toEqual([
      {
        type: 'callback',
        at_ms: 0,
        waited_ms: 0,
        source: 'test',
        ...callback,
        asked: { state: 's', scope: ['a', 'b'] },
      },
    ]);
  });

  it('counts what has another type as absent', () => {
    const document = {
      endpoint: 7,
      request: { grant: 1, scope: [1, 'a'], state: null },
      response: { status: '200', headers: 5, body: 1 },
    };
    expect(read(JSON.stringify(document))).toMatchObject([
      {
        step: '',
        asked: { scope: ['a'] },
        request: null,
        response: { status: null, headers: null, body: null },
      },
    ]);
  });
});

describe('any input', () => {
  const pieces = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '&',
      '=',
      '?',
      '#',
      '%',
      '+',
      ' ',
      '\n',
      '\r\n',
      '\t',
      '<',
      '>',
      '.',
      '\\',
      '\u0000',
      '\uFEFF',
      '\u202e',
    ],
    ...[
      'HTTP/1.1 200 OK',
      '< HTTP/2 400',
      '> POST /token HTTP/1.1',
      '* Connected',
      'curl -i',
      'Bearer ',
      'WWW-Authenticate: ',
      'Location: ',
    ],
    ...[
      '"log"',
      '"entries"',
      '"response"',
      '"request"',
      '"endpoint"',
      '"kind":"trace"',
      '"events"',
      'access_token',
      'error',
      'grant_type',
      'eyJhbGciOiJub25lIn0',
      'https://',
      '__proto__',
    ],
  );
  const text = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 40 })
    .map((parts) => parts.join(''));

  it('is read without failing', () => {
    fc.assert(
      fc.property(text, (input) => void recogniseInput(input, 'test')),
      { numRuns: inputs(1000) },
    );
  });
});
