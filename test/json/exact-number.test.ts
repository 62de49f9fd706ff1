import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  carryNumberTexts,
  decimalDigits,
  isUnsafeInteger,
  numberText,
  stringifyExactly,
} from '../../src/json/exact-number.ts';
import type { JsonObject, JsonValue } from '../../src/json/json.ts';
import { parseJsonExactly } from '../../src/json/parse-json-exactly.ts';

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

function parse(text: string): JsonValue {
  const result = parseJsonExactly(text);
  if (result.type === 'malformed') throw new Error(result.reason);
  return result.json.value;
}

describe('stringifyExactly', () => {
  it.each([
    ['an integer beyond 2^53', '{"id":12345678901234567890,"ok":true}'],
    ['a fraction that is a whole number', '{"a":[1.0,2,[1.50]]}'],
    ['an exponent', '{"a":1E3,"b":1e400,"c":-1e-999}'],
    ['a negative zero', '[-0,0]'],
    ['more digits than binary64 has', '{"pi":3.14159265358979323846264338327950288}'],
  ])('writes %s as it was read', (_, text) => {
    expect(stringifyExactly(parse(text))).toBe(text);
  });

  it('indents as JSON.stringify does', () => {
    const text = '{"id":12345678901234567890,"list":[1,{"a":null}],"none":{},"empty":[],"text":"\\u0001\\""}';
    expect(stringifyExactly(parse(text), 2)).toBe(
      JSON.stringify(JSON.parse(text), null, 2).replace('12345678901234567000', '12345678901234567890'),
    );
  });

  it('writes what JSON.stringify writes when no number would change', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(stringifyExactly(value, indent)).toBe(text);
        const [, ...rest] = parse(`[1.0,${text}]`) as [number, JsonValue];
        expect(stringifyExactly(rest[0], indent)).toBe(text);
      }),
    );
  });

  it('leaves members out that are undefined', () => {
    const odd = { ...(parse('{"n":1.0}') as JsonObject), gone: undefined };
    expect(stringifyExactly(odd)).toBe('{"n":1.0}');
  });
});

describe('the wire text of a number', () => {
  const read = parse('{"id":12345678901234567890,"list":[1.0]}') as JsonObject;

  it('goes along with a copy, unless the copy has another value', () => {
    expect(numberText({ ...read, more: 1 }, 'id')).toBe('12345678901234567890');
    expect(numberText({ ...read, id: 5 }, 'id')).toBe('5');
    const copy = carryNumberTexts(read, Object.fromEntries(Object.entries(read)));
    expect(numberText(copy, 'id')).toBe('12345678901234567890');
  });

  it('stands in the way of nothing that goes by names', () => {
    expect(Object.keys(read)).toEqual(['id', 'list']);
    expect(JSON.stringify(read)).toBe('{"id":12345678901234567000,"list":[1]}');
    expect(numberText(read.list as JsonValue[], 0)).toBe('1.0');
  });
});
