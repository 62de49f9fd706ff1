import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/output/redact.ts';
import { jwt } from './example-login.ts';

const secret = 'kZ9x-Qw7p_Lm3vT5&dR<2';
const code = 'SplxlOBeZQQYbYS6WxSbIA';
const phrase = 'Tr0ub4dor &3 horses';
/** Letters of two, three and four octets. */
const beyondAscii = 'gärtnér€𝔘 pförtner';

const each = (text: string, write: (octet: number) => string) =>
  Array.from(Buffer.from(text), write).join('');
const hex = (octet: number) => octet.toString(16).padStart(2, '0');
const html = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** How a server may send a secret back; the next attack is a row. */
const spellings: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['HTML-escaped', html],
  ['HTML-escaped twice', (text) => html(html(text))],
  ['as decimal character references', (text) => each(text, (octet) => `&#${octet};`)],
  ['as hexadecimal character references', (text) => each(text, (octet) => `&#x${hex(octet)};`)],
  ['as references with leading zeros', (text) => each(text, (octet) => `&#000000000${octet};`)],
  ['as hexadecimal references with zeros', (text) => each(text, (octet) => `&#x0000000000${hex(octet)};`)],
  ['\\U-escaped', (text) => each(text, (octet) => `\\U000000${hex(octet)}`)],
  ['%u-escaped', (text) => each(text, (octet) => `%u00${hex(octet)}`)],
  ['\\u-escaped', (text) => each(text, (octet) => `\\u00${hex(octet)}`)],
  ['\\u{}-escaped', (text) => each(text, (octet) => `\\u{${hex(octet)}}`)],
  ['\\x-escaped', (text) => each(text, (octet) => `\\x${hex(octet)}`)],
  ['\\u-escaped in a JSON string in JSON', (text) => each(text, (octet) => `\\\\u00${hex(octet)}`)],
  ['octal-escaped', (text) => each(text, (octet) => `\\${octet.toString(8).padStart(3, '0')}`)],
  ['every character percent-encoded', (text) => each(text, (octet) => `%${hex(octet)}`)],
  ['every character percent-encoded twice', (text) => each(text, (octet) => `%25${hex(octet)}`)],
  ['in hexadecimal', (text) => each(text, hex)],
  ['in upper-case hexadecimal', (text) => each(text, hex).toUpperCase()],
  [
    'with named character references',
    (text) =>
      text
        .replaceAll('&', '&amp;')
        .replaceAll('-', '&#45;')
        .replaceAll('<', '&lt;')
        .replaceAll('_', '&lowbar;')
        .replaceAll('ä', '&auml;')
        .replaceAll('é', '&eacute;')
        .replaceAll('€', '&euro;'),
  ],
  ['in hexadecimal with commas', (text) => Array.from(Buffer.from(text), hex).join(', ')],
  ['in hexadecimal with colons', (text) => Array.from(Buffer.from(text), hex).join(':')],
  ['in hexadecimal with hyphens', (text) => Array.from(Buffer.from(text), hex).join('-')],
  ['in hexadecimal with 0x', (text) => Array.from(Buffer.from(text), (octet) => `0x${hex(octet)}`).join(' ')],
  [
    'in hexadecimal as a list',
    (text) => Array.from(Buffer.from(text), (octet) => `0x${hex(octet)}`).join(', '),
  ],
  ['in upper case', (text) => text.toUpperCase()],
  ['in lower case', (text) => text.toLowerCase()],
  ['split by spaces', (text) => text.split('').join(' ')],
  ['split by line feeds', (text) => text.replace(/.{5}/g, '$&\r\n\t')],
  ['split by zero-width spaces', (text) => text.split('').join('\u200b')],
  [
    'in base64 broken into lines',
    (text) => Buffer.from(`id:${text}`).toString('base64').replace(/.{7}/g, '$&\n'),
  ],
  ['its first two thirds', (text) => text.slice(0, Math.ceil((text.length * 2) / 3))],
  ['its last two thirds', (text) => text.slice(Math.floor(text.length / 3))],
  ['half of it', (text) => text.slice(0, Math.min(12, Math.ceil(text.length / 2) + 1))],
];

