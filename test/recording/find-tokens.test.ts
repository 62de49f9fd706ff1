import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenKind } from '../../src/recording/collect-tokens.ts';
import { findTokens } from '../../src/recording/find-tokens.ts';
import { readToken } from '../../src/recording/opaque-token.ts';
import { inputs } from '../every-case.ts';
import { es256, hs256, rs256, rsaOaep, sdJwtPresentation } from '../jose/token-vectors.ts';

const jwt = rs256.token;
const other = es256.token;
const wrapped = (jwt.match(/.{1,64}/g) ?? []).join('\n');

const found = (text: string) => {
  const search = findTokens(text);
  return search.type === 'found' ? search.tokens.map(({ name, text: token }) => [name, token]) : search.seen;
};

describe('findTokens', () => {
  it.each([
    ['of a fragment', 'http://127.0.0.1/cb#'],
    ['of a query', 'http://127.0.0.1/cb?'],
    ['without the URL', '#'],
    ['behind another parameter', 'https://app.example/cb?state=x#'],
  ])('names every token %s', (_, start) => {
    expect(found(`${start}access_token=${jwt}&id_token=${other}&token_type=Bearer`)).toEqual([
      ['access_token', jwt],
      ['id_token', other],
    ]);
  });

  it.each([
    ['a bare token', jwt, null],
    ['a line feed behind it', `${jwt}\r\n`, null],
    ['spaces around it', `  ${jwt}\t`, null],
    ['a byte order mark', `\uFEFF${jwt}`, null],
    ['UTF-16 read as UTF-8', `\uFFFD\uFFFD${[...jwt].map((c) => `${c}\0`).join('')}`, null],
    ['double quotes', `"${jwt}"`, null],
    ['single quotes and a comma', `'${jwt}',`, null],
    ['typographic quotes', `“${jwt}”`, null],
    ['backticks', `\`${jwt}\``, null],
    ['angle brackets', `<${jwt}>`, null],
    ['Bearer', `Bearer ${jwt}`, null],
    ['bearer in small letters and two spaces', `bearer  ${jwt}`, null],
    ['DPoP', `DPoP ${jwt}`, null],
    ['Bearer, percent-encoded', `Bearer%20${jwt}`, null],
    ['a header line', `Authorization: Bearer ${jwt}`, 'Authorization'],
    ['a header line in quotes', `"authorization: Bearer ${jwt}"`, 'authorization'],
    ['a header line without scheme', `X-Access-Token: ${jwt}`, 'X-Access-Token'],
    ['a line of JSON', `  "id_token": "${jwt}",`, 'id_token'],
    ['an assignment', `export ID_TOKEN='${jwt}'`.slice(7), 'ID_TOKEN'],
    ['lines of 64 characters', wrapped, null],
    ['lines with CR LF and indentation', wrapped.replaceAll('\n', '\r\n    '), null],
    ['lines of a quoted mail', wrapped.replaceAll(/^/gm, '   > '), null],
    ['lines of a comment', wrapped.replaceAll(/^/gm, '# '), null],
    ['lines of a shell command', wrapped.replaceAll('\n', ' \\\n  '), null],
    ['invisible characters inside', `\u200b${jwt.slice(0, 50)}\u200b\u00ad${jwt.slice(50)}\u2060`, null],
    ['base64, as in a Kubernetes secret', Buffer.from(jwt).toString('base64'), null],
    ['base64 over lines', Buffer.from(jwt).toString('base64').replaceAll(/.{76}/g, '$&\n'), null],
    ['base64 in YAML', `  token: ${Buffer.from(jwt).toString('base64')}`, 'token'],
    [
      'base64 in JSON',
      JSON.stringify({ data: { token: Buffer.from(jwt).toString('base64') } }),
      'data.token',
    ],
    ['dots on lines of their own', jwt.replaceAll('.', '\n.\n'), null],
    ['percent-encoded dots', jwt.replaceAll('.', '%2E'), null],
    ['a query string', `?id_token=${jwt}&state=x`, 'id_token'],
    ['a fragment', `https://app.example/cb#id_token=${jwt}&token_type=bearer`, 'id_token'],
    ['a fragment without its URL', `#access_token=${jwt}&state=x`, 'access_token'],
    ['a URL with another name', `https://app.example/cb?response=${jwt}`, 'response'],
    ['form data', `access_token=${jwt}&token_type=bearer`, 'access_token'],
    ['JSON', JSON.stringify({ access_token: jwt, token_type: 'Bearer' }), 'access_token'],
    ['JSON, nested', JSON.stringify({ data: { idToken: jwt } }), 'data.idToken'],
    ['JSON with a name nobody knows', JSON.stringify({ a: { assertionOfMine: jwt } }), 'a.assertionOfMine'],
    [
      'JSON with Bearer',
      JSON.stringify({ headers: { Authorization: `Bearer ${jwt}` } }),
      'headers.Authorization',
    ],
    ['JSON inside JSON', JSON.stringify([{ body: JSON.stringify({ x: [jwt] }) }]), null],
    ['a list', JSON.stringify([jwt]), null],
    ['JSON that is cut off', `{"access_token":"${jwt}","token_ty`, null],
    ['an XML document', `<r><id_token>${jwt}</id_token></r>`, 'id_token'],
    ['HTML', `<!doctype html><p>${jwt}</p>`, null],
    [
      'a response with its head',
      `HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n{"id_token":"${jwt}"}`,
      'id_token',
    ],
    ['a curl command', `curl -H 'Authorization: Bearer ${jwt}' https://api.example`, null],
    ['running text', `2026-11-20 12:00 token=${jwt} user=alice`, null],
  ])('finds a token in %s', (_, text, name) => {
    expect(found(text)).toEqual([[name, jwt]]);
  });

  it('finds every token of a response, in order, each once', () => {
    const response = { access_token: 'opaque-token', id_token: jwt, refresh_token: 'refresh-me', copy: jwt };
    expect(found(JSON.stringify(response))).toEqual([
      ['access_token', 'opaque-token'],
      ['id_token', jwt],
      ['refresh_token', 'refresh-me'],
    ]);
  });

  it('finds tokens on lines of their own, also when each is wrapped', () => {
    expect(found(`${jwt}\n${other}`)).toEqual([
      [null, jwt],
      [null, other],
    ]);
    expect(found(`${wrapped}\n${other}\n${hs256.token}`)).toEqual([
      [null, jwt],
      [null, other],
      [null, hs256.token],
    ]);
  });

  it('keeps a JWE and an SD-JWT whole', () => {
    expect(found(`Bearer ${rsaOaep.token}`)).toEqual([[null, rsaOaep.token]]);
    expect(found(JSON.stringify({ vp_token: sdJwtPresentation }))).toEqual([['vp_token', sdJwtPresentation]]);
    expect(found(`see ${sdJwtPresentation} there`)).toEqual([[null, sdJwtPresentation]]);
  });

  it('makes the compact form of a JSON serialization (RFC 7515 §7.2, RFC 7516 §7.2.2)', () => {
    const [header, payload, signature] = jwt.split('.');
    expect(found(JSON.stringify({ payload, protected: header, signature }))).toEqual([[null, jwt]]);
    const several = { payload, signatures: [{ protected: header, signature }, { signature: 'x' }] };
    expect(found(JSON.stringify(several))).toEqual([['signatures[0]', jwt]]);
    const [jweHeader, encrypted_key, iv, ciphertext, tag] = rsaOaep.token.split('.');
    const flattened = { protected: jweHeader, encrypted_key, iv, ciphertext, tag };
    expect(found(JSON.stringify(flattened))).toEqual([[null, rsaOaep.token]]);
  });

  it('takes a single word for an opaque token', () => {
    expect(found('Bearer mF_9.B5f-4.1JqM')).toEqual([[null, 'mF_9.B5f-4.1JqM']]);
    expect(found('2YotnFZFEjr1zCsicMWpAA==')).toEqual([[null, '2YotnFZFEjr1zCsicMWpAA==']]);
  });

  it.each([
    ['', 'empty'],
    ['short', 'text without a token'],
    ['näïve-tökens-are-none', 'text without a token'],
    ['two words', 'text without a token'],
    ['\uFFFDPNG\r\n\u001a\n\0\0\0\rIHDR\0\0\u0002\uFFFD', 'binary data'],
    ['{"keys":[{"kty":"RSA","kid":"a"}]}', 'a key set (JWKS), without a token'],
    ['{"a":1}', 'a document without a token'],
    ['https://app.example/', 'a URL without a token'],
  ])('finds none in %j', (text, seen) => {
    expect(found(text)).toBe(seen);
  });

  it.each([
    ['base64 that begins like that of a JWT', `ZXlK${'a'.repeat(9e6)}`, 'found'],
    ['the base64 of a long JWT', Buffer.from(`eyJ${'a'.repeat(6e6)}.e30.`).toString('base64'), 'found'],
    ['the signs of a comment', `${'#'.repeat(9e6)}\nsome words`, 'nothing'],
    ['the signs of a quotation', '> '.repeat(4.5e6), 'nothing'],
  ])('reads millions of characters: %s', (_, text, type) => {
    expect(findTokens(text).type).toBe(type);
  });

  it('says how many more there are than a hundred', () => {
    const many = Array.from({ length: 130 }, (_, index) => ({ access_token: `token-number-${index}` }));
    expect(findTokens(JSON.stringify(many))).toMatchObject({ type: 'found', leftOut: 30 });
  });

  it('names what a token is by the last word of its path', () => {
    expect(tokenKind({ name: 'data.items[0].id_token' })).toBe('id_token');
    expect(tokenKind({ name: null })).toBeNull();
  });
});

