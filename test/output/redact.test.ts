import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '../../src/checks/check-result.ts';
import { createRedactor } from '../../src/output/redact.ts';
import { own, say } from '../../src/say.ts';
import { jwt } from './example-login.ts';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const base64url = (text: string) => Buffer.from(text, 'utf8').toString('base64url');
const form = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const ascii = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Ways in which a secret gets into a text, each with what must not be left of it. */
const encodings: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['percent-encoded', encodeURIComponent],
  [
    'percent-encoded in lower case',
    (secret) => encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase()),
  ],
  ['form-encoded', form],
  ['percent-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ['in JSON', inJson],
  ['in JSON with escaped slashes', (secret) => inJson(secret).replaceAll('/', '\\/')],
  ['in ASCII JSON', (secret) => ascii(inJson(secret))],
  ['in JSON inside JSON', (secret) => inJson(inJson(secret))],
  ['in base64', base64],
  ['in base64url', base64url],
  ['as HTTP Basic', (secret) => base64(`my-client:${secret}`)],
  ['as HTTP Basic with another id', (secret) => base64(`client:${secret}`)],
  ['as HTTP Basic, form-encoded first', (secret) => base64(`${form('my client')}:${form(secret)}`)],
];

const secrets = fc
  .string({
    unit: fc.oneof(
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
      fc.constantFrom('é', '愛', '👍', '/', '+', '%', '&', '"', '\\'),
    ),
    minLength: 8,
    maxLength: 60,
  })
  .filter((secret) => secret.replace(/\s/g, '').length >= 8 && !/^[\s]|[\s]$/.test(secret));
const surrounding = fc.string({ unit: 'grapheme', maxLength: 30 });

const withoutPlaceholders = (text: string) => text.replace(/‹[^›]*›/g, '‹›');

describe('the values that a check compares', () => {
  it('are searched for secrets in their foreign parts alone', () => {
    const verdict = fail('It differs.', {
      expected: say`a secret of the client ${String('hunter22-client')}`,
      received: own('the secret of another client'),
    });
    const redactor = createRedactor([
      { kind: 'client_secret', value: 'client' },
      { kind: 'password', value: 'the secret of' },
      { kind: 'token', value: 'hunter22-client' },
    ]);
    expect(redactor.redactJudged(verdict)).toMatchObject({
      expected: 'a secret of the client ‹token›',
      received: 'the secret of another client',
    });
  });
});

