import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestName } from '../src/closest-name.ts';
import { inputs } from './every-case.ts';

const names = ['login', 'discover', 'demo', 'idp', 'id-token-nonce', 'id-token-exp'];

describe('the name that was most likely meant', () => {
  it.each([
    ['login', 'login'],
    ['logni', 'login'],
    ['lgin', 'login'],
    ['LOGIN', 'login'],
    ['discovery', 'discover'],
    ['id-token-nonse', 'id-token-nonce'],
    ['id-token-exo', 'id-token-exp'],
    ['idtoken-nonce', 'id-token-nonce'],
    ['something-else', undefined],
    ['xyz', undefined],
    ['', undefined],
  ])('for %j is %s', (name, expected) => {
    expect(closestName(name, names)).toBe(expected);
  });

  it('is the first of several that are as near', () => {
    expect(closestName('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('is none where there are no names', () => {
    expect(closestName('login', [])).toBeUndefined();
  });

  it('is the name itself when it is one, and else one of the names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 6 }),
        fc.string(),
        (list, name) => {
          const found = closestName(name, list);
          if (list.includes(name)) expect(found?.toLowerCase()).toBe(name.toLowerCase());
          if (found !== undefined) expect(list).toContain(found);
        },
      ),
      { numRuns: inputs(300) },
    );
  });
});
