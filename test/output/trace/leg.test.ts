import { describe, expect, it } from 'vitest';
import { stepName } from '../../../src/output/trace/leg.ts';

describe('the name of a step', () => {
  it.each([
    ['token', 'Token'],
    ['device_authorization', 'Device authorization'],
    ['', 'Request'],
    ['toString', 'ToString'],
    ['__proto__', 'Proto'],
  ])('%j is %s', (step, expected) => {
    expect(stepName(step)).toBe(expected);
  });
});
