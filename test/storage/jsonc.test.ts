import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/json/json.ts';
import { parseJsonc, removeMember, setMember } from '../../src/storage/jsonc.ts';
import { inputs } from '../every-case.ts';

const commented = `{
  // top
  "version": 1, // v
  "profiles": {
    // about a
    "a": {
      "issuer": "x", // prod
      "client_id": "y" // the id
      // "scope": "off"
    } // end of a
  } // end
}
`;

const valueIn = (text: string): JsonValue => {
  const parsed = parseJsonc(text);
  if (parsed === undefined || 'problem' in parsed) throw new Error(`unreadable: ${text}`);
  return JSON.parse(JSON.stringify(parsed.value)) as JsonValue;
};

describe('setMember', () => {
  it('puts a new member behind the last one and leaves every comment on its line', () => {
    expect(setMember(commented, ['profiles', 'a', 'scope'], ['a', 'b'])).toBe(
      commented
        .replace('"y" //', '"y", //')
        .replace('"off"\n', '"off"\n      "scope": [\n        "a",\n        "b"\n      ]\n'),
    );
  });

  it('makes the objects on the way', () => {
    expect(setMember(commented, ['profiles', 'b', 'params', 'k'], 'v')).toBe(
      commented.replace(
        '    } // end of a\n',
        '    }, // end of a\n    "b": {\n      "params": {\n        "k": "v"\n      }\n    }\n',
      ),
    );
  });

  it('replaces nothing but the value', () => {
    expect(setMember(commented, ['profiles', 'a', 'issuer'], 'z')).toBe(commented.replace('"x"', '"z"'));
  });

  it.each([
    ['{}', '{\n  "a": 1\n}'],
    ['{ }\n', '{\n  "a": 1\n}\n'],
    ['{ // only a comment\n}', '{ // only a comment\n  "a": 1\n}'],
    ['{"b": 2}', '{"b": 2, "a": 1}'],
    ['{"b": 2,}', '{"b": 2, "a": 1}'],
    ['{\n\t"b": 2,\n}', '{\n\t"b": 2,\n\t"a": 1\n}'],
    ['{\r\n    "b": 2\r\n}', '{\r\n    "b": 2,\r\n    "a": 1\r\n}'],
    ['{\n  "b": 2 /* , */ // ,\n}', '{\n  "b": 2, /* , */ // ,\n  "a": 1\n}'],
  ])('writes into %j as the text is written', (text, edited) => {
    expect(setMember(text, ['a'], 1)).toBe(edited);
  });
});

describe('removeMember', () => {
  it.each([
    ['client_id', commented.replace('      "client_id": "y" // the id\n', '').replace('"x", //', '"x" //')],
    ['issuer', commented.replace('      "issuer": "x", // prod\n', '')],
    ['scope', commented],
  ])('removes %s with its line and the comment behind it', (name, edited) => {
    expect(removeMember(commented, ['profiles', 'a', name])).toBe(edited);
  });

  it.each([
    ['{"a": 1}', '{}'],
    ['{"a": 1, "b": 2}', '{"b": 2}'],
    ['{"b": 2, "a": 1}', '{"b": 2}'],
    ['{"b": 2, "a": 1,}', '{"b": 2,}'],
    ['{\n  "b": 2,\n  // keep\n  "a": 1\n}', '{\n  "b": 2\n  // keep\n}'],
    ['{ "b": 2, // keep\n  "a": 1 }', '{ "b": 2 // keep\n }'],
  ])('leaves %j sound', (text, edited) => {
    expect(removeMember(text, ['a'])).toBe(edited);
  });
});

describe('any series of edits', () => {
  const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'é "', '');
  const edit = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 3 }),
    value: fc.option(fc.constantFrom<JsonValue>('text', 7, ['x', 'y'], {}, { q: 1 }), {
      nil: undefined,
    }),
  });
  const start = fc.constantFrom<string>(
    '{}',
    '{ /* 1 */ }',
    '{ // 1\n}',
    '{"a": {"b": 1}, "b": {} /* 1 */ , "c": {"a": 2,},}',
    '{\r\n\t// 1\r\n\t"a": {"b": {"c": 1} /* 2 */ }, // 3\r\n\t"b": 2 // 4\r\n}\r\n',
    '{\n  "a": {\n    "b": 1 // 1\n    ,\n    "c": {\n    }\n  } /* 2 */\n  // 3\n}',
  );

  it('leaves what the same edits of the value leave', () => {
    fc.assert(
      fc.property(start, fc.array(edit, { maxLength: 6 }), (text, edits) => {
        let edited = text;
        const expected = valueIn(text) as JsonObject;
        for (const { path, value } of edits) {
          edited = value === undefined ? removeMember(edited, path) : setMember(edited, path, value);
          apply(expected, path, value);
        }
        expect(valueIn(edited)).toEqual(expected);
      }),
      { numRuns: inputs(1500) },
    );
  });

  it('loses no comment as long as only new members are set', () => {
    fc.assert(
      fc.property(start, fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }), (text, names) => {
        const edited = names.reduce((so, name) => setMember(so, [name], { deep: 1 }), text);
        const comments = (of: string) => of.match(/\/\/[^\r\n]*|\/\*.*?\*\//g) ?? [];
        expect(comments(edited)).toEqual(comments(text));
      }),
    );
  });
});

/** The same edit of the value itself; a value that is not an object is replaced by one on the way. */
function apply(object: JsonObject, path: readonly string[], value: JsonValue | undefined): void {
  const [name = '', ...rest] = path;
  const own = Object.getOwnPropertyDescriptor(object, name)?.value as JsonValue | undefined;
  if (rest.length === 0) {
    if (value === undefined) delete object[name];
    else define(object, name, structuredClone(value));
    return;
  }
  const isObject = typeof own === 'object' && own !== null && !Array.isArray(own);
  if (value === undefined && !isObject) return;
  const inner = isObject ? own : {};
  apply(inner, rest, value);
  define(object, name, inner);
}

function define(object: JsonObject, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
