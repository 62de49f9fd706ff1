import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issuerDifference, stateDifference } from '../../src/checks/difference.ts';

describe('the difference of two issuers', () => {
  it.each([
    ['https://a.example', 'https://a.example', 'Both are written alike.'],
    ['https://a.example', 'https://a.example/', 'Only a trailing slash differs.'],
    ['https://a.example/', 'https://a.example', 'Only a trailing slash differs.'],
    ['https://a.example/Op', 'https://a.example/op', 'Only the letter case differs.'],
    ['https://a.example', 'http://a.example', 'Only the scheme differs: https:// is expected, http:// came.'],
    ['https://a.example', 'a.example', 'Only the scheme differs: https:// is expected, no scheme came.'],
    ['https://a.example', 'https://a.example ', 'Only white space around it differs.'],
    [
      'https://a.example/{tenantid}/v2.0',
      'https://a.example/42/v2.0',
      'One is a template for many tenants: use the issuer of your tenant.',
    ],
    [
      'https://a.example/42/v2.0',
      'https://a.example/{tenantid}/v2.0',
      'One is a template for many tenants: use the issuer of your tenant.',
    ],
    [
      'https://a.example/common',
      'https://a.example/42',
      'Only one part differs: common is expected, 42 came. With several tenants, use the issuer of yours.',
    ],
    ['https://a.example/x', 'https://b.example/x', 'They differ from character 9 on.'],
    ['https://a.example', 'https://a.example/x', 'They differ from character 18 on.'],
    ['https://a.example', '', 'They differ from character 1 on.'],
  ])('%j and %j: %s', (expected, received, sentence) => {
    expect(issuerDifference(expected, received).text).toBe(sentence);
  });

  it('is one short sentence or two for any texts', () => {
    fc.assert(
      fc.property(
        fc.webUrl(),
        fc.oneof(fc.webUrl(), fc.string({ maxLength: 10_000 })),
        (expected, received) => {
          expect(issuerDifference(expected, received).text.length).toBeLessThan(300);
        },
      ),
    );
  });
});

describe('the difference of two states', () => {
  it.each([
    ['a b+c', 'a%20b%2Bc', 'It was percent-encoded once more than it should be.'],
    ['a%20b', 'a b', 'It was decoded once more than it should be.'],
    ['AbC', 'abc', 'Only the letter case differs.'],
    ['abcdef', 'abc', 'It was cut off: 3 of 6 characters came.'],
    ['abc', 'abc#_=_', 'There is more behind it: 7 characters, 3 were sent.'],
    ['abc', '', 'It came empty.'],
    ['abcd', 'abxd', 'They differ from character 3 on.'],
  ])('of %j and %j is told', (sent, received, difference) => {
    expect(String(stateDifference(sent, received))).toBe(difference);
  });
});
