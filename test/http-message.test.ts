import { describe, expect, it } from 'vitest';
import { combinedHeaderValue, type HeaderList, headerValue } from '../src/http-message.ts';

const headers: HeaderList = [
  ['WWW-Authenticate', 'Basic realm="a"'],
  ['x-empty', ''],
  ['www-authenticate', 'Bearer'],
];

describe('header fields', () => {
  it.each([
    ['www-authenticate', 'Basic realm="a"', 'Basic realm="a", Bearer'],
    ['WWW-AUTHENTICATE', 'Basic realm="a"', 'Basic realm="a", Bearer'],
    ['X-Empty', '', ''],
    ['x-absent', undefined, undefined],
  ])('%s: the first is %s, all of them %s', (name, first, all) => {
    expect(headerValue(headers, name)).toBe(first);
    expect(combinedHeaderValue(headers, name)).toBe(all);
  });
});
