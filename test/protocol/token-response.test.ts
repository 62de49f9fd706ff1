import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ErrorReading,
  readTokenResponse,
  type TokenResponseReading,
  type TokensReading,
} from '../../src/protocol/token-response.ts';
import { inputs } from '../every-case.ts';

function read(body: unknown, status = 200): TokenResponseReading {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readTokenResponse({ status, headers: [], body: text }, {});
}

function readTokens(body: unknown): TokensReading {
  const reading = read(body);
  if (reading.type !== 'tokens') {
    throw new Error('no tokens');
  }
  return reading;
}

function readError(body: unknown, status = 400): ErrorReading {
  const reading = read(body, status);
  if (reading.type !== 'error') {
    throw new Error('no error');
  }
  return reading;
}

describe('readTokenResponse', () => {
  it.each<[string, unknown, number, TokenResponseReading['type']]>([
    ['a token', { access_token: 't' }, 200, 'tokens'],
    ['status 299', { access_token: 't' }, 299, 'tokens'],
    ['status 300', { access_token: 't' }, 300, 'error'],
    ['status 400', { access_token: 't' }, 400, 'error'],
    ['error null', { error: null, access_token: 't' }, 200, 'tokens'],
    ['error false', { error: false, access_token: 't' }, 200, 'tokens'],
    ['error empty', { error: '', access_token: 't' }, 200, 'tokens'],
    ['error 0', { error: 0, access_token: 't' }, 200, 'error'],
    ['error true', { error: true, access_token: 't' }, 200, 'error'],
    ['error an object', { error: {}, access_token: 't' }, 200, 'error'],
    ['error an array', { error: [], access_token: 't' }, 200, 'error'],
    ['error further down', { data: { error: 'x', access_token: 't' } }, 200, 'tokens'],
    ['an empty token', { access_token: '' }, 200, 'error'],
    ['a token that is a number', { access_token: 1 }, 200, 'error'],
    ['an ID token only', { id_token: 't' }, 200, 'tokens'],
    ['nothing', {}, 200, 'error'],
    ['an array with a token', [{ access_token: 't' }], 200, 'tokens'],
    ['the prototype', '{"__proto__":{"access_token":"t"}}', 200, 'tokens'],
  ])('tells tokens from errors: %s', (_, body, status, type) => {
    expect(read(body, status).type).toBe(type);
  });

  describe('finding the tokens', () => {
    it.each<[string, unknown, string, string]>([
      ['level by level', { a: { b: { access_token: 'deep' } }, c: { access_token: 'near' } }, 'near', 'c'],
      ['in document order', { a: { access_token: '1' }, b: { access_token: '2' } }, '1', 'a'],
      [
        'in document order with numbers as names',
        '{"b":{"access_token":"1"},"0":{"access_token":"2"}}',
        '1',
        'b',
      ],
      [
        'through arrays, which are not levels',
        { a: [[{ access_token: '1' }]], b: { access_token: '2' } },
        '1',
        'a[0][0]',
      ],
      ['three levels down', { a: { b: { c: { access_token: '1' } } } }, '1', 'a.b.c'],
      [
        'three levels down in an array',
        { a: [{ b: [{ c: [{ access_token: '1' }] }] }] },
        '1',
        'a[0].b[0].c[0]',
      ],
      ['with an alias above the exact name', { token: '1', a: { access_token: '2' } }, '1', ''],
      ['in an array at the top', [1, { access_token: '1' }], '1', '[1]'],
      ['past a null', { access_token: null, a: { access_token: '1' } }, '1', 'a'],
      ['as a member of something of its name', { access_token: { token: '1' } }, '1', 'access_token'],
    ])('searches %s', (_, body, token, path) => {
      expect(readTokens(body)).toMatchObject({ accessToken: token, path });
    });

    it('does not search four levels down', () => {
      expect(read({ a: { b: { c: { d: { access_token: 't' } } } } }).type).toBe('error');
    });

    it('prefers any access token to an ID token', () => {
      const reading = readTokens({ id_token: 'i', a: { access_token: 't', scope: 'x' }, scope: 'y' });
      expect(reading).toMatchObject({ accessToken: 't', idToken: 'i', scope: ['x'], path: 'a' });
    });

    it('takes an ID token beside the access token before one at the top', () => {
      expect(readTokens({ id_token: 'top', a: { access_token: 't', id_token: 'beside' } }).idToken).toBe(
        'beside',
      );
    });

    it('names where further, different access tokens are', () => {
      const body = {
        access_token: '1',
        a: { access_token: '1' },
        b: [{ access_token: '2' }],
        c: { accessToken: '3' },
      };
      expect(readTokens(body).additionalTokens).toEqual(['b[0]', 'c']);
    });
  });

  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    [
      'camel case',
      { accessToken: 't', tokenType: 'x', expiresIn: 1, refreshToken: 'r', idToken: 'i', scopes: 's' },
      [
        ['access_token', 'accessToken'],
        ['token_type', 'tokenType'],
        ['expires_in', 'expiresIn'],
        ['refresh_token', 'refreshToken'],
        ['scope', 'scopes'],
        ['id_token', 'idToken'],
      ],
    ],
    [
      'letter case and hyphens',
      { 'ACCESS-TOKEN': 't', Scope: 's' },
      [
        ['access_token', 'ACCESS-TOKEN'],
        ['scope', 'Scope'],
      ],
    ],
    ['oauth_token', { oauth_token: 't' }, [['access_token', 'oauth_token']]],
    ['the exact name beside an alias', { token: 'u', access_token: 't' }, []],
    [
      'aliases in the order of the table',
      { oauthToken: 'v', token: 'u', AccessToken: 't' },
      [['access_token', 'AccessToken']],
    ],
    ['a null under the exact name', { access_token: null, token: 't' }, [['access_token', 'token']]],
    ['expires below the limit', { access_token: 't', expires: 999999999 }, [['expires_in', 'expires']]],
    ['expires at the limit', { access_token: 't', expires: 1000000000 }, []],
    ['expire_in', { access_token: 't', expire_in: 1 }, [['expires_in', 'expire_in']]],
    ['expire', { access_token: 't', expire: '1' }, [['expires_in', 'expire']]],
    ['an ID token at the top', { idToken: 'i', a: { access_token: 't' } }, [['id_token', 'idToken']]],
  ])('knows other names: %s', (_, body, renamed) => {
    const reading = readTokens(body);
    expect(reading.renamed).toEqual(renamed.map(([parameter, name]) => ({ parameter, name })));
    if (reading.accessToken !== null) expect(reading.accessToken).toBe('t');
  });

  it.each<[unknown, number | null, 'number' | 'string' | null]>([
    [3600, 3600, 'number'],
    ['3600', 3600, 'string'],
    ['0010', 10, 'string'],
    [0, 0, 'number'],
    [-1, -1, 'number'],
    ['-1', -1, 'string'],
    [3599.5, 3599.5, 'number'],
    ['3600s', null, null],
    ['', null, null],
    [null, null, null],
    [true, null, null],
    [[3600], null, null],
  ])('reads expires_in %j as %s', (expires_in, seconds, type) => {
    expect(readTokens({ access_token: 't', expires_in })).toMatchObject({
      expiresInSeconds: seconds,
      lifetimeType: type,
    });
  });

  it.each<[string, unknown, string, string | null]>([
    ['expires_at', 1790000000, '1790000000', '2026-09-21T14:13:20.000Z'],
    ['expiresOn', '1790000000', '1790000000', '2026-09-21T14:13:20.000Z'],
    ['expire_time', 1790000000000, '1790000000000', '2026-09-21T14:13:20.000Z'],
    ['expiration', '2026-12-01T12:00:00Z', '2026-12-01T12:00:00Z', '2026-12-01T12:00:00.000Z'],
    [
      'Expiration-Date',
      '2026-12-01 12:00:00.5+02:00',
      '2026-12-01 12:00:00.5+02:00',
      '2026-12-01T10:00:00.500Z',
    ],
    ['access_token_expiration', 'tomorrow', 'tomorrow', null],
    ['expires', 1790000000, '1790000000', '2026-09-21T14:13:20.000Z'],
    ['expires', 'Tue, 01 Dec 2026 12:00:00 GMT', 'Tue, 01 Dec 2026 12:00:00 GMT', null],
    ['expires_at', '2026-13-41T12:00:00Z', '2026-13-41T12:00:00Z', null],
    ['expires_at', 1e300, '1e+300', null],
    ['expires_at', 3600, '3600', null],
  ])('reads the absolute expiry %s: %j', (name, value, raw, at) => {
    const reading = readTokens({ access_token: 't', [name]: value });
    expect(reading.absoluteExpiry).toMatchObject({ name, raw });
    expect(reading.expiresAt?.toISOString() ?? null).toBe(at);
    expect(reading.expiresInSeconds).toBeNull();
  });

  it.each([null, '', false, {}])('takes an absolute expiry of %j for none', (expires_at) => {
    expect(readTokens({ access_token: 't', expires_at }).absoluteExpiry).toBeNull();
  });

  it.each<[unknown, readonly string[] | null, string | null]>([
    ['a b', ['a', 'b'], 'spaces'],
    ['a  b\tc', ['a', 'b', 'c'], 'spaces'],
    ['a,b', ['a', 'b'], 'commas'],
    ['a, b', ['a,', 'b'], 'spaces'],
    ['a', ['a'], 'spaces'],
    [' ', [], 'spaces'],
    [['a b', 'c'], ['a b', 'c'], 'array'],
    [[], [], 'array'],
    [[1, null], ['1', 'null'], 'array'],
    ['', null, null],
    [null, null, null],
    [{}, null, null],
  ])('reads scope %j', (scope, values, form) => {
    expect(readTokens({ access_token: 't', scope })).toMatchObject({ scope: values, scopeForm: form });
  });

  it.each([
    ['BEARER', 'Bearer'],
    ['dpop', 'DPoP'],
    ['pop', 'PoP'],
    ['n_a', 'N_A'],
    ['mac', 'mac'],
    ['Bearer ', 'Bearer '],
    ['urn:x:Y', 'urn:x:Y'],
  ])('writes the token type %j as %j', (token_type, canonical) => {
    expect(readTokens({ access_token: 't', token_type }).tokenType).toBe(canonical);
  });

  it('names parameters that are null, empty or of the wrong type, at the top and beside the tokens', () => {
    const reading = readTokens({
      error: null,
      error_uri: 5,
      refreshToken: null,
      token: null,
      other: null,
      data: {
        access_token: 't',
        scope: '',
        id_token: false,
        expires_in: '1h',
        refresh_token: ['r'],
        Token_Type: {},
      },
      elsewhere: { scope: null },
    });
    expect(reading.nullParameters).toEqual(['error', 'refreshToken']);
    expect(reading.emptyParameters).toEqual(['scope']);
    expect(reading.wrongTypes).toEqual([
      { name: 'error_uri', type: 'number' },
      { name: 'id_token', type: 'boolean' },
      { name: 'expires_in', type: 'string' },
      { name: 'refresh_token', type: 'array' },
      { name: 'Token_Type', type: 'object' },
    ]);
  });

  it('does not judge types in form data and XML, which have only strings', () => {
    expect(readTokens('access_token=t&expires_in=1h&scope=')).toMatchObject({
      wrongTypes: [],
      emptyParameters: ['scope'],
    });
    expect(readTokens('<a><access_token>t</access_token><expires_in>60</expires_in></a>')).toMatchObject({
      accessToken: 't',
      expiresInSeconds: 60,
      members: { access_token: 't', expires_in: '60' },
    });
  });

  it.each<[string, unknown, string | null, string | null]>([
    ['a string', { error: 'e', error_description: 'd' }, 'e', 'd'],
    ['a number', { error: 7 }, '7', null],
    ['a huge number', '{"errcode":12345678901234567890}', '12345678901234567890', null],
    ['a number with an exponent', '{"errcode":4e2}', '400', null],
    ['zero', { error_code: 0 }, '0', null],
    ['a boolean, which is passed over', { error: true, code: 'c' }, 'c', null],
    ['an array, which is passed over', { error: ['x'], code: 'c' }, 'c', null],
    ['an object by its type', { error: { code: 1, type: 't', message: 'm' } }, 't', 'm'],
    ['an object by its code', { error: { type: '', code: 1, status: 's' } }, '1', null],
    ['an object by its status', { error: { type: null, status: 's' } }, 's', null],
    ['an object without either', { error: { message: 'm' }, status: 5 }, '5', null],
    ['the order of names', { status: 's', code: 'c', errorCode: 'e' }, 'e', null],
    ['error_reason last', { error_reason: 'r', result: 'x' }, 'x', null],
    ['a nested object', { a: 1, b: { code: 'c', message: 'm' }, message: 'top' }, 'c', 'm'],
    ['the first nested object with a code', { a: { x: 1 }, b: { code: 'c' }, d: { error: 'e' } }, 'c', null],
    ['the first object of an array', { errors: [1, { code: 'c', reason: 'r' }, { code: 'd' }] }, 'c', 'r'],
    ['no second object of an array', { errors: [{ x: 1 }, { code: 'c' }] }, null, null],
    ['nothing two levels down', { a: { b: { code: 'c' } } }, null, null],
    ['an array at the top', [{ code: 'c', message: 'm' }], 'c', 'm'],
    ['numbers as names, in document order', '{"b":{"code":"1"},"0":{"code":"2"}}', '1', null],
    [
      'the description of the top first',
      { error_description: 'd', error: { type: 't', error_message: 'x' } },
      't',
      'd',
    ],
    ['the description beside the code, else at the top', { error: { type: 't' }, msg: 'm' }, 't', 'm'],
    ['the order of descriptions', { error: 'e', detail: 'x', err: 'y', Message: 'z', message: '' }, 'e', 'z'],
    ['an empty description', { error: 'e', error_description: '', message: 'm' }, 'e', 'm'],
    ['a description that is not a string', { error: 'e', message: { a: 1 } }, 'e', null],
    ['no code but a description', { error: '', message: 'm' }, null, 'm'],
    ['names of the prototype', '{"__proto__":{"error":"e"}}', 'e', null],
    ['text', 'error', null, null],
    ['HTML', '<html>', null, null],
    ['form data', 'error=e&message=m', 'e', 'm'],
    ['XML', '<r><fault><error>e</error></fault></r>', 'e', null],
  ])('finds the error code and description: %s', (_, body, error, errorDescription) => {
    expect(readError(body)).toMatchObject({ error, errorDescription });
  });

  it('keeps all top-level members as received', () => {
    expect(readTokens({ a: { access_token: 't' }, x: null }).members).toEqual({
      a: { access_token: 't' },
      x: null,
    });
    expect(readError([1]).members).toEqual({});
  });

  it('never throws, whatever the response', () => {
    const name = fc.constantFrom(
      'access_token',
      'token',
      'error',
      'scope',
      'expires',
      'expires_in',
      'id_token',
      'data',
      '__proto__',
      'constructor',
      'toString',
      '0',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const body = fc.oneof(
      json.map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 100, max: 999 }), (text, status) => {
        const reading = read(text, status);
        if (reading.type === 'tokens') expect(reading.accessToken ?? reading.idToken).toBeTruthy();
      }),
      { numRuns: inputs(500) },
    );
  });
});
