import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUserinfoResponse, type UserinfoReading } from '../../src/protocol/userinfo-response.ts';

function read(body: unknown, status = 200): UserinfoReading {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readUserinfoResponse({ status, headers: [], body: text }, { openidRequested: true });
}

function compact(claims: string): string {
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(claims).toString('base64url')}.c2ln`;
}

describe('readUserinfoResponse', () => {
  it('reads claims at the top level', () => {
    expect(read({ sub: '1', name: 'n' })).toMatchObject({
      type: 'claims',
      sub: '1',
      claims: { sub: '1', name: 'n' },
      path: '',
      hasSub: true,
      wrongTypes: [],
      signed: false,
      jwt: null,
      openidRequested: true,
    });
  });

  it.each<[string, unknown, string | null, string, boolean]>([
    ['a number', '{"sub":12345678901234567890}', '12345678901234567890', '', true],
    ['a number with an exponent', '{"sub":1e20}', '100000000000000000000', '', true],
    ['a nested number', '{"a":{"sub":9007199254740993}}', '9007199254740993', 'a', true],
    ['a boolean', { sub: true }, null, '', true],
    ['null', { sub: null, name: 'n' }, null, '', false],
    ['the empty string', { sub: '' }, '', '', true],
    ['absent', { name: 'n' }, null, '', false],
    ['elsewhere than the claims', { name: 'n', user: { sub: '1' } }, null, '', true],
    ['nested', { code: 0, data: { x: { y: 1 }, user: [{ sub: '1' }] } }, '1', 'data.user[0]', true],
    ['nested beside null claims', { email: null, data: { sub: '1' } }, '1', 'data', true],
    ['in an array at the top', [{ sub: '1' }], '1', '[0]', true],
    ['in form data', 'error=&sub=1', '1', '', true],
  ])('reads a sub that is %s', (_, body, sub, path, hasSub) => {
    expect(read(body)).toMatchObject({ type: 'claims', sub, path, hasSub });
  });

  it('names standard claims of the wrong type, and passes over null', () => {
    const reading = read({
      sub: 1,
      name: null,
      email: ['a'],
      email_verified: 'true',
      phone_number_verified: 1,
      updated_at: '2026',
      address: 'street',
      birthdate: {},
      custom: 1,
    });
    expect(reading).toMatchObject({
      wrongTypes: [
        { name: 'sub', type: 'number' },
        { name: 'email', type: 'array' },
        { name: 'email_verified', type: 'string' },
        { name: 'birthdate', type: 'object' },
        { name: 'phone_number_verified', type: 'number' },
        { name: 'address', type: 'string' },
        { name: 'updated_at', type: 'string' },
      ],
    });
  });

  it('reads the claims of a signed response and keeps its text', () => {
    const text = compact('{"sub":12345678901234567890,"iss":"i"}');
    expect(read(`\n${text}\n`)).toMatchObject({
      type: 'claims',
      sub: '12345678901234567890',
      claims: { iss: 'i' },
      signed: true,
      jwt: { compact: text, decoded: { type: 'jws', header: { alg: 'none' } } },
    });
  });

  it('says that an encrypted response is one', () => {
    const header = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url');
    expect(read(`${header}..aaaa.aaaa.aaaa`)).toMatchObject({
      type: 'encrypted',
      header: { alg: 'dir', enc: 'A256GCM' },
      compact: `${header}..aaaa.aaaa.aaaa`,
    });
  });

  it.each<[string, unknown, number, string | null, string | null]>([
    ['another status', { error: 'invalid_token', error_description: 'd' }, 401, 'invalid_token', 'd'],
    ['claims with another status', { sub: '1' }, 403, null, null],
    ['an error with status 200', { error: 'invalid_token', message: 'm' }, 200, 'invalid_token', 'm'],
    ['an HTML page', '<html>', 200, null, null],
    ['text', 'Unauthorized', 200, null, null],
    ['text that is nearly a JWT', 'a.b.c', 200, null, null],
    ['nothing', '', 200, null, null],
    ['malformed JSON', '{', 200, null, null],
  ])('takes %s for an error', (_, body, status, error, errorDescription) => {
    expect(read(body, status)).toMatchObject({ type: 'error', error, errorDescription, errorUri: null });
  });

  it('takes a response with claims and an error for claims', () => {
    expect(read({ sub: '1', error: 'x' })).toMatchObject({ type: 'claims', sub: '1' });
  });

  it('never throws, whatever the response', () => {
    const claims = fc.dictionary(
      fc.constantFrom('sub', 'name', 'address', 'data', 'error', '__proto__', '0'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const json = claims.map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(json, json.map(compact), fc.string({ unit: 'binary' })), (text) => {
        expect(['claims', 'encrypted', 'error']).toContain(read(text).type);
      }),
    );
  });
});
