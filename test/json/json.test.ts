import { describe, expect, it } from 'vitest';
import { type JsonObject, textListMember, textMember } from '../../src/json/json.ts';

const object: JsonObject = {
  text: 'value',
  empty: '',
  number: 1,
  nothing: null,
  object: {},
  list: ['a', 1, null, '', ['b'], 'c'],
  none: [],
};

describe('members of a JSON object whose author can be wrong', () => {
  it.each([
    ['text', 'value'],
    ['empty', undefined],
    ['number', undefined],
    ['nothing', undefined],
    ['object', undefined],
    ['list', undefined],
    ['absent', undefined],
    ['toString', undefined],
    ['__proto__', undefined],
  ])('%s as text: %s', (name, expected) => {
    expect(textMember(object, name)).toBe(expected);
  });

  it.each([
    ['list', ['a', '', 'c']],
    ['none', []],
    ['text', undefined],
    ['nothing', undefined],
    ['absent', undefined],
  ])('%s as a list of texts: %s', (name, expected) => {
    expect(textListMember(object, name)).toEqual(expected);
  });
});
