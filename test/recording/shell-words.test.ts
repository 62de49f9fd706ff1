import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWords } from '../../src/recording/shell-words.ts';

describe('shellWords', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['a \\\n  b \\\r\n c', ['a', 'b', 'c']],
    [`'a b' "c 'd'" e"f"'g'`, ['a b', "c 'd'", 'efg']],
    ['"a\\"b" "c\\d" \'e\\f\' g\\ h', ['a"b', 'c\\d', 'e\\f', 'g h']],
    [`"" ''`, ['', '']],
    ['', []],
    ['"open', undefined],
  ])('splits %j', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it('gives back any words that were put into single quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        expect(shellWords(quoted)).toEqual(words);
      }),
    );
  });
});
