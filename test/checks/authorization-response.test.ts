import { describe, expect, it } from 'vitest';
import {
  type AuthorizationResponseEvidence,
  judgeAuthorizationResponse,
} from '../../src/checks/authorization-response.ts';
import type { CheckId } from '../../src/checks/catalogue.ts';
import {
  type CheckOutcome,
  type CheckResult,
  listChecks,
  listFindings,
} from '../../src/checks/check-result.ts';
import { readAuthorizationResponse } from '../../src/protocol/authorization-response.ts';

const issuer = 'https://as.example';

function judge(
  parameters: Readonly<Record<string, string | undefined>>,
  sentState: string | undefined,
  known: Partial<AuthorizationResponseEvidence> = {},
): CheckResult[] {
  const present = Object.entries(parameters).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const url = `/callback?${new URLSearchParams(present).toString()}`;
  const reading = readAuthorizationResponse({ method: 'GET', url }, { state: sentState });
  return listChecks(judgeAuthorizationResponse({ reading, issuer, issRequired: false, ...known }));
}

describe('state', () => {
  it.each<[string | undefined, string | undefined, CheckId, CheckOutcome]>([
    ['s-1', 's-1', 'state', 'pass'],
    ['s-1', 's-2', 'state-mismatch', 'fail'],
    ['s-1', 'S-1', 'state-mismatch', 'fail'],
    ['s-1', '', 'state-mismatch', 'fail'],
    ['s-1', undefined, 'state-missing', 'fail'],
    [undefined, undefined, 'state', 'skipped'],
    [undefined, 's-1', 'state', 'fail'],
    [undefined, '', 'state', 'fail'],
  ])('with %j sent and %j received is listed as %s with the outcome %s', (sent, received, id, outcome) => {
    const results = judge({ code: 'c', state: received }, sent).filter((result) =>
      result.id.startsWith('state'),
    );
    expect(results).toMatchObject([{ id, outcome }]);
    if (outcome === 'pass') expect(results).toMatchObject([{ expected: 's-1', received: 's-1' }]);
  });

  it('that is right in a later place only is a mismatch', () => {
    const reading = readAuthorizationResponse(
      { method: 'GET', url: '/callback?code=c&state=other&state=s-1' },
      { state: 's-1' },
    );
    const ids = listChecks(judgeAuthorizationResponse({ reading, issuer, issRequired: false })).map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['iss', 'state-mismatch', 'callback-parameter-repeated']);
  });
});

describe('the check of iss', () => {
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
    (received, expected, issRequired, outcome) => {
      const results = judge({ code: 'c', iss: received }, undefined, { issuer: expected, issRequired });
      expect(results.filter(({ id }) => id === 'iss')).toMatchObject([{ outcome }]);
    },
  );

  it('says how the issuers differ', () => {
    const result = judge({ code: 'c', iss: `${issuer}/` }, undefined).find(({ id }) => id === 'iss');
    expect(result).toMatchObject({ expected: issuer, received: `${issuer}/` });
    expect(result?.detail).toContain('Only a trailing slash differs.');
  });
});

describe('the check of the response mode', () => {
  const jwe = `${Buffer.from('{"alg":"RSA-OAEP","enc":"A128GCM"}').toString('base64url')}.AAAA.AAAA.AAAA.AAAA`;
  const answers = {
    query: { method: 'GET', url: '/callback?code=c' },
    form_post: { method: 'POST', url: '/callback', body: 'code=c' },
    fragment: { method: 'FRAGMENT', url: '/callback', fragment: 'code=c' },
    error: { method: 'GET', url: '/callback?error=access_denied' },
    encrypted: { method: 'GET', url: `/callback?response=${jwe}` },
    paste: { method: 'PASTE', url: '?code=c' },
    address: { method: 'PASTE', url: 'http://127.0.0.1/cb?code=c' },
  } as const;
  it.each<[keyof typeof answers, string | undefined, string, CheckOutcome | undefined, string]>([
    ['query', undefined, 'code', undefined, ''],
    ['fragment', undefined, 'code id_token', undefined, ''],
    ['paste', undefined, 'code', undefined, ''],
    ['query', 'query', 'code', 'pass', 'in the query, as was asked'],
    ['form_post', 'form_post', 'code', 'pass', 'in a form by POST, as was asked'],
    ['form_post', 'form_post.jwt', 'code', 'pass', 'in a form by POST, as was asked'],
    ['query', 'jwt', 'code', 'pass', 'in the query, as was asked'],
    ['query', 'form_post', 'code', 'warn', 'form_post was asked for. A code in a URL'],
    ['fragment', 'form_post', 'code', 'warn', 'in the fragment; form_post was asked for.'],
    ['fragment', undefined, 'code', 'warn', 'without response_mode it is to come by query.'],
    ['form_post', undefined, 'code', 'warn', 'without response_mode it is to come by query.'],
    ['query', 'fragment', 'code id_token', 'fail', 'where tokens get into histories and logs.'],
    ['query', undefined, 'id_token token', 'fail', 'where tokens get into histories and logs.'],
    ['query', 'query', 'code id_token', 'fail', 'where tokens get into histories and logs.'],
    ['query', 'query.jwt', 'code id_token', 'fail', 'where tokens get into histories and logs.'],
    ['encrypted', 'query.jwt', 'code id_token', 'pass', 'in the query, as was asked'],
    [
      'error',
      undefined,
      'code id_token',
      'warn',
      'in the query; without response_mode it is to come by fragment.',
    ],
    ['query', 'web_message', 'code', 'warn', 'web_message was asked for.'],
    ['paste', 'form_post', 'code', 'skipped', 'does not show'],
    ['address', undefined, 'code', undefined, ''],
    ['address', 'form_post', 'code', 'warn', 'in the query; form_post was asked for.'],
  ])('by %s, with %j asked for and %s, has the outcome %s', (by, responseMode, type, outcome, detail) => {
    const sent = Object.entries({
      response_type: type,
      ...(responseMode && { response_mode: responseMode }),
    });
    const reading = readAuthorizationResponse(answers[by], {});
    const judgements = judgeAuthorizationResponse({ reading, issuer, issRequired: false, sent });
    const results = listChecks(judgements).filter(({ id }) => id === 'response-mode');
    expect(results.map((result) => result.outcome)).toEqual(outcome === undefined ? [] : [outcome]);
    expect(results[0]?.detail ?? '').toContain(detail);
  });

  it('says nothing where the request is not known', () => {
    const reading = readAuthorizationResponse(answers.fragment, {});
    const ids = listChecks(judgeAuthorizationResponse({ reading, issuer, issRequired: false })).map(
      ({ id }) => id,
    );
    expect(ids).not.toContain('response-mode');
  });
});

