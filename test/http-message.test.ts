import { describe, expect, it } from 'vitest';
import {
  combinedHeaderValue,
  type HeaderList,
  headerValue,
  isHttpUrl,
  parseUrl,
} from '../src/http-message.ts';

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

describe('a text as a URL', () => {
  // Node 24 takes some of these for URLs until it makes one.
  it.each([2_000, 30_000, 60_000, 200_000])(
    'is one or is none, also with a host of %i characters',
    (length) => {
      for (const host of ['a', '{"apiV', 'xn--a.', 'é']) {
        const text = `https://${host.repeat(Math.ceil(length / host.length))}/`;
        expect(isHttpUrl(text)).toBe(parseUrl(text) !== undefined);
      }
    },
  );

  it.each([
    ['https://as.example/a', undefined, 'https://as.example/a'],
    ['/b', 'https://as.example/a', 'https://as.example/b'],
    ['/b', undefined, undefined],
    ['https://', undefined, undefined],
  ])('%s beside %s is %s', (text, base, href) => {
    expect(parseUrl(text, base)?.href).toBe(href);
  });
});
