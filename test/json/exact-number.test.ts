import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalDigits, isUnsafeInteger } from '../../src/json/exact-number.ts';

describe('decimalDigits', () => {
  it.each([
    ['0', '0'],
    ['-0', '-0'],
    ['12345678901234567890', '12345678901234567890'],
    ['1.50', '1.5'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['1.5E+3', '1500'],
    ['1.2345e2', '123.45'],
    ['-12e-3', '-0.012'],
    ['12e-1', '1.2'],
    ['1e22', '10000000000000000000000'],
    ['1e999999999', '1e999999999'],
    ['1e-999999999', '1e-999999999'],
  ])('writes %s as %s', (text, digits) => {
    expect(decimalDigits(text)).toBe(digits);
  });

  it('never changes the value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = JSON.stringify(value);
        expect(Number(decimalDigits(text))).toBe(Number(text));
      }),
    );
  });
});

describe('isUnsafeInteger', () => {
  it('agrees with exact arithmetic', () => {
    const limit = 2n ** 53n - 1n;
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt(), fc.bigInt(limit - 2n, limit + 2n), fc.bigInt(-limit - 2n, -limit + 2n)),
        (integer) => {
          expect(isUnsafeInteger(String(integer))).toBe(integer > limit || integer < -limit);
        },
      ),
    );
  });

  it.each([
    ['9007199254740992.5', false],
    ['9007199254740992.0', true],
    ['1e15', false],
    ['1e16', true],
    ['-1e16', true],
    ['1e-400', false],
    ['1e400', true],
    ['1e401', true],
    ['0e99999', false],
    ['1e-99999', false],
  ])('says of %s: %s', (text, unsafe) => {
    expect(isUnsafeInteger(text)).toBe(unsafe);
  });
});