describe('redact', () => {
  it.each(encodings)('leaves nothing of a secret %s, whatever stands around it', (_, encode) => {
    fc.assert(
      fc.property(secrets, surrounding, surrounding, (secret, before, after) => {
        const redactor = createRedactor([{ kind: 'client_secret', value: secret }]);
        const encoded = encode(secret);
        const redacted = redactor.redact(`${before} ${encoded} ${after}`);
        expect(redacted).toContain('‹client_secret›');
        expect(withoutPlaceholders(redacted)).not.toContain(encoded);
        expect(withoutPlaceholders(redacted)).not.toContain(secret);
      }),
    );
  });

  it('leaves nothing of a secret in the base64 of a longer text', () => {
    fc.assert(
      fc.property(secrets, surrounding, surrounding, (secret, before, after) => {
        const redactor = createRedactor([{ kind: 'code', value: secret }]);
        expect(redactor.redact(`x ${base64(`${before}${secret}${after}`)} y`)).toBe('x ‹code› y');
      }),
    );
  });

  it('hides several secrets, also where they overlap or hold each other', () => {
    fc.assert(
      fc.property(fc.array(secrets, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5)), (values, order) => {
        const redactor = createRedactor(values.map((value) => ({ kind: 'k', value })));
        const text = order.map((index) => values[index % values.length] ?? '').join('');
        const redacted = redactor.redact(text).replace(/‹k(?: \d+)?›/g, '‹›');
        for (const value of values) expect(redacted).not.toContain(value);
      }),
    );
  });

  it('leaves a text without secrets as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('eyJ'));
        return createRedactor([{ kind: 'code', value: 'SplxlOBeZQQYbYS6WxSbIA' }]).redact(text) === text;
      }),
    );
  });

  it('gives each secret a placeholder of its own and the same one every time', () => {
    const redactor = createRedactor();
    expect(redactor.register('first-token', 'access_token')).toBe('‹access_token›');
    expect(redactor.register('second-token', 'access_token')).toBe('‹access_token 2›');
    expect(redactor.register('first-token', 'refresh_token')).toBe('‹access_token›');
    expect(redactor.redact('second-token first-token second-token')).toBe(
      '‹access_token 2› ‹access_token› ‹access_token 2›',
    );
  });

  it('takes the longest of several secrets that begin alike', () => {
    const redactor = createRedactor([
      { kind: 'short', value: 'abcdefgh' },
      { kind: 'long', value: 'abcdefghijkl' },
    ]);
    expect(redactor.redact('abcdefghijkl abcdefgh')).toBe('‹long› ‹short›');
  });

  it('tells tokens with the same header apart', () => {
    const access = jwt({ scope: 'a' });
    const id = jwt({ nonce: 'b' });
    const redactor = createRedactor([
      { kind: 'access_token', value: access },
      { kind: 'id_token', value: id },
    ]);
    expect(redactor.redact(`${id} ${access}`)).toBe('‹id_token› ‹access_token›');
  });

  it('hides a long secret that was cut off', () => {
    const redactor = createRedactor([{ kind: 'refresh_token', value: 'r4'.repeat(300) }]);
    expect(redactor.redact(`token=${'r4'.repeat(200)}...`)).toBe('token=‹refresh_token›...');
  });

  it.each(encodings)('leaves nothing of a secret of twenty thousand characters %s', (_, encode) => {
    const secret = Array.from({ length: 2500 }, (__, index) => `${index}/+=~ü"`.slice(0, 8)).join('');
    const withoutQuotes = secret.replaceAll('"', '');
    for (const value of [secret, withoutQuotes]) {
      const redacted = createRedactor([{ kind: 'assertion', value }]).redact(`a=${encode(value)}`);
      expect(redacted).toBe(redacted.startsWith('a=') ? 'a=‹assertion›' : '‹assertion›');
    }
    const redactor = createRedactor([{ kind: 'assertion', value: withoutQuotes }]);
    expect(redactor.redact(`{"a":"${withoutQuotes}","b":"c"}`)).toBe('{"a":"‹assertion›","b":"c"}');
  });

  it('hides secrets of a hundred thousand characters', () => {
    const size = 100_000;
    const { redactBody } = createRedactor([{ kind: 'token', value: `${'/'.repeat(size)}!` }]);
    expect(redactBody(`a=${'/'.repeat(size)}`)).toBe('a=‹token›');
    expect(redactBody(`{"access_token":"${'\\n'.repeat(size / 2)}"}`)).toBe(
      '{"access_token":"‹access_token›"}',
    );
    expect(redactBody(`x eyJ${'a'.repeat(size)}.b.c`)).toBe('x ‹jwt›');
    expect(redactBody(`x eyJhbGciOiJub25lIn0.${'a'.repeat(size)}.c`)).toBe('x ‹jwt›');
  });

  it.each([
    ['secret=abc&x=1', 'secret=‹client_secret›&x=1'],
    ['{"client_secret":"abc"}', '{"client_secret":"‹client_secret›"}'],
    ['abc', '‹client_secret›'],
    ['abcd aabc abc', 'abcd aabc abc'],
    ['{"abc":1,"b":"abc"}', '{"abc":1,"b":"‹client_secret›"}'],
  ])('replaces a secret shorter than eight characters only as a whole value: %s', (text, expected) => {
    expect(createRedactor([{ kind: 'client_secret', value: 'abc' }]).redact(text)).toBe(expected);
  });

  it('ignores an empty secret', () => {
    expect(createRedactor([{ kind: 'client_secret', value: '' }]).redact('a=&b="" c')).toBe('a=&b="" c');
  });

  it('hides a JWT or JWE that nobody registered', () => {
    const token = jwt({ sub: 'alice' });
    expect(createRedactor().redact(`Bearer ${token}, (${token})`)).toBe('Bearer ‹jwt›, (‹jwt›)');
    expect(createRedactor().redact('eyJhbGciOiJkaXIifQ..iv.cipher.tag')).toBe('‹jwt›');
  });
});

describe('redactValue', () => {
  it('redacts strings at any depth and keeps names, numbers and structure', () => {
    const redactor = createRedactor([{ kind: 'code', value: 'SplxlOBe' }]);
    expect(redactor.redactValue({ code: 1, a: ['x SplxlOBe', null, { b: 'SplxlOBe' }] })).toEqual({
      code: 1,
      a: ['x ‹code›', null, { b: '‹code›' }],
    });
  });
});

describe('redactHeaders', () => {
  it.each([
    ['Authorization', 'Bearer 2YotnFZFEjr1zCsicMWpAA', 'Bearer ‹credentials›'],
    ['authorization', `Basic ${base64('my-client:gX1fBat3bV')}`, 'Basic ‹client_secret›'],
    ['Proxy-Authorization', 'Basic dTpw', 'Basic ‹credentials›'],
    ['DPoP', jwt({ htm: 'POST' }), '‹dpop›'],
    ['Cookie', 'a=1; session=tokentokentoken', 'a=‹cookie›; session=‹cookie›'],
    ['Set-Cookie', 'sid=31d4d96e407aad42; Path=/; HttpOnly', 'sid=‹cookie›; Path=/; HttpOnly'],
    [
      'Location',
      'http://127.0.0.1:8378/callback?code=Splx&state=xyz',
      'http://127.0.0.1:8378/callback?code=‹code›&state=xyz',
    ],
    ['WWW-Authenticate', 'Bearer error="invalid_token"', 'Bearer error="invalid_token"'],
    ['X-Echo', 'gX1fBat3bV', '‹client_secret›'],
  ])('redacts %s', (name, value, expected) => {
    const redactor = createRedactor([{ kind: 'client_secret', value: 'gX1fBat3bV' }]);
    expect(redactor.redactHeaders([[name, value]])).toEqual([[name, expected]]);
  });
});