describe('tokens in the answer', () => {
  it.each<[string, string, string | undefined, string | undefined]>([
    ['code=c', 'code', 'code', undefined],
    ['code=c&id_token=', 'code', 'code', undefined],
    ['code=c&id_token=x', 'beside a code', 'code', 'id_token'],
    ['code=c&id_token=x&access_token=y', 'beside a code', 'code', 'id_token, access_token'],
    ['code=c&id_token=x', 'of a hybrid flow', 'code id_token', undefined],
    ['code=c&id_token=x&access_token=y', 'of a hybrid flow', 'code id_token', 'access_token'],
    ['code=c&id_token=x', 'of a request that is not known', undefined, undefined],
  ])('%s (%s) is compared with what was asked for', (query, _, type, evidence) => {
    const reading = readAuthorizationResponse({ method: 'GET', url: `/cb?${query}` }, {});
    const sent = type === undefined ? {} : { sent: [['response_type', type]] as const };
    const judgements = judgeAuthorizationResponse({ reading, issuer, issRequired: false, ...sent });
    const results = listChecks(judgements).filter(({ id }) => id === 'callback-tokens-unasked');
    expect(results).toMatchObject(evidence === undefined ? [] : [{ outcome: 'warn', received: evidence }]);
  });
});

describe('tokens in a URL', () => {
  it.each<[Parameters<typeof readAuthorizationResponse>[0], string | undefined]>([
    [{ method: 'GET', url: '/cb?id_token=x&access_token=y' }, 'access_token, id_token'],
    [{ method: 'PASTE', url: 'https://app.example/cb?access_token=y' }, 'access_token'],
    [{ method: 'PASTE', url: '?access_token=y' }, undefined],
    [{ method: 'FRAGMENT', url: '/cb', fragment: 'access_token=y' }, undefined],
    [{ method: 'POST', url: '/cb', body: 'access_token=y' }, undefined],
    [{ method: 'GET', url: '/cb?code=c' }, undefined],
  ])('are found whatever was asked for: %j', (received, evidence) => {
    const reading = readAuthorizationResponse(received, {});
    const found = listFindings(judgeAuthorizationResponse({ reading, issuer, issRequired: false }));
    const unsafe = found.filter(({ id }) => id === 'response-mode-unsafe');
    expect(unsafe.map((one) => one.evidence)).toEqual(evidence === undefined ? [] : [evidence]);
  });
});

describe('an authorization response', () => {
  const outcomes = (parameters: Readonly<Record<string, string>>) =>
    judge(parameters, 's-1', { issRequired: true }).map(({ id, outcome }) => [id, outcome]);

  it('passes with a code, state and iss', () => {
    expect(outcomes({ code: 'c', state: 's-1', iss: issuer })).toEqual([
      ['authorization-response', 'pass'],
      ['state', 'pass'],
      ['iss', 'pass'],
    ]);
  });

  it('is judged as an error as well', () => {
    expect(outcomes({ error: 'access_denied', state: 'other' })).toEqual([
      ['iss', 'fail'],
      ['state-mismatch', 'fail'],
    ]);
  });

  it('fails when it is neither', () => {
    expect(outcomes({ state: 's-1' })[0]).toEqual(['authorization-response', 'fail']);
  });

  it.each<[string, Readonly<Record<string, string>>, CheckId]>([
    ['a code under another name', { authCode: 'c', state: 's-1' }, 'parameter-renamed'],
    ['an empty parameter', { code: 'c', state: 's-1', error: '' }, 'parameter-empty-string'],
  ])('with %s is listed by what is out of order', (_, parameters, id) => {
    const ids = outcomes(parameters).map(([listed]) => listed);
    expect(ids).toContain(id);
    expect(ids).not.toContain('authorization-response');
  });

  it('never shows the code', () => {
    expect(JSON.stringify(judge({ code: 'very-secret', state: 'x' }, 's-1'))).not.toContain('very-secret');
  });
});
