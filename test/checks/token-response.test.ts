import { describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import {
  checkCacheControl,
  checkExpiresIn,
  checkGrantedScope,
  checkTokenResponse,
  checkTokenType,
} from '../../src/checks/token-response.ts';
import type { HeaderList } from '../../src/http-message.ts';
import { readTokenResponse } from '../../src/protocol/token-response.ts';

describe('the check of the token type', () => {
  it.each<[string | null, CheckOutcome]>([
    ['Bearer', 'pass'],
    ['bearer', 'pass'],
    ['DPoP', 'pass'],
    ['mac', 'warn'],
    ['https://as.example/type', 'warn'],
    [null, 'warn'],
  ])('for %j has the outcome %s', (tokenType, outcome) => {
    expect(checkTokenType(tokenType)).toMatchObject({
      id: 'token-type',
      outcome,
      expected: 'Bearer or DPoP',
      received: tokenType ?? '(absent)',
    });
  });
});

describe('the check of the lifetime', () => {
  it.each<[number | null, CheckOutcome, string]>([
    [3600, 'pass', '3600 s'],
    [1, 'pass', '1 s'],
    [0.5, 'pass', '0.5 s'],
    [0, 'warn', '0 s'],
    [-1, 'warn', '-1 s'],
    [2_147_483_648, 'warn', '2147483648 s'],
    [Number.NaN, 'warn', 'NaN s'],
    [null, 'warn', '(absent)'],
  ])('for %j has the outcome %s', (seconds, outcome, received) => {
    expect(checkExpiresIn(seconds)).toMatchObject({ id: 'expires-in', outcome, received });
  });

  it('says how long the token lives', () => {
    expect(checkExpiresIn(5400).detail).toBe('The access token lives 1 h 30 min.');
  });
});

describe('the check of the granted scope', () => {
  it.each<[string, string[] | null, string[], CheckOutcome, string]>([
    ['all', ['openid', 'email'], ['email', 'openid'], 'pass', 'All of the requested scope'],
    ['no scope in the response', null, ['openid'], 'pass', 'as requested'],
    ['no scope at all', null, [], 'pass', 'none was requested'],
    ['a scope nobody asked for', ['read'], [], 'pass', 'the server chose'],
    ['less', ['openid'], ['openid', 'email'], 'warn', 'not granted: email.'],
    ['more', ['openid', 'admin'], ['openid'], 'warn', 'granted without being requested: admin.'],
    ['other', ['a'], ['b'], 'warn', 'not granted: b; granted without being requested: a.'],
    ['an empty scope', [], ['openid'], 'warn', 'not granted: openid.'],
  ])('for %s', (_, scope, requested, outcome, detail) => {
    const result = checkGrantedScope(scope, requested);
    expect(result).toMatchObject({ id: 'granted-scope', outcome });
    expect(result.detail).toContain(detail);
  });
});

describe('the check of Cache-Control', () => {
  it.each<[string | undefined, CheckOutcome]>([
    ['no-store', 'pass'],
    ['No-Store', 'pass'],
    ['no-cache, no-store, max-age=0', 'pass'],
    ['no-cache', 'warn'],
    ['x-no-store', 'warn'],
    ['', 'warn'],
    [undefined, 'warn'],
  ])('for %j has the outcome %s', (cacheControl, outcome) => {
    expect(checkCacheControl(cacheControl)).toMatchObject({
      id: 'cache-control',
      outcome,
      expected: 'no-store',
    });
  });
});

describe('the checks of a token response', () => {
  it('are all passed by a sound one, and show no token', () => {
    const headers: HeaderList = [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'private'],
      ['cache-control', 'no-store'],
    ];
    const body = JSON.stringify({
      access_token: 'at-very-secret',
      token_type: 'Bearer',
      expires_in: 60,
      scope: 'a b',
    });
    const reading = readTokenResponse({ status: 200, headers, body }, {});
    if (reading.type !== 'tokens') throw new Error('There are no tokens.');
    const results = checkTokenResponse({ reading, requestedScope: ['a', 'b'] });
    expect(results.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['token-response', 'pass'],
      ['token-type', 'pass'],
      ['expires-in', 'pass'],
      ['granted-scope', 'pass'],
      ['cache-control', 'pass'],
    ]);
    expect(JSON.stringify(results)).not.toContain('at-very-secret');
  });
});
