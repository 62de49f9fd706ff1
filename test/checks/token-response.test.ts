import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../src/checks/catalogue.ts';
import { type CheckOutcome, type CheckResult, listChecks } from '../../src/checks/check-result.ts';
import { judgeTokenResponse } from '../../src/checks/token-response.ts';
import type { HeaderList } from '../../src/http-message.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { readTokenResponse } from '../../src/protocol/token-response.ts';

const sound: JsonObject = { access_token: 'at-very-secret', token_type: 'Bearer', expires_in: 60 };
const neverStored: HeaderList = [
  ['Content-Type', 'application/json'],
  ['Pragma', 'no-cache'],
  ['Cache-Control', 'no-store'],
];

function judge(
  members: Readonly<Record<string, JsonObject[string] | undefined>> = {},
  { headers = neverStored, requested = [] }: { headers?: HeaderList; requested?: readonly string[] } = {},
): CheckResult[] {
  const body = JSON.stringify({ ...sound, ...members });
  const reading = readTokenResponse({ status: 200, headers, body }, {});
  if (reading.type !== 'tokens') throw new Error('There are no tokens.');
  return listChecks(judgeTokenResponse(reading, requested));
}

/** The results of one subject: its check, or the violations that take its place. */
function resultsOf(subject: CheckId, results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ id }) => id === subject || id.startsWith(subject));
}

describe('the token type', () => {
  it.each<[JsonObject[string] | undefined, CheckId, CheckOutcome, string]>([
    ['Bearer', 'token-type', 'pass', 'Bearer'],
    ['bearer', 'token-type', 'pass', 'Bearer'],
    ['DPoP', 'token-type', 'pass', 'DPoP'],
    ['mac', 'token-type-unregistered', 'warn', 'token_type: "mac"'],
    ['PoP', 'token-type', 'warn', 'PoP'],
    ['https://as.example/type', 'token-type', 'warn', 'https://as.example/type'],
    [1, 'token-type', 'warn', '(absent)'],
  ])('%j is listed as %s with the outcome %s', (tokenType, id, outcome, received) => {
    expect(resultsOf('token-type', judge({ token_type: tokenType }))).toMatchObject([
      { id, outcome, received, ...(id === 'token-type' ? { expected: 'Bearer or DPoP' } : {}) },
    ]);
  });

  it.each([[null], [undefined]])('%j is listed as missing', (tokenType) => {
    expect(resultsOf('token-type', judge({ token_type: tokenType }))).toMatchObject([
      { id: 'token-type-missing', outcome: 'warn' },
    ]);
  });
});

describe('the lifetime', () => {
  it.each<[JsonObject[string], CheckId, CheckOutcome, string | undefined]>([
    [3600, 'expires-in', 'pass', '3600 s'],
    [1, 'expires-in', 'pass', '1 s'],
    [0.5, 'expires-in', 'pass', '0.5 s'],
    [0, 'expires-in-zero', 'warn', '0'],
    [-1, 'expires-in-zero', 'warn', '-1'],
    [2_147_483_648, 'expires-in-over-int32', 'warn', '2147483648'],
    ['60', 'expires-in-string', 'warn', '"60"'],
    ['an hour', 'expires-in-missing', 'warn', undefined],
    [null, 'expires-in-missing', 'warn', undefined],
  ])('%j is listed as %s with the outcome %s', (seconds, id, outcome, received) => {
    const [result, ...further] = resultsOf('expires-in', judge({ expires_in: seconds }));
    expect(result).toMatchObject({ id, outcome });
    expect(result?.received).toBe(received);
    expect(further).toEqual([]);
  });

  it('is said in words', () => {
    expect(resultsOf('expires-in', judge({ expires_in: 5400 }))[0]?.detail).toBe(
      'The access token lives 1 h 30 min.',
    );
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
    const [result] = resultsOf('granted-scope', judge({ scope }, { requested }));
    expect(result).toMatchObject({ id: 'granted-scope', outcome });
    expect(result?.detail).toContain(detail);
  });
});

describe('Cache-Control', () => {
  it.each<[string | undefined, CheckId, CheckOutcome]>([
    ['no-store', 'cache-control', 'pass'],
    ['No-Store', 'cache-control', 'pass'],
    ['no-cache, no-store, max-age=0', 'cache-control', 'pass'],
    ['no-cache', 'cache-control-missing', 'warn'],
    ['x-no-store', 'cache-control-missing', 'warn'],
    ['private="a, no-store"', 'cache-control-missing', 'warn'],
    ['', 'cache-control-missing', 'warn'],
    [undefined, 'cache-control-missing', 'warn'],
  ])('%j is listed as %s with the outcome %s', (cacheControl, id, outcome) => {
    const headers: HeaderList =
      cacheControl === undefined ? [] : [...neverStored.slice(0, 2), ['Cache-Control', cacheControl]];
    expect(resultsOf('cache-control', judge({}, { headers }))).toMatchObject([
      { id, outcome, ...(id === 'cache-control' ? { expected: 'no-store', received: cacheControl } : {}) },
    ]);
  });
});

describe('a token response', () => {
  it('that is sound passes every check, and none shows a token', () => {
    const headers: HeaderList = [
      ['Content-Type', 'application/json'],
      ['Pragma', 'no-cache'],
      ['Cache-Control', 'private'],
      ['cache-control', 'no-store'],
    ];
    const results = judge({ scope: 'a b' }, { headers, requested: ['a', 'b'] });
    expect(results.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['token-response', 'pass'],
      ['token-type', 'pass'],
      ['expires-in', 'pass'],
      ['granted-scope', 'pass'],
      ['cache-control', 'pass'],
    ]);
    expect(JSON.stringify(results)).not.toContain('at-very-secret');
  });

  it.each<[string, JsonObject, CheckId]>([
    ['under other names', { accessToken: 'at-very-secret', access_token: null }, 'parameter-renamed'],
    ['beside other tokens', { team: { access_token: 'other' } }, 'additional-tokens'],
    ['beside a null', { refresh_token: null }, 'parameter-null'],
    ['in an envelope', { ok: true }, 'status-envelope'],
  ])('with tokens %s is listed by what is out of order', (_, members, id) => {
    const ids = judge(members).map((result) => result.id);
    expect(ids).toContain(id);
    expect(ids).not.toContain('token-response');
  });
});
