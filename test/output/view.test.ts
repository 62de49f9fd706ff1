import { describe, expect, it } from 'vitest';
import { createStyle, type MarkName } from '../../src/output/view.ts';

const marks: readonly MarkName[] = ['pass', 'fail', 'warn', 'skipped', 'unverified', 'waiting'];

describe('createStyle', () => {
  it.each([true, false])(
    'marks every outcome differently without colour (unicode: %s), in one column',
    (unicode) => {
      const shown = marks.map((name) => createStyle({ color: false, unicode }).mark(name));
      expect(new Set(shown).size).toBe(marks.length);
      expect(shown.map((mark) => mark.length)).toEqual(marks.map(() => 1));
    },
  );

  it.each<MarkName>(['warn', 'unverified'])(
    'keeps yellow, which white swallows, out of words: %s',
    (name) => {
      const style = createStyle({ color: true });
      expect(style.mark(name)).toContain('\u001b[33m');
      expect(style.tone(name)('words')).toBe(style.strong('words'));
      expect(style.warn('words')).toBe(style.strong('words'));
    },
  );

  it('stays within ASCII when told to', () => {
    const style = createStyle({ color: false, unicode: false });
    expect(marks.map(style.mark).join('') + style.ellipsis + style.bullet).toMatch(/^[ -~]+$/);
  });

  it('colours by what it was given, whatever the environment says', () => {
    expect(createStyle({ color: true }).bad('no')).toBe('\u001b[31m\u001b[1mno\u001b[22m\u001b[39m');
    expect(createStyle({ color: false }).bad('no')).toBe('no');
  });
});
