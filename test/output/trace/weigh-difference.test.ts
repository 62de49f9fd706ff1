import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDifference, weighDifference } from '../../../src/output/trace/weigh-difference.ts';
import { foreignText } from './foreign-traces.ts';

describe('the way two values differ', () => {
  it.each([
    ['https://app/cb', 'https://app/cb/', 'only a slash at the end'],
    ['My-App', 'my-app', 'only upper and lower case'],
    ['secret', 'secret\n', 'only white space around it'],
    ['a%20b', 'a b', 'only the percent-encoding'],
    ['openid email', 'email openid', 'only the order'],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1:2/cb', 'only the port'],
    ['http://app/cb', 'https://app/cb', 'only http and https'],
    ['http://localhost:1/cb', 'http://127.0.0.1:1/cb', 'only the name of this machine'],
    ['http://app.localhost:1/cb', 'http://[::1]:1/cb', 'only the name of this machine'],
    ['3600', '"3600"', 'only the type'],
    ['client-a', 'client-b', undefined],
    ['{"a":1}', '["a"]', undefined],
  ])('of %j and %j is %s', (a, b, way) => {
    expect(describeDifference(a, b)).toBe(way);
    expect(describeDifference(b, a)).toBe(way);
  });

  it.each([
    ['openid email', 'openid', 'only in A: email'],
    ['openid', 'openid email phone', 'only in B: email, phone'],
    ['["a","b"]', '["b","c"]', 'only in A: a; only in B: c'],
    ['["a"]', 'a', 'only the type'],
    ['a b', 'c d', undefined],
    ['Bearer error="x", scope="a b"', 'Bearer scope="c d"', undefined],
  ])('of the words of %j and %j is %s', (a, b, way) => {
    expect(describeDifference(a, b)).toBe(way);
  });

  it('is found for any text, and is the same both ways', () => {
    fc.assert(
      fc.property(foreignText, foreignText, (a, b) => {
        const [way, back] = [describeDifference(a, b), describeDifference(b, a)];
        if (way?.startsWith('only in') !== true) expect(back).toBe(way);
        else expect(back?.startsWith('only in')).toBe(true);
      }),
    );
  });
});

describe('the weight of a header field that one message alone has', () => {
  it.each([
    ['content-length', 'expected'],
    ['transfer-encoding', 'expected'],
    ['cache-control', 'notable'],
  ])('is for %s %s', (name, weight) => {
    const pair = { ...{ group: 'token#1', title: 'Token', value: '5' }, name, a: '5', b: null };
    const weighing = { mayBeCause: true, redacted: 'neither', strayRedirect: undefined } as const;
    const weighed = weighDifference({ ...pair, side: 'received', place: 'header' }, weighing);
    expect(weighed.weight).toBe(weight);
  });

  it('is that of any other parameter for one of the same name, as Auth0 takes', () => {
    const pair = {
      group: 'authorization#1',
      title: 'Authorization request',
      name: 'connection',
      value: 'ldap',
    };
    const weighing = { mayBeCause: true, redacted: 'neither', strayRedirect: undefined } as const;
    for (const b of [null, 'google-oauth2'])
      expect(
        weighDifference({ ...pair, side: 'sent', place: 'parameter', a: 'ldap', b }, weighing).weight,
      ).toBe('cause');
  });
});
