import { describe, expect, it } from 'vitest';
import { checkAuthorizationResponse, checkIss, checkState } from '../../src/checks/authorization-response.ts';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import { readAuthorizationResponse } from '../../src/protocol/authorization-response.ts';

describe('the check of state', () => {
  it.each<[string | undefined, string | undefined, CheckOutcome]>([
    ['s-1', 's-1', 'pass'],
    ['s-1', 's-2', 'fail'],
    ['s-1', 'S-1', 'fail'],
    ['s-1', '', 'fail'],
    ['s-1', undefined, 'fail'],
    [undefined, undefined, 'skipped'],
    [undefined, 's-1', 'warn'],
  ])('with %j sent and %j received has the outcome %s', (sent, received, outcome) => {
    const result = checkState({ sent, received });
    expect(result).toMatchObject({ id: 'state', outcome });
    if (outcome === 'fail') {
      expect(result).toMatchObject({ expected: 's-1', received: received ?? '(absent)' });
    }
  });
});

describe('the check of iss', () => {
  const issuer = 'https://as.example';
  it.each<[string | undefined, string | null, boolean, CheckOutcome]>([
    [issuer, issuer, false, 'pass'],
    [issuer, issuer, true, 'pass'],
    ['https://evil.example', issuer, false, 'fail'],
    ['https://evil.example', issuer, true, 'fail'],
    [`${issuer}/`, issuer, true, 'fail'],
    [undefined, issuer, true, 'fail'],
    [undefined, null, true, 'fail'],
    [undefined, issuer, false, 'skipped'],
    [issuer, null, false, 'skipped'],
  ])(
    'with %j received, %j expected and demanded %j has the outcome %s',
    (received, expected, required, outcome) => {
      expect(checkIss({ received, issuer: expected, required })).toMatchObject({ id: 'iss', outcome });
    },
  );

  it('says how the issuers differ', () => {
    const result = checkIss({ received: `${issuer}/`, issuer, required: false });
    expect(result).toMatchObject({ expected: issuer, received: `${issuer}/` });
    expect(result.detail).toContain('Only a trailing slash differs.');
  });
});

describe('the checks of an authorization response', () => {
  const judge = (query: string) =>
    checkAuthorizationResponse({
      reading: readAuthorizationResponse({ method: 'GET', url: `/callback?${query}` }, { state: 's-1' }),
      sentState: 's-1',
      issuer: 'https://as.example',
      issRequired: true,
    }).map(({ id, outcome }) => [id, outcome]);

  it('pass a code with state and iss', () => {
    expect(judge('code=c&state=s-1&iss=https%3A%2F%2Fas.example')).toEqual([
      ['authorization-response', 'pass'],
      ['state', 'pass'],
      ['iss', 'pass'],
    ]);
  });

  it('judge an error as well', () => {
    expect(judge('error=access_denied&state=other')).toEqual([
      ['state', 'fail'],
      ['iss', 'fail'],
    ]);
  });

  it('fail what is neither', () => {
    expect(judge('state=s-1')[0]).toEqual(['authorization-response', 'fail']);
  });

  it('never show the code', () => {
    const results = checkAuthorizationResponse({
      reading: readAuthorizationResponse({ method: 'GET', url: '/callback?code=very-secret&state=x' }, {}),
      sentState: 's-1',
      issuer: null,
      issRequired: false,
    });
    expect(JSON.stringify(results)).not.toContain('very-secret');
  });
});
