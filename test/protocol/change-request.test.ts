import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/http-message.ts';
import { changeHeader, changeParameter, requestParameters } from '../../src/protocol/change-request.ts';

const get: HttpRequest = {
  method: 'GET',
  url: 'https://idp.example/a?scope=openid%20email&x=1#f',
  headers: [],
};
const post: HttpRequest = {
  method: 'POST',
  url: 'https://idp.example/token?tenant=1',
  headers: [
    ['Accept', 'application/json'],
    ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
  ],
  body: 'grant_type=authorization_code&code=a%2Bb',
};

describe('changing a request by hand', () => {
  it.each([
    [
      get,
      { type: 'set', name: 'scope', value: 'openid profile' },
      'https://idp.example/a?scope=openid%20profile&x=1#f',
    ],
    [
      get,
      { type: 'set', name: 'y', value: '&=' },
      'https://idp.example/a?scope=openid%20email&x=1&y=%26%3D#f',
    ],
    [get, { type: 'remove', name: 'scope' }, 'https://idp.example/a?x=1#f'],
    [
      { ...get, url: 'https://idp.example/a' },
      { type: 'set', name: 'x', value: '' },
      'https://idp.example/a?x=',
    ],
    [{ ...get, url: 'https://idp.example/a?x=1' }, { type: 'remove', name: 'x' }, 'https://idp.example/a'],
  ] as const)('changes the query of %j by %j', (request, override, url) => {
    expect(changeParameter(request, override)).toEqual({ ...request, url });
  });

  it('changes the form of a request that has one, and leaves its query alone', () => {
    expect(changeParameter(post, { type: 'set', name: 'code', value: 'c d' })).toEqual({
      ...post,
      body: 'grant_type=authorization_code&code=c+d',
    });
    expect(requestParameters(post)).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'a+b'],
    ]);
  });

  it.each([
    ['accept', 'text/plain', [['accept', 'text/plain'], post.headers[1]]],
    ['Accept', '', [post.headers[1]]],
    ['X-New', '1', [...post.headers, ['X-New', '1']]],
  ])('sets the header field %s to %j', (name, value, headers) => {
    expect(changeHeader(post, name, value).headers).toEqual(headers);
  });

  it('sends what was set, whatever it is', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replace(/\p{Cs}/gu, 'x'));
    fc.assert(
      fc.property(words, words, fc.constantFrom(get, post), (name, value, request) => {
        const changed = changeParameter(request, { type: 'set', name, value });
        expect(requestParameters(changed)).toContainEqual([name, value]);
      }),
    );
  });
});
