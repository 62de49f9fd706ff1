import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/output/render-json.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is taken out
const withoutColor = (text: string) => text.replace(/\u001b\[\d+m/g, '');

describe('renderJson', () => {
  it('is one line, or indented by two for a person', () => {
    expect(renderJson({ a: [1] }, { pretty: false })).toBe('{"a":[1]}\n');
    expect(renderJson({ a: [1] }, { pretty: true })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });

  it('keeps every value, and no character that a terminal obeys or hides', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.boolean(), (value, pretty) => {
        const text = renderJson(value, { pretty });
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text.trimEnd().replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
  });

  it.each(['\u202e', '\u009b', '\u{e0041}', '\u007f', '\ud800', '\u2028'])('escapes %j', (character) => {
    const text = renderJson(character, { pretty: false });
    expect(text).toMatch(/^"(\\u[0-9a-f]{4})+"\n$/);
    expect(JSON.parse(text)).toBe(character);
  });

  it('adds nothing but colour when there is colour', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(withoutColor(renderJson(value, { pretty: true, color: true }))).toBe(
          renderJson(value, { pretty: true }),
        );
      }),
    );
  });

  it('colours names, strings and other values differently', () => {
    expect(renderJson({ 'a"': 'b: 1', c: -1.5e3, d: null }, { pretty: false, color: true })).toBe(
      '{\u001b[36m"a\\""\u001b[39m:\u001b[32m"b: 1"\u001b[39m,\u001b[36m"c"\u001b[39m:\u001b[35m-1500\u001b[39m,\u001b[36m"d"\u001b[39m:\u001b[35mnull\u001b[39m}\n',
    );
  });
});
