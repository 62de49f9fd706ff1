import { describe, expect, it } from 'vitest';
import { findJwtProblems } from '../../src/checks/jwt.ts';

const now = new Date('2026-11-20T12:00:00Z');
const seconds = now.getTime() / 1000;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = Buffer.alloc(256, 1).toString('base64url');
const jwt = (header: object, claims: object) => `${part(header)}.${part(claims)}.${signature}`;

describe('findJwtProblems', () => {
  it.each<[string, object, object, readonly string[]]>([
    [
      'a sound one',
      { alg: 'RS256', kid: 'x' },
      { iss: 'a', sub: 'b', aud: ['c'], exp: seconds + 60, iat: seconds },
      [],
    ],
    ['an unsigned one', { alg: 'none' }, {}, ['jwt-unsigned']],
    ['an unsigned one in capitals', { alg: 'NONE' }, {}, ['jwt-unsigned']],
    ['one with a key in it', { alg: 'RS256', jwk: {}, x5u: 'https://x' }, {}, ['jwt-header-key']],
    ['an expired one', { alg: 'RS256' }, { exp: seconds }, ['jwt-expired']],
    ['one of the future', { alg: 'RS256' }, { nbf: seconds + 60 }, ['jwt-not-yet-valid']],
    ['one that was issued in the future', { alg: 'RS256' }, { iat: seconds + 60 }, ['jwt-not-yet-valid']],
    ['one with odd types', { alg: 'RS256' }, { exp: '1', iss: 5, aud: null }, ['jwt-claim-type']],
  ])('of %s', (_, header, claims, ids) => {
    expect(findJwtProblems(jwt(header, claims), now).map(({ id }) => id)).toEqual(ids);
  });

  it.each(['RS256', 'RSA-OAEP'])('of one with a header member given twice (%s)', (alg) => {
    const header = Buffer.from(`{"alg":"none","enc":"A128GCM","alg":"${alg}"}`).toString('base64url');
    const text = alg === 'RS256' ? `${header}.${part({})}.${signature}` : `${header}.AAAA.AAAA.AAAA.AAAA`;
    expect(findJwtProblems(text, now)).toMatchObject([{ id: 'jwt-header', evidence: 'alg' }]);
  });

  it.each(['a.b', 'eyJhbGciOiJub25lIn0.e30=.', 'eyJhbGciOiJub25lIn0.!.'])('calls %s malformed', (text) => {
    expect(findJwtProblems(text, now)).toMatchObject([{ id: 'jwt-malformed', severity: 'violation' }]);
  });
});
