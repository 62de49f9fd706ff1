import { describe, expect, it } from 'vitest';
import { checkRefreshedIdToken } from '../../../src/checks/id-token/refreshed-id-token.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
const sound = { iss: 'https://op.example', sub: 'u1', aud: 'client-1' };

describe('a refreshed ID token', () => {
  it.each([
    { case: 'is absent', idToken: null, outcome: 'skipped' },
    { case: 'is about the same person', idToken: token(sound), outcome: 'pass' },
    {
      case: 'lists several audiences',
      idToken: token({ ...sound, aud: ['x', 'client-1'] }),
      outcome: 'pass',
    },
    { case: 'is about another person', idToken: token({ ...sound, sub: 'u2' }), outcome: 'fail' },
    {
      case: 'comes from another issuer',
      idToken: token({ ...sound, iss: 'https://evil.example' }),
      outcome: 'fail',
    },
    { case: 'is for another client', idToken: token({ ...sound, aud: 'client-2' }), outcome: 'fail' },
    { case: 'is not a JWT', idToken: 'x', outcome: 'fail' },
  ])('that $case: $outcome', ({ idToken, outcome }) => {
    const result = checkRefreshedIdToken({ idToken, issuer: sound.iss, clientId: 'client-1', sub: 'u1' });
    expect(result).toMatchObject({ id: 'refreshed-id-token', outcome });
  });

  it('is not compared with a subject or issuer that nobody knows', () => {
    const result = checkRefreshedIdToken({
      idToken: token(sound),
      issuer: null,
      clientId: 'client-1',
      sub: undefined,
    });
    expect(result.outcome).toBe('pass');
  });
});
