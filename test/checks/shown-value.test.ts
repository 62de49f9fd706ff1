import { describe, expect, it } from 'vitest';
import { durationText, listed, momentText, quoted, shownValue } from '../../src/checks/shown-value.ts';
import { now, nowSeconds } from './token-maker.ts';

describe('a shown value', () => {
  it.each([
    ['text', 'text', '"text"'],
    [7, '7', '7'],
    [null, 'null', 'null'],
    [['a'], '["a"]', '["a"]'],
    [undefined, '(absent)', 'nothing'],
  ])('of %j is %s, and quoted %s', (value, shown, quote) => {
    expect(shownValue(value)).toBe(shown);
    expect(quoted(value)).toBe(quote);
  });

  it('is cut when it is long', () => {
    expect(shownValue('x'.repeat(100_000))).toBe(`${'x'.repeat(200)}… (100000 characters)`);
  });

  it('is named when it is nested too deeply to be written', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(shownValue(deep)).toBe('(too deeply nested)');
  });

  it('stands in a list of limited length', () => {
    expect(String(listed(['a', 'b']))).toBe('a, b');
    expect(String(listed(['a', 'b', 'c', 'd'], 2))).toBe('a, b and 2 more');
  });
});

describe('a time in words', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [295, '4 min 55 s'],
    [3600, '1 h'],
    [3601, '1 h'],
    [3661, '1 h 1 min'],
    [86_400, '1 d'],
    [90_000, '1 d 1 h'],
    [-90, '1 min 30 s'],
  ])('of %d s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it.each([
    [0, '2026-11-20 12:00:00 UTC (now)'],
    [0.4, '2026-11-20 12:00:00 UTC (now)'],
    [61, '2026-11-20 12:01:01 UTC (in 1 min 1 s)'],
    [-86_400, '2026-11-19 12:00:00 UTC (1 d ago)'],
  ])('of a moment %d s from now is %s', (seconds, text) => {
    expect(momentText(nowSeconds + seconds, now)).toBe(text);
  });

  it('of no date is the number', () => {
    expect(momentText(1e20, now)).toBe('100000000000000000000');
  });
});
