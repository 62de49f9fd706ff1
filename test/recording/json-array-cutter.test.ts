import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonArrayCutter } from '../../src/recording/json-array-cutter.ts';
import { inputs } from '../every-case.ts';

function cut(text: string, { size = 7, longest = 1000, paths = ['log.entries', 'events', ''] } = {}) {
  const taken: { value: unknown; path: string; index: number }[] = [];
  const cutter = new JsonArrayCutter(paths, longest, (element, path, index) => {
    taken.push({ value: JSON.parse(element), path, index });
  });
  for (let at = 0; at < text.length; at += size) cutter.push(text.slice(at, at + size));
  return { taken, cutter };
}

describe('JsonArrayCutter', () => {
  it.each([
    [
      '{"log":{"version":"1.2","entries":[{"a":1},{"b":[{"c":"}]"}]}]}}',
      'log.entries',
      [{ a: 1 }, { b: [{ c: '}]' }] }],
    ],
    ['{"kind":"trace","events":[{"a":"\\""},{"b":"\\\\"}]}', 'events', [{ a: '"' }, { b: '\\' }]],
    ['[{"a":{}},{"b":[]}]', '', [{ a: {} }, { b: [] }]],
    [' {"log" : { "pages" : [ { "x" : 1 } ] , "entries" : [ { "a" : 1 } ] } } ', 'log.entries', [{ a: 1 }]],
    ['{"x":{"entries":[{"a":1}]},"log":{"entries":[{"b":1}]}}', 'log.entries', [{ b: 1 }]],
  ])('cuts %s', (text, path, values) => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const { taken, cutter } = cut(text, { size });
      expect(taken.map(({ value }) => value)).toEqual(values);
      expect(taken.map((element) => element.path)).toEqual(values.map(() => path));
      expect(cutter.isComplete).toBe(true);
    }
  });

  it.each([
    '{"entries":[{"a":1}]}',
    '{"log":[{"a":1}]}',
    '{"log":{"entries":{"0":{"a":1}}}}',
    '[1,"x",[{"a":1}]]',
    '"[{}]"',
    '',
  ])('finds nothing in %s', (text) => {
    expect(cut(text).taken).toEqual([]);
  });

  it('counts places of the array, not objects', () => {
    expect(cut('[1,{"a":1},null,{"b":[1,2,3]}]').taken.map(({ index }) => index)).toEqual([1, 3]);
  });

  it('passes over an object that is too long, and takes the next one', () => {
    const { taken, cutter } = cut(JSON.stringify([{ a: 'x'.repeat(2000) }, { b: 1 }]), { longest: 1000 });
    expect(taken.map(({ value }) => value)).toEqual([{ b: 1 }]);
    expect(cutter.passedOver).toBe(1);
  });

  it('takes what is whole of a text that was cut off, and says so', () => {
    const { taken, cutter } = cut('{"log":{"entries":[{"a":1},{"b":"x');
    expect(taken.map(({ value }) => value)).toEqual([{ a: 1 }]);
    expect(cutter).toMatchObject({ isComplete: false, foundArray: true });
  });

  it('cuts every list of objects as it was written, wherever the pieces end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(undefined, 2),
        (objects, size, indent) => {
          const text = JSON.stringify({ log: { creator: { name: '[{"' }, entries: objects } }, null, indent);
          const { taken } = cut(text, { size, longest: 1e6 });
          expect(taken.map(({ value }) => value)).toEqual(
            objects.map((one) => JSON.parse(JSON.stringify(one))),
          );
        },
      ),
      { numRuns: inputs(200) },
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\ab1 '.split('')) }),
        fc.integer({ min: 1, max: 9 }),
        (text, size) => {
          const cutter = new JsonArrayCutter(['log.entries', ''], 1000, () => {});
          for (let at = 0; at < text.length; at += size) cutter.push(text.slice(at, at + size));
        },
      ),
      { numRuns: inputs(500) },
    );
  });
});