describe('a secret in foreign text', () => {
  it.each(
    spellings.flatMap(([name, spell]) =>
      [secret, code, phrase].map((value) => [name, value, spell(value)] as const),
    ),
  )('is hidden %s (%s)', (_, value, spelled) => {
    const { redact } = createRedactor([{ kind: 'client_secret', value }]);
    const redacted = redact(`It said (${spelled}), which is all.`);
    expect(redacted).toMatch(/^It said \((?:‹client_secret›\s*)+\), which is all\.$/);
  });

  it.each([
    ['\\x-escaped octets', (octet: number) => `\\x${hex(octet)}`],
    ['octal octets', (octet: number) => `\\${octet.toString(8).padStart(3, '0')}`],
    ['hexadecimal', hex],
    ['percent-encoding', (octet: number) => `%${hex(octet)}`],
  ])('is hidden in UTF-8 as %s', (_, write) => {
    const { redact } = createRedactor([{ kind: 'k', value: beyondAscii }]);
    expect(redact(`x ${each(beyondAscii, write)} y`)).toMatch(/^x (?:‹k›\s*)+ y$/);
    // Only what is not ASCII is escaped by many programs.
    const partly = beyondAscii.replace(/[^ -~]+/g, (text) => each(text, write));
    if (write !== hex) expect(redact(`x ${partly} y`)).toMatch(/^x (?:‹k›\s*)+ y$/);
  });

  it.each([
    ['half of a secret of 16 characters', 'abcdefgh12345678', 'x abcdefgh y', 'x ‹k› y'],
    ['less than half of it', 'abcdefgh12345678', 'x abcdefg y', 'x abcdefg y'],
    ['12 characters of a long one', `${code}${code}`, `x ${code.slice(3, 15)} y`, 'x ‹k› y'],
    [
      '12 characters with blanks of a long one',
      'ab cd ef gh ij kl mn op qr st uv wx',
      'x cd ef gh ij k y',
      'x ‹k› y',
    ],
    ['11 characters of a long one', `${code}${code}`, `x ${code.slice(3, 14)} y`, `x ${code.slice(3, 14)} y`],
    ['one with an escape of its own', 'k&#48;y%41z', 'x k\\u0026#48;y%2541z y', 'x ‹k› y'],
    [
      'one with long names of its signs',
      'a1*b2_c3`d4|e5 f6\tg7',
      'x a1&midast;b2&UnderBar;c3&DiacriticalGrave;d4&VerticalLine;e5&NonBreakingSpace;f6&Tab;g7 y',
      'x ‹k› y',
    ],
    [
      'one with names that are not seen',
      'k9w2m5x7',
      'x k9&ZeroWidthSpace;w2&zwnj;m5&NoBreak;x7 y',
      'x ‹k› y',
    ],
    [
      'one with letters of Europe',
      'łódźßő9ž',
      'x &lstrok;&oacute;d&zacute;&szlig;&odblac;9&zcaron; y',
      'x ‹k› y',
    ],
    ['one with named letters', 'gärtnér€ñ?x', 'x g&auml;rtn&Eacute;r&euro;&ntilde;&quest;x y', 'x ‹k› y'],
    [
      'one with named symbols',
      '5£-§µ²°ΩπΔ¾',
      'x 5&pound;-&sect;&micro;&sup2;&deg;&Omega;&pi;&Delta;&frac34; y',
      'x ‹k› y',
    ],
    [
      'one whose octets were read as Latin-1',
      'gärtnér€ñ',
      `x ${Buffer.from('gärtnér€ñ').toString('latin1')} y`,
      'x ‹k› y',
    ],
    ['one in composed letters', 'gärtnér-ñỹ', `x ${'gärtnér-ñỹ'.normalize('NFD')} y`, 'x ‹k› y'],
    ['one in letters with marks', 'gärtnér-ñỹx'.normalize('NFD'), 'x gärtnér-ñỹx y', 'x ‹k› y'],
    ['a short one as a value', 'wrong', '{"a":"wrong"}', '{"a":"‹k›"}'],
    ['a short one as a parameter', 'wrong', 'https://a/?x=wrong&y=1', 'https://a/?x=‹k›&y=1'],
    ['a short one in an array', '734512', '[734512,1]', '[‹k›,1]'],
    ['a short one last in an array', '734512', '[1, 734512]', '[1, ‹k›]'],
    ['a short one in an array of texts', 'wrong', '["wrong","wrong"]', '["‹k›","‹k›"]'],
    ['a short one in braces', 'wrong', '{wrong}', '{‹k›}'],
    ['a short one in another letter case', 'hunter', '{"a":"HUNTER"}', '{"a":"‹k›"}'],
    ['a short one in hexadecimal', 'hunter', 'x=68756e746572', 'x=‹k›'],
    ['a short one in upper-case hexadecimal', 'jkl', '"6A6B6C"', '"‹k›"'],
    ['a short one in base64', 'hunter', '{"a":"aHVudGVy"}', '{"a":"‹k›"}'],
    ['a short one in prose', 'wrong', 'The password is wrong.', 'The password is wrong.'],
    ['a short one as the name of a member', 'wrong', '{"wrong":1}', '{"wrong":1}'],
  ])('is found by length: %s', (_, value, text, expected) => {
    expect(createRedactor([{ kind: 'k', value }]).redact(text)).toBe(expected);
  });
});

