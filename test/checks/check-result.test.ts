import { describe, expect, it } from 'vitest';
import { catalogue, isCheckId } from '../../src/checks/catalogue.ts';
import {
  applyWaivers,
  checkResult,
  finding,
  firstStoppingFailure,
  listChecks,
  listFindings,
  unlessViolated,
} from '../../src/checks/check-result.ts';

describe('judgements of a message', () => {
  const judgements = [
    finding('state-mismatch', 'The state differs.', 'abc'),
    checkResult('expires-in', 'pass', 'The access token lives 1 h.'),
    finding('expires-in-string', 'It is a string.'),
    checkResult('token-type', 'warn', 'token_type is missing.'),
    finding('additional-tokens', 'There is another.'),
  ];

  it('are listed by a login as subjects in the order of the catalogue, then as violations that fail when they stop the flow and warn otherwise', () => {
    expect(listChecks(judgements)).toEqual([
      {
        id: 'token-type',
        outcome: 'warn',
        title: 'Token type',
        detail: 'token_type is missing.',
        spec: catalogue['token-type'].spec,
      },
      {
        id: 'expires-in',
        outcome: 'pass',
        title: 'Lifetime',
        detail: 'The access token lives 1 h.',
        spec: catalogue['expires-in'].spec,
      },
      {
        id: 'state-mismatch',
        outcome: 'fail',
        title: 'State differs',
        detail: 'The state differs.',
        spec: catalogue['state-mismatch'].spec,
        received: 'abc',
      },
      {
        id: 'expires-in-string',
        outcome: 'warn',
        title: 'Lifetime as a string',
        detail: 'It is a string.',
        spec: 'RFC 6749 §5.1',
      },
      {
        id: 'additional-tokens',
        outcome: 'warn',
        title: 'Further access token',
        detail: 'There is another.',
        spec: 'RFC 6749 §5.1',
      },
    ]);
  });

  it('are listed by debug as their violations alone, in the order they were found', () => {
    expect(listFindings(judgements).map(({ id }) => id)).toEqual([
      'state-mismatch',
      'expires-in-string',
      'additional-tokens',
    ]);
  });

  it('say that a subject is in order only where nothing violates it', () => {
    const sound = checkResult('token-response', 'pass', 'It is sound.');
    expect(unlessViolated(sound, [])).toEqual([sound]);
    expect(unlessViolated(sound, [finding('empty-body', 'There is no body.')])).toEqual([]);
  });

  it('never hide a failure behind a warning', () => {
    const both = [
      checkResult('userinfo-sub', 'fail', 'sub is missing.'),
      finding('sub-missing', 'There is no sub.'),
    ];
    expect(listChecks(both).map(({ outcome }) => outcome)).toEqual(['fail', 'warn']);
  });
});

describe('the catalogue', () => {
  it.each(['state', 'id-token-nonce', 'json-malformed'])('knows %s', (id) => {
    expect(isCheckId(id)).toBe(true);
  });

  it.each(['', 'State', 'toString', '__proto__', 'constructor', 'state '])('does not know %j', (id) => {
    expect(isCheckId(id)).toBe(false);
  });
});

const results = [
  checkResult('iss', 'pass', 'iss is the issuer.'),
  checkResult('token-type', 'warn', 'token_type is missing.'),
  checkResult('id-token-aud', 'fail', 'aud is missing.', { expected: 'client-1', received: '(absent)' }),
  checkResult('id-token-exp', 'fail', 'exp is missing.'),
];

describe('a waived check', () => {
  it('warns instead of failing, and says so', () => {
    const waived = applyWaivers(results, new Set(['id-token-aud', 'iss', 'token-type']));
    expect(waived.map(({ outcome }) => outcome)).toEqual(['pass', 'warn', 'warn', 'fail']);
    expect(waived[2]).toMatchObject({
      id: 'id-token-aud',
      detail: 'aud is missing. This failed and was waived.',
      expected: 'client-1',
      received: '(absent)',
    });
    expect([waived[0], waived[1], waived[3]]).toEqual([results[0], results[1], results[3]]);
  });

  it.each([
    ['id-token-alg', 'none'],
    ['id-token-alg', 'NoNe '],
    ['id-token-alg', '["none"]'],
    ['id-token-alg', ''],
    ['id-token-alg', '(absent)'],
  ] as const)('never lets an ID token pass that is not signed: %s %j', (id, received) => {
    const failed = checkResult(id, 'fail', 'It is refused.', { expected: 'RS256', received });
    expect(applyWaivers([failed], new Set([id]))).toEqual([failed]);
  });

  it('never lets an ID token pass whose signature is empty', () => {
    const failed = checkResult('id-token-signature', 'fail', 'The signature is empty.');
    expect(applyWaivers([failed], new Set(['id-token-signature']))).toEqual([failed]);
  });

  it('no longer stops the flow', () => {
    expect(firstStoppingFailure(results)?.id).toBe('id-token-aud');
    expect(firstStoppingFailure(applyWaivers(results, new Set(['id-token-aud'])))?.id).toBe('id-token-exp');
    expect(
      firstStoppingFailure(applyWaivers(results, new Set(['id-token-aud', 'id-token-exp']))),
    ).toBeUndefined();
  });
});
