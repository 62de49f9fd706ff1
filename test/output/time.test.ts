import { describe, expect, it } from 'vitest';
import { formatDuration, formatMomentAndDistance, formatRelative } from '../../src/output/time.ts';

const now = new Date('2026-11-20T13:05:12Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('formatRelative', () => {
  it.each([
    [295, 'in 4 min 55 s'],
    [-12, '12 s ago'],
    [0.2, 'now'],
    [3600, 'in 1 h'],
    [3661, 'in 1 h 1 min'],
    [-86_400 * 40 - 7200, '40 d 2 h ago'],
    [60, 'in 1 min'],
  ])('tells %d seconds as "%s"', (seconds, expected) => {
    expect(formatRelative(after(seconds), now)).toBe(expected);
  });
});

describe('formatMomentAndDistance', () => {
  it('shows a moment in UTC and relative', () => {
    expect(formatMomentAndDistance(after(295), now)).toBe('2026-11-20 13:10:07 UTC (in 4 min 55 s)');
  });

  it.each([1e300, -1e300, Number.NaN])('survives %d, which no calendar reaches', (seconds) => {
    expect(formatMomentAndDistance(new Date(seconds * 1000), now)).toBe('beyond any calendar');
  });

  it('survives the last moment there is', () => {
    expect(formatMomentAndDistance(new Date(8.64e15), now)).toContain('UTC (in ');
  });
});

describe('formatDuration', () => {
  it.each([
    [0.3, '0 ms'],
    [34.4, '34 ms'],
    [999.7, '1.0 s'],
    [1234, '1.2 s'],
    [9960, '10 s'],
    [123_456, '2 min 3 s'],
    [-1, '0 ms'],
  ])('tells %d milliseconds as "%s"', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });
});
