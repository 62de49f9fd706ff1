import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../src/checks/catalogue.ts';
import { type CheckResult, checkResult, underId, type Verdict } from '../../src/checks/check-result.ts';
import { judgeIss, judgeNonce } from '../../src/checks/id-token/token-claims.ts';
import { judgeAuthTime, judgeExp, judgeIat, judgeNbf } from '../../src/checks/id-token/token-times.ts';
import { diagnoseChecks } from '../../src/diagnosis/check-evidence.ts';
import { own } from '../../src/say.ts';

const now = { now: new Date('2026-01-01T00:00:00Z'), clockToleranceSeconds: 5 };
const issuer = 'https://as.example';
const lateSkew = checkResult('clock-skew', 'warn', 'Clocks differ.', { received: '600 s' });
const failed = (id: CheckId, detail: string, compared = {}) => checkResult(id, 'fail', own(detail), compared);

const under = (id: CheckId) => (verdict: Verdict) => underId(id, verdict);
const exp = under('id-token-exp');
const iat = under('id-token-iat');
const nbf = under('id-token-nbf');
const iss = under('id-token-iss');
const nonce = under('id-token-nonce');
const authTime = under('id-token-auth-time');

const diagnose = (
  checks: readonly CheckResult[],
  keySet: { url: string; keyIds: readonly string[] } | null = null,
) => diagnoseChecks(checks, { conversation: { messages: [], metadata: null, keySet }, given: {} }).diagnosis;

describe('the causes of checks that failed', () => {
  it.each<[string, CheckResult, string]>([
    ['exp is missing', exp(judgeExp({}, now)), 'exp of the ID token is missing or malformed.'],
    ['exp is a string', exp(judgeExp({ exp: 'soon' }, now)), 'exp of the ID token is missing or malformed.'],
    ['iat is missing', iat(judgeIat({}, now)), 'iat of the ID token is missing or malformed.'],
    ['nbf is an object', nbf(judgeNbf({ nbf: {} }, now)), 'nbf of the ID token is missing or malformed.'],
    ['iss is missing', iss(judgeIss({}, issuer)), 'iss of the ID token is missing or malformed.'],
    ['iss is a number', iss(judgeIss({ iss: 7 }, issuer)), 'iss of the ID token is missing or malformed.'],
    [
      'auth_time is missing',
      authTime(judgeAuthTime({}, { ...now, maxAgeSeconds: 60 })),
      'auth_time of the ID token is missing or malformed.',
    ],
    [
      'nonce is missing',
      nonce(judgeNonce({}, { nonce: 'n' })),
      'The server does not send the nonce back in the ID token.',
    ],
  ])('where %s blame neither a clock nor another issuer nor an older token', (_, check, cause) => {
    expect(diagnose([check, lateSkew])).toEqual([
      expect.objectContaining({
        cause,
        why: check.detail,
        confidence: 'high',
        expected: check.expected,
        received: check.received,
      }),
    ]);
  });

  it.each<[string, CheckResult, string]>([
    ['exp is past', exp(judgeExp({ exp: 1 }, now)), 'A clock is wrong, or the server sent an old token.'],
    [
      'iss is another',
      iss(judgeIss({ iss: 'https://other.example' }, issuer)),
      'The server names itself by another issuer than the one that was configured.',
    ],
    [
      'nonce is another',
      nonce(judgeNonce({ nonce: 'm' }, { nonce: 'n' })),
      'The ID token does not belong to this login: its nonce differs.',
    ],
  ])('where %s say so', (_, check, cause) => {
    expect(diagnose([check])[0]?.cause).toBe(cause);
  });

  it.each([
    ['that clock explains it', 300, 'The clock of this machine is 10 min behind that of the server.', 'high'],
    ['the token is too late by both', 3600, 'A clock is wrong, or the server sent an old token.', 'medium'],
  ])('where the clocks differ and %s', (_, early, cause, confidence) => {
    const issuedAt = now.now.getTime() / 1000 + early;
    const check = iat(judgeIat({ iat: issuedAt }, { ...now, clockSkewSeconds: 600 }));
    expect(diagnose([check, lateSkew])).toEqual([expect.objectContaining({ cause, confidence })]);
  });

  it.each<[CheckId, string]>([
    ['jarm-exp', 'RFC 9110 §6.6.1; JARM §2.4 4'],
    ['id-token-exp', 'RFC 9110 §6.6.1; OIDC Core §3.1.3.7 9'],
  ])('are sourced to the section of the time that was judged: %s', (id, source) => {
    expect(diagnose([under(id)(judgeExp({ exp: 1 }, now))])).toEqual([expect.objectContaining({ source })]);
  });

  const noneFits = failed('id-token-key', 'None of the keys fits.', { received: 'k1' });

  it('are certain that a key is not published where its kid is not among those that were fetched', () => {
    expect(diagnose([noneFits], { url: `${issuer}/jwks`, keyIds: ['k2', 'k3'] })).toEqual([
      expect.objectContaining({
        cause: 'The key that signed the ID token is not among those the server publishes.',
        confidence: 'high',
        expected: 'one of k2, k3',
        received: 'k1',
      }),
    ]);
  });

  it.each([
    [
      'could not be fetched',
      failed('id-token-key', 'The keys of the server could not be fetched: 404.'),
      null,
    ],
    ['were not seen', noneFits, null],
    ['have that kid and are for another use', noneFits, { url: `${issuer}/jwks`, keyIds: ['k1'] }],
    ['are not named by the token', failed('id-token-key', 'x'), { url: `${issuer}/jwks`, keyIds: ['k1'] }],
  ])('are not certain where keys %s', (_, check, keySet) => {
    expect(diagnose([check], keySet)).toEqual([
      expect.objectContaining({
        cause: 'None of the keys at hand verifies the ID token.',
        why: check.detail,
        confidence: 'medium',
      }),
    ]);
  });
});

describe('the causes of an answer in a JWT that is refused', () => {
  it.each<[CheckResult, string]>([
    [under('jarm-exp')(judgeExp({}, now)), 'exp of the authorization response is missing or malformed.'],
    [under('jarm-exp')(judgeExp({ exp: 1 }, now)), 'A clock is wrong, or the server sent an old token.'],
    [under('jarm-iss')(judgeIss({}, issuer)), 'iss of the authorization response is missing or malformed.'],
    [
      under('jarm-iss')(judgeIss({ iss: 'https://other.example' }, issuer)),
      'The server names itself by another issuer than the one that was configured.',
    ],
    [failed('jarm-response', 'plain'), 'The server does not answer in a JWT, as it was asked to.'],
    [failed('jarm-decryption', 'encrypted'), 'The answer is encrypted for a key that is not at hand.'],
    [
      failed('jarm-signature', 'wrong'),
      'The answer was changed on its way, or signed with a key that the server does not publish.',
    ],
    [failed('jarm-aud', 'another'), 'The answer is for another client.'],
  ])('%o', (check, cause) => {
    expect(diagnose([check])).toEqual([expect.objectContaining({ cause, why: expect.any(String) })]);
  });

  it('name the specification of the answer, not of the ID token', () => {
    const [cause] = diagnose([under('jarm-iss')(judgeIss({}, issuer))]);
    expect(cause?.source).toBe('JARM §2.1');
  });
});