/** Pieces that hostile and damaged input is made of. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    jwt,
    other,
    rsaOaep.token,
    sdJwtPresentation,
    jwt.slice(0, 60),
    '.',
    '~',
    '..',
    'eyJ',
    'eyJh.',
  ),
  fc.constantFrom(
    'Bearer ',
    '{"id_token":"',
    '"}',
    '%',
    '%2E',
    '\n',
    '=',
    '?',
    '#',
    '&',
    '://',
    '\0',
    '<',
    '[[',
  ),
);

describe('any text', () => {
  it('is searched and read without a crash', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const search = findTokens(pieces.join(''));
        const types = search.type === 'nothing' ? [] : search.tokens.map(({ text }) => readToken(text).type);
        expect(types.filter((type) => !/^(jws|jwe|sd_jwt|opaque)$/.test(type))).toEqual([]);
      }),
      { numRuns: inputs(2000) },
    );
  });

  it('in which a whole JWT stands yields it, whatever stands around', () => {
    const around = fc.stringMatching(/^[ ,;|<>(){}[\]\n\t]{0,12}$/);
    fc.assert(
      fc.property(around, around, (before, after) => {
        const search = findTokens(`${before}${jwt}${after}`);
        expect(search.type === 'found' && search.tokens.map(({ text }) => text)).toEqual([jwt]);
      }),
      { numRuns: inputs(500) },
    );
  });

  it('takes a padded header for no name', () => {
    const padded = jwt.replace('.', '=.');
    expect(found(padded)).toEqual([[null, padded]]);
  });

  it.each([
    [`${jwt.slice(0, 100)}…`, 'a token that was shortened for display'],
    [`access_token  ${jwt.slice(0, 20)}...${jwt.slice(-6)}`, 'a token that was shortened for display'],
    ['Authorization: Basic Y2xpZW50OnNlY3JldA==', 'a Basic authorization, which is a name and a secret'],
  ])('says what %j is', (text, seen) => {
    expect(found(text)).toBe(seen);
  });
});
