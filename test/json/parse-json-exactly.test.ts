import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExactJson, memberNames } from '../../src/json/exact-json.ts';
import { numberText } from '../../src/json/exact-number.ts';
import { isJsonObject, type JsonObject } from '../../src/json/json.ts';
import { deepestContainer, parseJsonExactly } from '../../src/json/parse-json-exactly.ts';
import { inputs } from '../every-case.ts';

function parse(text: string): ExactJson {
  const result = parseJsonExactly(text);
  if (result.type === 'malformed') {
    throw new Error(`${result.reason} at ${result.offset}`);
  }
  return result.json;
}

function parseObject(text: string): { json: ExactJson; object: JsonObject } {
  const json = parse(text);
  if (!isJsonObject(json.value)) {
    throw new Error('no object');
  }
  return { json, object: json.value };
}

function nativeParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Text that is nearly JSON: JSON with a few characters taken out, doubled or replaced. */
const damagedJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('', '"', '\\', ',', '}', ']', '0', '-', 'e', '.', ' ', '\u0001')),
      { maxLength: 3 },
    ),
  )
  .map(([json, edits]) =>
    edits.reduce((text, [where, what]) => {
      const at = text.length === 0 ? 0 : where % text.length;
      return text.slice(0, at) + what + text.slice(at + 1);
    }, json),
  );

describe('parseJsonExactly', () => {
  it('accepts what JSON.parse accepts, with the same value, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), damagedJson, fc.string({ unit: 'binary' })), (text) => {
        const native = nativeParse(text);
        const own = parseJsonExactly(text);
        expect(own.type).toBe(native === undefined ? 'malformed' : 'parsed');
        // What goes by names sees the value alone; the wire texts of numbers hang on a symbol.
        if (own.type === 'parsed') expect(structuredClone(own.json.value)).toEqual(native?.value);
      }),
      { numRuns: inputs(500) },
    );
  });

  it.each([
    ['', 'ends early', 0],
    ['{', 'ends early', 1],
    ['{"a":1', 'ends early', 6],
    ['{"a":"b', 'ends inside a string', 7],
    ['{"a":1,}', 'has no quoted member name where one is due', 7],
    ["{'a':1}", 'has no quoted member name where one is due', 1],
    ['{"a" 1}', 'has no colon after a member name', 5],
    ['[1,]', 'has no value where one is due', 3],
    ['[1 2]', 'has neither a comma nor a closing bracket after a value', 3],
    ['[1}', 'has neither a comma nor a closing bracket after a value', 2],
    ['[01]', 'has neither a comma nor a closing bracket after a value', 2],
    ['[-]', 'has an incomplete number', 1],
    ['["\t"]', 'has a control character in a string', 2],
    ['["\\x"]', 'has an invalid escape in a string', 1],
    ['[] x', 'has text after the value', 3],
    ['[NaN]', 'has no value where one is due', 1],
  ])('says of %j that it %s', (text, reason, offset) => {
    expect(parseJsonExactly(text)).toEqual({ type: 'malformed', reason, offset });
  });

  it('keeps the digits that binary64 loses', () => {
    const { object } = parseObject('{"id":12345678901234567890,"rate":1.10,"small":7}');
    expect(numberText(object, 'id')).toBe('12345678901234567890');
    expect(numberText(object, 'rate')).toBe('1.10');
    expect(numberText(object, 'small')).toBe('7');
  });

  it('names where integers beyond the safe range stand', () => {
    const text = '{"a":9007199254740991,"b":[{"c d":-9007199254740992},[1e20]],"e":1.5e300,"f":0.1e-999}';
    expect(parse(text).unsafeIntegers).toEqual([
      { path: 'b[0]."c d"', text: '-9007199254740992' },
      { path: 'b[1][0]', text: '1e20' },
      { path: 'e', text: '1.5e300' },
    ]);
  });

  it('takes the last of duplicate members and says that there were more', () => {
    const { json, object } = parseObject('{"a":12345678901234567890,"b":{"a":2,"a":3},"a":1}');
    expect(object).toEqual({ a: 1, b: { a: 3 } });
    expect(numberText(object, 'a')).toBe('1');
    expect(json.duplicates).toEqual(['b.a', 'a']);
  });

  it('keeps document order where JavaScript would sort', () => {
    const { json, object } = parseObject('{"b":1,"2":2,"a":3,"1":4,"2":5}');
    expect(memberNames(json, object)).toEqual(['b', '2', 'a', '1']);
    expect(object['2']).toBe(5);
  });

  it('makes of __proto__ a member like any other', () => {
    const { object } = parseObject(
      '{"__proto__":{"polluted":true},"a":{"constructor":{"prototype":{"polluted":true}}}}',
    );
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.hasOwn(object, '__proto__')).toBe(true);
    expect('polluted' in {}).toBe(false);
    expect(object.polluted).toBeUndefined();
  });

  it('makes objects that can be turned into text, also with a member called toString', () => {
    const text = '{"toString":{},"a":[{"toString":null,"toString":1,"valueOf":2}]}';
    const { object } = parseObject(text);
    expect([String(object), Number(object), String(object.a)]).toEqual([
      '[object Object]',
      Number.NaN,
      '[object Object]',
    ]);
    expect(object).toEqual(JSON.parse(text));
    expect(JSON.stringify(object)).toBe('{"toString":{},"a":[{"toString":1,"valueOf":2}]}');
  });

  it('keeps lone surrogates', () => {
    expect(parse('["\\ud800", "\ud800"]').value).toEqual(['\ud800', '\ud800']);
  });

  it('keeps what is nested too deeply as text, and reads what stands beside it', () => {
    const deep = `${'['.repeat(100_000)}"]\\"",${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}${']'.repeat(100_000)}`;
    const { object } = parseObject(`{"deep":${deep},"access_token":"t"}`);
    expect(object.access_token).toBe('t');
    let inner = object.deep;
    for (let depth = 1; Array.isArray(inner); depth += 1) {
      expect(depth).toBeLessThan(deepestContainer);
      inner = inner[0];
    }
    expect(inner).toMatch(/^\[{3}/);
    expect(JSON.stringify(object).length).toBeGreaterThan(100_000);
    expect(parseJsonExactly(`{"deep":${deep.slice(0, -1)}}`).type).toBe('malformed');
  });
});
