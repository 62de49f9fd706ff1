import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatMoment,
  formatMomentAndDistance,
  formatNumericDate,
  formatRelative,
} from '../../src/output/time.ts';

const now = new Date('2026-11-20T13:05:12Z');
const ahead = (minutes: number) => ({ now, utcOffsetMinutes: () => minutes });
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('formatMoment', () => {
  it.each([
    [60, '2026-11-20 14:05:12 +01:00'],
    [0, '2026-11-20 13:05:12 +00:00'],
    [-210, '2026-11-20 09:35:12 -03:30'],
    [825, '2026-11-21 02:50:12 +13:45'],
  ])('shows local time %i minutes ahead of UTC with its offset', (minutes, expected) => {
    expect(formatMoment(now, ahead(minutes))).toBe(expected);
  });

  it('asks for the offset at the moment shown, as summer time differs', () => {
    const asked: Date[] = [];
    const at = after(86_400);
    formatMoment(at, { now, utcOffsetMinutes: (moment) => asked.push(moment) * 0 });
    expect(asked).toEqual([at]);
  });
});

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

describe('formatNumericDate', () => {
  it('shows seconds since 1970 in local time and relative', () => {
    expect(formatNumericDate(now.getTime() / 1000 + 295, ahead(60))).toBe(
      '2026-11-20 14:10:07 +01:00 (in 4 min 55 s)',
    );
  });

  it.each([1e300, -1e300, Number.NaN])('survives %d, which no calendar reaches', (seconds) => {
    expect(formatNumericDate(seconds, ahead(60))).toBe('beyond any calendar');
  });

  it('survives the last moment there is', () => {
    expect(formatMomentAndDistance(new Date(8.64e15), ahead(60))).toContain('beyond any calendar');
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