describe('redactUrl', () => {
  it.each([
    [
      'https://rp/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0&iss=https%3A%2F%2Fop',
      'https://rp/cb?code=‹code›&state=af0&iss=https%3A%2F%2Fop',
    ],
    [
      'https://rp/cb#access_token=2YotnFZFEjr1&token_type=bearer&id_token=e30',
      'https://rp/cb#access_token=‹access_token›&token_type=bearer&id_token=‹id_token›',
    ],
    [
      'https://user:pass@op/token?client_secret=x',
      'https://‹credentials›@op/token?client_secret=‹client_secret›',
    ],
    [
      'https://op/auth?request=abc&client_id=c&login_hint=a%40b',
      'https://op/auth?request=‹request›&client_id=c&login_hint=a%40b',
    ],
    ['https://op/?%63ode=x1234', 'https://op/?%63ode=‹code›'],
    ['/cb?code=%E0%A4%A&error', '/cb?code=‹code›&error'],
    ['https://op/device', 'https://op/device'],
    ...[
      ...['key', 'auth', 'sig', 'signature', 'sas', 'access_key', 'token', 'apiToken', 'X-Amz-Signature'],
      ...['X-Amz-Credential', 'X-Goog-Signature', 'subscription-key', 'authorization', 'jwt', 'pass'],
    ].map((name) => [`https://api/mcp?a=b&${name}=Zx1`, `https://api/mcp?a=b&${name}=‹${name}›`]),
    ...['state', 'keys', 'kid', 'author', 'design', 'response_type', 'token_type'].map((name) => [
      `https://api/mcp?${name}=Zx1`,
      `https://api/mcp?${name}=Zx1`,
    ]),
  ])('redacts %s', (url, expected) => {
    expect(createRedactor().redactUrl(url)).toBe(expected);
  });

  it('keeps the value secret elsewhere too', () => {
    const redactor = createRedactor();
    redactor.redactUrl('http://127.0.0.1/callback?code=SplxlOBeZQQYbYS6WxSbIA');
    expect(redactor.redact('sent SplxlOBeZQQYbYS6WxSbIA')).toBe('sent ‹code›');
  });

  it('does not take a common word for a secret elsewhere', () => {
    const redactor = createRedactor();
    redactor.redactUrl('http://127.0.0.1/callback?code=error');
    expect(redactor.redact('an error')).toBe('an error');
  });
});

describe('redactBody', () => {
  it.each([
    [
      'JSON',
      '{ "access_token" : "2Yotn", "expires_in": 3600 }',
      '{ "access_token" : "‹access_token›", "expires_in": 3600 }',
    ],
    ['camel case', '{"accessToken":"2Yotn"}', '{"accessToken":"‹accessToken›"}'],
    ['a number', '{"access_token":12345}', '{"access_token":"‹access_token›"}'],
    ['an array', '{"access_token":["2Yotn"],"x":["y"]}', '{"access_token":"‹access_token›","x":["y"]}'],
    ['escapes', '{"refresh_token":"a\\"b\\u002fc"}', '{"refresh_token":"‹refresh_token›"}'],
    ['nested members', '{"data":{"id_token":"abc"}}', '{"data":{"id_token":"‹id_token›"}}'],
    ['an escaped name', '{"access\\u005ftoken":"2Yotn"}', '{"access\\u005ftoken":"‹access_token›"}'],
    [
      'what stands behind odd strings',
      '{"":[[":"]],"access_token":"2Yotn"}',
      '{"":[[":"]],"access_token":"‹access_token›"}',
    ],
    ['a truncated body', '{"access_token":"2Yot', '{"access_token":"‹access_token›"'],
    ['wrapped JSON', 'cb({"access_token":"2Yot"})', 'cb({"access_token":"‹access_token›"})'],
    [
      'a form',
      'grant_type=authorization_code&code=Splx&code_verifier=dBjf',
      'grant_type=authorization_code&code=‹code›&code_verifier=‹code_verifier›',
    ],
    ['XML', '<r><access_token>2Yot</access_token></r>', '<r><access_token>‹access_token›</access_token></r>'],
    ['an error code that is not an authorization code', '{"code":"invalid"}', '{"code":"invalid"}'],
    ['text', 'Service Unavailable', 'Service Unavailable'],
  ])('redacts %s', (_, body, expected) => {
    expect(createRedactor().redactBody(body)).toBe(expected);
  });

  it('leaves no token of a JSON token response', () => {
    fc.assert(
      fc.property(secrets, fc.dictionary(fc.string(), fc.jsonValue()), (token, others) => {
        fc.pre(!JSON.stringify(others).includes(inJson(token)));
        const body = JSON.stringify({ ...others, access_token: token, nested: { refresh_token: token } });
        expect(withoutPlaceholders(createRedactor().redactBody(body))).not.toContain(JSON.stringify(token));
      }),
    );
  });
});
