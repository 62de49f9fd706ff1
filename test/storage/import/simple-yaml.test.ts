import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { readSimpleYaml } from '../../../src/storage/import/simple-yaml.ts';

const plain = (text: string) => JSON.parse(JSON.stringify(readSimpleYaml(text, 'kube')));

describe('readSimpleYaml', () => {
  it.each([
    ['', null],
    ['# nothing\n', null],
    ['---\na: 1\n', { a: '1' }],
    ["a: x # why\nb: \"y # z\"\nc: 'it''s'\n", { a: 'x', b: 'y # z', c: "it's" }],
    ['a:\n- 1\n- 2\nb: ~\n', { a: ['1', '2'], b: null }],
    ['a:\n  - name: n\n    v: w\n  - name: m\n', { a: [{ name: 'n', v: 'w' }, { name: 'm' }] }],
    ['- - a\n  - b\n-\n  c: d\n', [['a', 'b'], { c: 'd' }]],
    ['a: |\n  one\n\n  two\nb: >-\n  x\n  y\n', { a: 'one\n\ntwo', b: 'x y' }],
    ['a: one\n  two\n  three\nb: {}\nc: []\nd: ["x"]\n', { a: 'one two three', b: {}, c: [], d: ['x'] }],
    ['url: https://x.example/y\n- z', undefined],
    ['"q r": s\r\nt:\r\n', { 'q r': 's', t: null }],
    ['args:\n- --issuer=https://a.example\n- -v=1\n', { args: ['--issuer=https://a.example', '-v=1'] }],
  ])('reads %j', (text, value) => {
    if (value === undefined) expect(() => plain(text)).toThrow(ConfigError);
    else expect(plain(text)).toEqual(value);
  });

  it.each([
    ['a: &x 1', 'kube:1: an anchor, alias or tag'],
    ['a: !!str 1', 'kube:1: an anchor, alias or tag'],
    ['a: 1\na: 2', 'kube:2: a name that occurs twice'],
    ['a:\n\tb: 1', 'kube:2: a tab before the text'],
    ['a: 1\n---\nb: 2', 'kube:2:'],
    ['a: {b: c}', 'kube:1: a list or mapping in brackets'],
    ['a: "b', 'kube:1: this text in quotes'],
    ['just words', 'kube:1: this line'],
    [`${'- '.repeat(60)}a`, 'kube:1: something nested this deeply'],
  ])('refuses %j, naming the line', (text, message) => {
    expect(() => readSimpleYaml(text, 'kube')).toThrow(message);
  });

  const spaces = ' '.repeat(900_000);
  it.each([
    ['white space in a name', `a${spaces}b`, 'kube:1: this line'],
    ['white space in a text', `a: b${spaces}c`, undefined],
    ['white space in a list', `a: [${spaces}]  b`, 'kube:1: a list or mapping in brackets'],
    ['nothing but quotes', `"${"''".repeat(9_000_000)}": 1`, 'kube:1: a line this long'],
  ])('reads or refuses a long line at once: %s', (_, text, message) => {
    if (message === undefined) expect(readSimpleYaml(text, 'kube')).toEqual({ a: `b${spaces}c` });
    else expect(() => readSimpleYaml(text, 'kube')).toThrow(message);
  });

  it('reads or refuses any text, and never anything else', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '"',
      "'",
      '|',
      '{',
      '}',
      '#',
      '  ',
      '\t',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          readSimpleYaml(pieces.join(''), 'kube');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
