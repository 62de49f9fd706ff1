import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import { checkClockSkew, measureClockSkew } from '../../src/checks/clock-skew.ts';

const startedAt = new Date('2026-11-20T12:00:00.500Z');

describe('the clock skew', () => {
  it.each([
    ['Fri, 20 Nov 2026 12:00:00 GMT', 100, 0],
    ['Fri, 20 Nov 2026 12:00:01 GMT', 900, 0],
    ['Fri, 20 Nov 2026 11:59:59 GMT', 100, 0],
    ['Fri, 20 Nov 2026 11:59:00 GMT', 100, -59],
    ['Fri, 20 Nov 2026 12:01:00 GMT', 500, 59],
    ['Fri, 20 Nov 2026 13:00:00 GMT', 500, 3599],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 60_000, 0],
    ['Friday, 20-Nov-26 12:00:00 GMT', 100, 0],
    ['Fri Nov 20 12:00:00 2026', 100, 0],
    ['Fri Nov  6 12:00:00 2026', 100, -1_209_599],
  ])('is measured by %s and %i ms as %i s', (header, durationMs, skew) => {
    expect(measureClockSkew(header, startedAt, durationMs)).toBe(skew);
  });

  it.each([
    undefined,
    '',
    'now',
    '0',
    '2026-11-20T12:00:00Z',
    'Fri, 20 Nov 2026 12:00:00 +0100',
    'Fri, 99 Nov 2026 12:00:00 GMT',
  ])('is not known from %j', (header) => {
    expect(measureClockSkew(header, startedAt, 100)).toBeUndefined();
  });

  it('is never claimed of clocks that agree, however long the exchange took', () => {
    const answeredMs = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(answeredMs, answeredMs, fc.nat(999), (beforeMs, afterMs, fraction) => {
        const start = new Date(startedAt.getTime() + fraction);
        const header = new Date(start.getTime() + beforeMs).toUTCString();
        expect(measureClockSkew(header, start, beforeMs + afterMs)).toBe(0);
      }),
    );
  });

  it.each<[number | undefined, CheckOutcome, string | undefined]>([
    [0, 'pass', '0 s'],
    [5, 'pass', '5 s'],
    [-5, 'pass', '-5 s'],
    [6, 'warn', '6 s'],
    [-3600, 'warn', '-3600 s'],
    [undefined, 'skipped', undefined],
  ])('of %j s has the outcome %s with a tolerance of 5 s', (skew, outcome, received) => {
    const result = checkClockSkew(skew, 5);
    expect(result).toMatchObject({ id: 'clock-skew', outcome });
    expect(result.received).toBe(received);
  });

  it('is told in words', () => {
    expect(checkClockSkew(-3600, 5).detail).toContain("The server's clock is 1 h behind this one.");
    expect(checkClockSkew(90, 5).detail).toContain("The server's clock is 1 min 30 s ahead of this one.");
  });
});
