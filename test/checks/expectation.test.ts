import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimsOf, findClaim, judgeExpectation, readExpectation } from '../../src/checks/expectation.ts';
import type { JsonValue } from '../../src/json/json.ts';

const now = new Date('2026-11-20T10:00:00Z');
const seconds = now.getTime() / 1000;

const places: readonly ClaimsOf[] = [
  {
    source: 'id_token',
    doubt: undefined,
    claims: {
      aud: 'client-1',
      email: 'alice@example.com',
      email_verified: true,
      exp: seconds + 300,
      auth_time: seconds - 1800,
      groups: ['admin', 'dev'],
      amr: ['pwd'],
      realm_access: { roles: ['reader', 'writer'] },
      'https://example.com/tenant': 'acme',
      address: { country: 'CH' },
    },
  },
  {
    source: 'access_token',
    doubt: undefined,
    claims: { aud: ['api'], scope: 'read:all write', exp: seconds + 3600, level: '3' },
  },
];

function outcome(text: string): string {
  const expectation = readExpectation(text);
  if ('problem' in expectation) return `problem: ${expectation.problem}`;
  return judgeExpectation(expectation, places, now).outcome;
}

describe('an expectation', () => {
  it.each([
    'email',
    '!nickname',
    'aud=client-1',
    'aud = client-1',
    'access_token.aud=api',
    'id_token.aud=client-1',
    'email_verified=true',
    'email_verified!=false',
    'groups~=dev',
    'groups=["admin","dev"]',
    'groups.1=dev',
    'scope~=write',
    'email~=@example.com',
    'realm_access.roles~=writer',
    'https://example.com/tenant=acme',
    'id_token.https://example.com/tenant~=ac',
    'address.country=CH',
    'address={"country":"CH"}',
    'exp>4m',
    'exp>now',
    'exp<=2026-11-20T10:05:00Z',
    'exp>2026-11-19',
    'exp<1h30m',
    'access_token.exp>=59m',
    'auth_time>-1h',
    `auth_time<${seconds}`,
    'level>2',
    'level<=3.0',
    'amr=pwd',
  ])('is met: %s', (text) => expect(outcome(text)).toBe('pass'));

  it.each([
    'nickname',
    '!email',
    'aud=api',
    'aud!=client-1',
    'nickname!=x',
    'email_verified=false',
    'groups=admin',
    'groups~=adm',
    'scope~=read',
    'scope=read',
    'exp>10m',
    'auth_time>-10m',
    'level>3',
    'email>1',
    'userinfo.email',
    '__proto__',
    'constructor',
    'address.constructor',
    'groups.length',
  ])('is not met: %s', (text) => expect(outcome(text)).toBe('fail'));

  it.each([
    ['', 'The name of a claim is missing.'],
    ['=x', 'The name of a claim is missing.'],
    ['!', 'The name of a claim is missing.'],
    ['id_token.', 'The claim after the dot is missing.'],
    ['!aud=x', '"!" means that aud is absent; a value takes !=.'],
    ['auth_time<1h', 'auth_time lies in the past: say -1h for 1 h ago, or +1h for the future.'],
    ['exp>soon', 'exp is a time: compare it with 10m, -1h, now, 2030-01-31 or seconds since 1970.'],
    ['exp>2026-13-99', '2026-13-99 is not a date.'],
    ['level>high', '"high" is not a number to compare with.'],
  ])('cannot be understood: "%s"', (text, problem) => expect(readExpectation(text)).toEqual({ problem }));

  it('says what was expected, what was there, and where', () => {
    const expectation = readExpectation('scope~=admin');
    if ('problem' in expectation) throw new Error(expectation.problem);
    expect(judgeExpectation(expectation, places, now)).toMatchObject({
      id: 'expectation',
      outcome: 'fail',
      detail: 'access_token.scope is read:all write, which does not hold admin.',
      expected: 'scope~=admin',
      received: 'read:all write',
    });
  });

  it('points to ~= where one of several would do', () => {
    const expectation = readExpectation('groups=dev');
    if ('problem' in expectation) throw new Error(expectation.problem);
    expect(judgeExpectation(expectation, places, now).detail).toContain('groups~=dev.');
  });

  it('is read or refused, never thrown at, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const expectation = readExpectation(text);
        if ('problem' in expectation) return expectation.problem.length > 0;
        return ['pass', 'fail'].includes(judgeExpectation(expectation, places, now).outcome);
      }),
    );
  });

  it('is met by equality with any string claim as it stands', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(word, (value) => {
        const expectation = readExpectation(`c=${value}`);
        if ('problem' in expectation) return false;
        const claims = { c: value };
        return (
          judgeExpectation(expectation, [{ source: 'id_token', doubt: undefined, claims }], now).outcome ===
          'pass'
        );
      }),
    );
  });

  it('finds every nested member by the names on the way to it', () => {
    const name = fc.string({ minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (path) => {
        const nested = path.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), 'x');
        return findClaim(nested, path.join('.'))?.value === 'x' || path.some((key) => key === '__proto__');
      }),
    );
  });
});
