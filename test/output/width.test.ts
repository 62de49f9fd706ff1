import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { inertText } from '../../src/output/terminal-text.ts';
import { displayWidth, padEnd, truncateMiddle, wrapNotice, wrapText } from '../../src/output/width.ts';

const words = fc.array(
  fc.constantFrom(
    'a',
    'token',
    '愛麗絲',
    'がぎ',
    'ｶﾞ',
    '한국어',
    '👍🏽',
    '❤️',
    '1️⃣',
    '🇫🇷',
    'é',
    'e\u0301',
    'हिन्दी',
    '✓',
    '—',
    '…',
    'ＡＢ',
    '𠮷',
  ),
);
const printable = fc.string({ unit: 'grapheme-composite' }).map(inertText);

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['愛麗絲', 6],
    ['👍🏽', 2],
    ['🇫🇷', 2],
    ['1️⃣', 2],
    ['❤️', 2],
    ['e\u0301', 1],
    ['✓ ok …', 6],
    ['ｶﾞ', 2],
    ['', 0],
  ])('counts the columns of %j as %i', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it('agrees with string-width for text in many scripts', () => {
    fc.assert(fc.property(words, (parts) => displayWidth(parts.join('')) === stringWidth(parts.join(''))));
  });

  it('agrees with string-width for each printable character of the Basic Multilingual Plane that is assigned', () => {
    const differing = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code))
      .filter((character) => !/[\p{Cn}\p{C}\p{M}\p{DI}]/u.test(character))
      .filter((character) => displayWidth(character) !== stringWidth(character));
    expect(differing.map((character) => character.charCodeAt(0).toString(16))).toEqual([]);
  });
});

describe('wrapText', () => {
  it.each([
    ['at spaces', 'one two three', 8, ['one two', 'three']],
    ['keeping indentation', '  "name": "a long value"', 14, ['  "name": "a', '  long value"']],
    [
      'a word only when it is wider than a line',
      'see https://example.com/path',
      12,
      ['see', 'https://exam', 'ple.com/path'],
    ],
    ['never inside a wide character', '愛麗絲愛', 5, ['愛麗', '絲愛']],
    ['never inside an emoji', 'a👍🏽👍🏽', 4, ['a👍🏽', '👍🏽']],
    ['before parentheses rather than inside', 'at noon (in 4 min 55 s)', 18, ['at noon', '(in 4 min 55 s)']],
    ['inside parentheses when they are too wide', 'at (one two three)', 9, ['at (one', 'two', 'three)']],
    ['at line feeds', 'a\nb', 10, ['a', 'b']],
    ['nothing that fits', 'a  b', 4, ['a  b']],
    ['no other space than U+0020', '\u00a0 \u3000  b', 5, ['\u00a0 \u3000', 'b']],
    ['nothing into one line', '', 4, ['']],
  ])('breaks %s', (_, text, columns, lines) => {
    expect(wrapText(text, columns)).toEqual(lines);
  });

  it.each([
    [
      'words only',
      'see https://example.com/a/long/path at once',
      12,
      ['see', 'https://example.com/a/long/path', 'at once'],
    ],
    [
      'before a command at the end, and never inside',
      'Log in again: oauth-code login -p a-profile --scope "a b"',
      40,
      ['Log in again:', 'oauth-code login -p a-profile --scope "a b"'],
    ],
    [
      'a sentence about a command like any other',
      'next: oauth-code session list shows them all.',
      40,
      ['next: oauth-code session list shows them', 'all.'],
    ],
    [
      'no option from its value',
      'If so: --issuer https://a.example. Or --port 0 or NAME',
      34,
      ['If so: --issuer https://a.example.', 'Or --port 0 or NAME'],
    ],
    [
      'no option from its placeholder',
      'longer: --browser-timeout SECONDS.',
      30,
      ['longer:', '--browser-timeout SECONDS.'],
    ],
    ['no number from its unit of time', 'valid for 59 min 34 s, and', 18, ['valid for 59 min', '34 s, and']],
    ['nothing that fits', 'Log in: oauth-code login', 40, ['Log in: oauth-code login']],
    ['at line feeds', 'one\ntwo three', 5, ['one', 'two', 'three']],
  ])('as a notice breaks %s', (_, text, columns, lines) => {
    expect(wrapNotice(text, columns)).toEqual(lines);
  });

  it.each(['oauth-code login -p work', '--trust-audience api --trust-audience https://api.example.com/v1'])(
    'keeps what is to be copied on one line of its own: %s',
    (command) => {
      expect(wrapNotice(`To go on, and here is more of the sentence: ${command}`, 30).at(-1)).toBe(command);
    },
  );

  it('keeps every character but spaces, in lines no wider than asked', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            words.map((parts) => parts.join('')),
            printable,
          ),
        ),
        fc.integer({ min: 4, max: 90 }),
        (parts, columns) => {
          const text = parts.join(' ');
          const lines = wrapText(text, columns);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('breaks a word of a million characters', () => {
    expect(wrapText(`  ${'b'.repeat(1_000_000)}`, 6)).toHaveLength(250_000);
  });
});

describe('padEnd', () => {
  it('fills up to a width in columns and leaves longer text alone', () => {
    expect(padEnd('愛', 4)).toBe('愛  ');
    expect(padEnd('abc', 2)).toBe('abc');
  });
});

describe('truncateMiddle', () => {
  it.each([
    ['https://login.example.com/token', 20, 'https://logi…m/token'],
    ['short', 20, 'short'],
    ['愛麗絲愛麗絲', 7, '愛麗…絲'],
    ['abcdef', 1, 'a'],
  ])('shortens %j to %i columns, keeping beginning and end', (text, columns, expected) => {
    expect(truncateMiddle(text, columns, '…')).toBe(expected);
  });
});
