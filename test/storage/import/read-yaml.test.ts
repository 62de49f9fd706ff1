import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { readYaml } from '../../../src/storage/import/read-yaml.ts';
import { inputs } from '../../every-case.ts';

const plain = (text: string) => JSON.parse(JSON.stringify(readYaml(text, 'kube')));

describe('readYaml', () => {
  it.each([
    ['', null],
    ['# nothing\n', null],
    ['---\na: 1\n', { a: '1' }],
    ["a: x # why\nb: \"y # z\"\nc: 'it''s'\n", { a: 'x', b: 'y # z', c: "it's" }],
    ['a:\n- 1\n- 2\nb: ~\n', { a: ['1', '2'], b: '~' }],
    ['a:\n  - name: n\n    v: w\n  - name: m\n', { a: [{ name: 'n', v: 'w' }, { name: 'm' }] }],
    ['- - a\n  - b\n-\n  c: d\n', [['a', 'b'], { c: 'd' }]],
    ['a: |\n  one\n\n  two\nb: >-\n  x\n  y\n', { a: 'one\n\ntwo\n', b: 'x y' }],
    ['a: |2\n    one\n   two\n', { a: '  one\n two\n' }],
    ['a: one\n  two\n  three\nb: {}\nc: []\nd: ["x"]\n', { a: 'one two three', b: {}, c: [], d: ['x'] }],
    ['a: {b: c, d: [e, "f"]}\n', { a: { b: 'c', d: ['e', 'f'] } }],
    ['url: https://x.example/y\n- z', undefined],
    ['"q r": s\r\nt:\r\n', { 'q r': 's', t: '' }],
    ['args:\n- --issuer=https://a.example\n- -v=1\n', { args: ['--issuer=https://a.example', '-v=1'] }],
    ['a: &x 1\nb: *x\n', { a: '1', b: '1' }],
    ['a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n', { a: { p: '1', q: '2' }, b: { p: '1', q: '3' } }],
    ['a: !!str 1.10\nb: !own text\n', { a: '1.10', b: 'text' }],
    ['a: 1\na: 2', { a: '2' }],
    ['a: 1\n---\nb: 2', { a: '1' }],
    ['\uFEFFa: 1\n', { a: '1' }],
  ])('reads %j', (text, value) => {
    if (value === undefined) expect(() => plain(text)).toThrow(ConfigError);
    else expect(plain(text)).toEqual(value);
  });

  it('gives a member no meaning by its name', () => {
    const value = readYaml('__proto__: {a: 1}\n', 'kube');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(value).not.toHaveProperty('a');
  });

  const nestedAliases = [...'abcdefg'].map((name, index, all) => {
    const inner = index === 0 ? 'x' : `*${all[index - 1]}`;
    return `${name}: &${name} [${Array(9).fill(inner).join(', ')}]`;
  });
  it.each([nestedAliases.join('\n'), 'a: &a [*a]'])('does not copy what aliases name: %.20j', (text) => {
    expect(Object.keys(readYaml(text, 'kube') as object)).toContain('a');
  });

  it.each([
    ['a: *x', 'kube:1:5 is not readable YAML: an alias or a merge key leads nowhere.'],
    ['<<: a', 'kube:1:1 is not readable YAML: an alias or a merge key leads nowhere.'],
    [`a: &a b\nc: [${'*a, '.repeat(101)}]`, 'kube:2:406 is not readable YAML: it is nested too deeply'],
    ['a:\n\tb: 1', 'kube:2:1 is not readable YAML: a tab indents the line.'],
    ['a: {b: c', 'kube:1:9 is not readable YAML: a comma or a closing bracket is missing.'],
    ['a: "b', 'kube:1:6 is not readable YAML: a closing quote is missing.'],
    ['a: `secret`', 'kube:1:4 is not readable YAML: this cannot stand here'],
    ['a: b\n c: d\n', 'kube:2:3 is not readable YAML: this cannot stand here, or the indentation'],
    ['[a]: b', 'kube:1:1 is not readable YAML: this cannot stand here.'],
    [`${'- '.repeat(160)}a`, 'kube:1:201 is not readable YAML: it is nested too deeply'],
    ['['.repeat(100_000), 'kube:1:100 is not readable YAML: it is nested too deeply'],
  ])('refuses %.40j, naming the place and no value', (text, message) => {
    expect(() => readYaml(text, 'kube')).toThrow(message);
  });

  const spaces = ' '.repeat(900_000);
  it.each([
    ['white space in a name', `a: b\nc${spaces}d`, 'kube:2:900003 is not readable YAML'],
    ['white space in a text', `a: b${spaces}c`, undefined],
    ['white space in a list', `a: [${spaces}]  b`, 'kube:1:900008 is not readable YAML'],
    ['an open quote', `"${"''".repeat(900_000)}: 1`, 'kube:1:'],
  ])('reads or refuses a long line at once: %s', (_, text, message) => {
    if (message === undefined) expect(readYaml(text, 'kube')).toEqual({ a: `b${spaces}c` });
    else expect(() => readYaml(text, 'kube')).toThrow(message);
  });

  it('reads or refuses any text, and never anything else', () => {
    const piece = fc.constantFrom(
      ...['a', ':', ' ', '\n', '- ', '"', "'", '|', '{', '}', '[', ']', '#', '  ', '\t', '__proto__'],
      ...['&a ', '*a', '<<: ', '? ', '!!str ', '---\n', '%', ','],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          readYaml(pieces.join(''), 'kube');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: inputs(500) },
    );
  });
});