describe('a secret in any part of a header field', () => {
  it.each([
    ['Set-Cookie', `a=; Path=/cb/${code}`, 'Set-Cookie', 'a=; Path=/cb/‹k›'],
    ['Set-Cookie', `${code}=b; Path=/`, 'Set-Cookie', '‹k›=‹cookie›; Path=/'],
    ['Set-Cookie', `${code}=; Path=/`, 'Set-Cookie', '‹k›=; Path=/'],
    ['Cookie', `a=b; ${code}=c`, 'Cookie', 'a=‹cookie›; ‹k›=‹cookie›'],
    ['Authorization', `${code} xx`, 'Authorization', '‹k› ‹credentials›'],
    ['Proxy-Authorization', `${code} xx`, 'Proxy-Authorization', '‹k› ‹credentials›'],
    ['X', code, 'X', '‹k›'],
    [`x-${code}`, '1', 'x-‹k›', '1'],
  ])('is hidden in %s: %s', (...[name, value, shownName, shown]) => {
    const { redactHeaders } = createRedactor([{ kind: 'k', value: code }]);
    expect(redactHeaders([[name, value]])).toEqual([[shownName, shown]]);
  });
});

describe('a secret in the form of a registered word', () => {
  it.each(['urn:ietf:params:oauth:@', 'urn:ietf:params:oauth:grant-type:@', '@_endpoint', '@_supported'])(
    'is hidden in %s',
    (form) => {
      const value = 'sqwtrplkdpphtqmzt_kdx';
      const { redact } = createRedactor([{ kind: 'k', value }]);
      expect(redact(`try ${form.replace('@', value)}`)).toBe(`try ${form.replace('@', '‹k›')}`);
    },
  );
});

describe('what is never hidden', () => {
  it.each([
    ['a registered parameter', 'client_secret', 'client_secret is wrong'],
    ['a registered parameter of which the secret is a part', 'my-client-secret', '{"client_secret":1}'],
    ['a registered value', 'client_credentials', 'grant_type=client_credentials&scope=a'],
    ['an error code', 'invalid_client', '{"error":"invalid_client"}'],
    ['a registered word that is short', 'token', '{"token":"token"}'],
    [
      'a registered URN',
      'token-exchange-9',
      'grant_type=urn:ietf:params:oauth:grant-type:token-exchange&scope=a',
    ],
    ['a member of the metadata', 'introspection-9', '{"introspection_endpoint":1}'],
    ['a placeholder', 'access_tokens', 'x ‹access_token› y'],
  ])('%s', (_, value, text) => {
    expect(createRedactor([{ kind: 'k', value }]).redact(text)).toBe(text);
  });

  it.each([
    ['a client id', 'web-app-1'],
    ['an issuer', 'https://login.example.com/web-app-1'],
    ['a redirect URI', 'http://127.0.0.1:8378/web-app-1'],
  ])('%s that was sent openly', (_, open) => {
    const redactor = createRedactor([{ kind: 'client_secret', value: 'web-app-1' }]);
    redactor.allow([open]);
    expect(redactor.redact(`It is ${open}.`)).toBe(`It is ${open}.`);
    expect(redactor.redactHeaders([['Authorization', 'Basic x']])).toEqual([
      ['Authorization', 'Basic ‹credentials›'],
    ]);
    expect(redactor.redactBody('client_secret=web-app-1')).toBe('client_secret=‹client_secret›');
  });

  it('the header of a JWT', () => {
    const token = jwt({ sub: 'alice', scope: 'a-scope-that-is-long' });
    const [header = ''] = token.split('.');
    const { redact } = createRedactor([{ kind: 'access_token', value: token }]);
    expect(redact(`header ${header} alg`)).toBe(`header ${header} alg`);
    expect(redact(`token ${token} end`)).toBe('token ‹access_token› end');
  });
});

describe('the search', () => {
  it('reads a text once, however many secrets are known', () => {
    const secrets = Array.from({ length: 300 }, (_, index) => ({
      kind: 'k',
      value: Buffer.from(`secret number ${index} of many`).toString('base64'),
    }));
    const text = 'Nothing is in here but words. '.repeat(20_000);
    expect(createRedactor(secrets).redact(text)).toBe(text);
  });

  it.each([
    ['slashes', '/'],
    ['backslashes', '\\'],
    ['percent signs', '%2'],
    ['unfinished references', '&#x'],
    ['the beginning of the secret', code.slice(0, 10)],
    ['letters of base64', 'QUJD'],
    ['octets between colons', '73:'],
    ['octets behind 0x', '0x73, '],
    ['zeros of a reference', '&#0000'],
    ['zeros', '0'],
    ['names of characters', '&a'],
    ['octal escapes', '\\163'],
  ])('does not slow down with %s', (_, part) => {
    const text = part.repeat(Math.ceil(600_000 / part.length));
    expect(createRedactor([{ kind: 'code', value: code }]).redact(text)).toBe(text);
  });
});
