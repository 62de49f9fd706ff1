import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inertLines, inertText } from '../../src/output/terminal-text.ts';

const dangerous = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}\u{e0000}-\u{e007f}]/u;

const hostileText = fc.string({
  unit: fc.oneof(
    fc.string({ minLength: 1, maxLength: 3 }),
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]8;;https://evil.example\u0007',
      '\u009b31m',
      '\r',
      '\n',
      '\t',
      '\ud800',
      '\udc00',
    ),
    fc.constantFrom(
      '\u202e',
      '\u2066',
      '\u200d',
      '\u061c',
      '\u2028',
      '\ufeff',
      '\u{e0041}',
      '\u00ad',
      '\u3164',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  ),
});

describe('inertText', () => {
  it.each([
    ['an ANSI sequence', '\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
    ['an OSC hyperlink', '\u001b]8;;https://x\u0007', '\\u{1b}]8;;https://x\\u{7}'],
    ['a C1 control', '\u009b2J', '\\u{9b}2J'],
    ['a line feed', 'a\r\nb', 'a\\r\\nb'],
    ['a tab', 'a\tb', 'a\\tb'],
    ['a bidirectional override', 'user\u202etxt', 'user\\u{202e}txt'],
    ['an isolate', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['a zero-width space', 'ad\u200bmin', 'ad\\u{200b}min'],
    ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a lone surrogate', 'a\ud83d', 'a\\u{d83d}'],
    ['a selector that has nothing to select', 'a\ufe0f', 'a\\u{fe0f}'],
    ['a combining mark that would change what stands before it', '\u0338abc', '\\u{338}abc'],
    [
      'the end of a tower of combining marks',
      `e${'\u0301'.repeat(10)}`,
      `e${'\u0301'.repeat(8)}\\u{301}\\u{301}`,
    ],
  ])('makes %s visible', (_, text, expected) => {
    expect(inertText(text)).toBe(expected);
  });

  it.each([
    'plain',
    'größer',
    '愛麗絲',
    'עברית',
    'हिन्दी',
    '👍🏽',
    '❤️',
    '1️⃣',
    '🇫🇷',
    'C:\\new',
    '\u00a0x',
    '\\u{202e}',
  ])('leaves the printable text %j as it is', (text) => {
    expect(inertText(text)).toBe(text);
  });

  it('lets no character through that a terminal obeys, hides or reorders', () => {
    fc.assert(fc.property(hostileText, (text) => !dangerous.test(inertText(text))));
  });

  it('changes nothing more when applied twice', () => {
    fc.assert(fc.property(hostileText, (text) => inertText(inertText(text)) === inertText(text)));
  });

  it('leaves printable ASCII as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => inertText(text) === text));
  });
});

describe('inertLines', () => {
  it('keeps line feeds, also as CR LF, and nothing else', () => {
    expect(inertLines('a\r\nb\nc\rd\u001b')).toBe('a\nb\nc\\rd\\u{1b}');
  });

  it('lets no other dangerous character through', () => {
    fc.assert(fc.property(hostileText, (text) => !dangerous.test(inertLines(text).replaceAll('\n', ''))));
  });
});
