import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeForm } from '../../src/protocol/parameters.ts';
import { parseForm } from '../../src/protocol/parse-form.ts';

describe('parseForm', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    [
      'a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'a&b=&=c&&',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
      ],
    ],
    ['a=b=c==', [['a', 'b=c==']]],
    ['a+b=c+d%2Be', [['a b', 'c d+e']]],
    ['a=%C3%A9%F0%9F%98%80', [['a', 'é😀']]],
    [
      'a=100%&b=%zz&c=%4',
      [
        ['a', '100%'],
        ['b', '%zz'],
        ['c', '%4'],
      ],
    ],
    ['a=%ff%41', [['a', '\ufffdA']]],
    ['?a=1', [['?a', '1']]],
    ['__proto__=1', [['__proto__', '1']]],
  ])('reads %j', (text, pairs) => {
    expect(parseForm(text)).toEqual(pairs);
  });

  it('reads what was encoded (RFC 6749 Appendix B)', () => {
    // Its example: a space, a percent sign, an ampersand, a plus sign, a pound sign and a euro sign.
    expect(parseForm('v=+%25%26%2B%C2%A3%E2%82%AC')).toEqual([['v', ' %&+£€']]);
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        expect(parseForm(encodeForm(pairs))).toEqual(pairs);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseForm(text)).not.toThrow();
      }),
    );
  });
});
