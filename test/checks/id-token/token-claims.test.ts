import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../src/checks/catalogue.ts';
import type { CheckOutcome, CheckResult } from '../../../src/checks/check-result.ts';
import type { IdTokenEvidence } from '../../../src/checks/id-token/token-claims.ts';
import { validateIdToken } from '../../../src/checks/id-token/validate-id-token.ts';
import { jwsAlgorithm } from '../../../src/jose/jws.ts';
import { tokenHash } from '../../../src/jose/token-hash.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { evidenceWithClaims, now, nowSeconds } from '../token-maker.ts';

type Claims = Readonly<Record<string, JsonObject[string] | undefined>>;

interface Case {
  readonly title: string;
  readonly claims?: Claims;
  readonly evidence?: Partial<IdTokenEvidence>;
  readonly outcome: CheckOutcome;
  /** Part of the detail. */
  readonly detail?: string | RegExp;
  readonly expected?: string;
  readonly received?: string;
}

async function resultOf(id: CheckId, { claims = {}, evidence = {} }: Case): Promise<CheckResult | undefined> {
  const results = await validateIdToken(evidenceWithClaims(claims, evidence));
  // The signature is sound: whatever happens to one claim, no other check may hide it.
  expect(results.find((result) => result.id === 'id-token-signature')?.outcome).toBe('pass');
  return results.find((result) => result.id === id);
}

function describeCheck(id: CheckId, cases: readonly Case[]): void {
  describe(id, () => {
    it.each(cases)('$outcome: $title', async (example) => {
      const result = await resultOf(id, example);
      expect(result).toMatchObject({ id, outcome: example.outcome });
      if (example.detail !== undefined) expect(result?.detail).toMatch(example.detail);
      if (example.expected !== undefined) expect(result?.expected).toBe(example.expected);
      if (example.received !== undefined) expect(result?.received).toBe(example.received);
    });
  });
}

const issuer = 'https://as.example';

describeCheck('id-token-iss', [
  { title: 'the issuer', outcome: 'pass', expected: issuer, received: issuer },
  { title: 'missing', claims: { iss: undefined }, outcome: 'fail', expected: issuer, received: '(absent)' },
  { title: 'no string', claims: { iss: 1 }, outcome: 'fail', received: '1' },
  {
    title: 'a trailing slash',
    claims: { iss: `${issuer}/` },
    outcome: 'fail',
    detail: 'Only a trailing slash differs.',
    expected: issuer,
    received: `${issuer}/`,
  },
  { title: 'letter case', claims: { iss: 'https://AS.example' }, outcome: 'fail', detail: 'letter case' },
  { title: 'http', claims: { iss: 'http://as.example' }, outcome: 'fail', detail: 'http:// came' },
  { title: 'no scheme', claims: { iss: 'as.example' }, outcome: 'fail', detail: 'no scheme came' },
  {
    title: 'a tenant where the metadata has a template',
    claims: { iss: 'https://login.example/42/v2.0' },
    evidence: { issuer: 'https://login.example/{tenantid}/v2.0' },
    outcome: 'fail',
    detail: 'template for many tenants',
  },
  {
    title: 'another tenant',
    claims: { iss: 'https://login.example/42/v2.0' },
    evidence: { issuer: 'https://login.example/common/v2.0' },
    outcome: 'fail',
    detail: 'common is expected, 42 came',
  },
  {
    title: 'another server',
    claims: { iss: 'https://evil.example' },
    outcome: 'fail',
    detail: 'differ from character 9 on',
  },
  { title: 'no issuer to compare with', evidence: { issuer: null }, outcome: 'skipped', received: issuer },
]);

describeCheck('id-token-sub', [
  { title: 'a name', outcome: 'pass', received: 'user-1' },
  { title: '255 characters', claims: { sub: 'x'.repeat(255) }, outcome: 'pass' },
  { title: 'missing', claims: { sub: undefined }, outcome: 'fail', received: '(absent)' },
  { title: 'empty', claims: { sub: '' }, outcome: 'fail', received: '' },
  { title: 'a number', claims: { sub: 42 }, outcome: 'fail', received: '42' },
  { title: '256 characters', claims: { sub: 'x'.repeat(256) }, outcome: 'fail', detail: '256 characters' },
  { title: 'not ASCII', claims: { sub: 'jürgen' }, outcome: 'fail', detail: 'not ASCII', received: 'jürgen' },
]);

describeCheck('id-token-aud', [
  { title: 'the client', outcome: 'pass', expected: 'client-1', received: 'client-1' },
  {
    title: 'an array of the client',
    claims: { aud: ['client-1'] },
    outcome: 'pass',
    received: '["client-1"]',
  },
  {
    title: 'several of which one is not trusted',
    claims: { aud: ['api', 'client-1', 'other'], azp: 'client-1' },
    evidence: { trustedAudiences: ['api'] },
    outcome: 'fail',
    detail: /also names other, which is not trusted.*: --trust-audience api --trust-audience other$/,
  },
  { title: 'several without azp', claims: { aud: ['client-1', 'api'] }, outcome: 'fail', detail: 'api' },
  {
    title: 'several that are trusted',
    claims: { aud: ['api', 'client-1'] },
    evidence: { trustedAudiences: ['api', 'other'] },
    outcome: 'pass',
    detail: 'also names api, which is trusted',
  },
  { title: 'missing', claims: { aud: undefined }, outcome: 'fail', received: '(absent)' },
  { title: 'another client', claims: { aud: 'client-2' }, outcome: 'fail', received: 'client-2' },
  { title: 'the client in other letter case', claims: { aud: 'Client-1' }, outcome: 'fail' },
  { title: 'other clients', claims: { aud: ['client-2', 'client-11'] }, outcome: 'fail' },
  { title: 'empty', claims: { aud: [] }, outcome: 'fail', detail: 'empty' },
  { title: 'an object', claims: { aud: { 'client-1': true } }, outcome: 'fail', detail: 'neither' },
  { title: 'an array with a number', claims: { aud: ['client-1', 1] }, outcome: 'fail', detail: 'neither' },
]);

describeCheck('id-token-azp', [
  { title: 'absent with one audience', outcome: 'skipped' },
  {
    title: 'the client',
    claims: { azp: 'client-1' },
    outcome: 'pass',
    expected: 'client-1',
    received: 'client-1',
  },
  {
    title: 'another client',
    claims: { azp: 'client-2' },
    outcome: 'fail',
    expected: 'client-1',
    received: 'client-2',
  },
  { title: 'no string', claims: { azp: ['client-1'] }, outcome: 'fail', received: '["client-1"]' },
]);

const time = (seconds: number) => nowSeconds + seconds;
const skewed = { clockSkewSeconds: -600 };

describeCheck('id-token-exp', [
  {
    title: 'in the future',
    outcome: 'pass',
    detail: 'Valid until 2026-11-20 12:05:00 UTC (in 5 min).',
    expected: 'after 2026-11-20 12:00:00 UTC (now)',
    received: '2026-11-20 12:05:00 UTC (in 5 min)',
  },
  { title: 'a fraction', claims: { exp: time(10.5) }, outcome: 'pass' },
  { title: 'past, within the tolerance', claims: { exp: time(-4) }, outcome: 'pass' },
  { title: 'past, beyond the tolerance', claims: { exp: time(-5) }, outcome: 'fail' },
  {
    title: 'past without tolerance',
    claims: { exp: time(0) },
    evidence: { clockToleranceSeconds: 0 },
    outcome: 'fail',
  },
  {
    title: 'past',
    claims: { exp: time(-300) },
    outcome: 'fail',
    detail: /^The token expired at 2026-11-20 11:55:00 UTC \(5 min ago\)\.$/,
    received: '2026-11-20 11:55:00 UTC (5 min ago)',
  },
  {
    title: 'past by the local clock only',
    claims: { exp: time(-300) },
    evidence: skewed,
    outcome: 'fail',
    detail: "The clock of this computer is 10 min ahead of the server's, which explains it",
  },
  {
    title: 'past by more than the clocks differ',
    claims: { exp: time(-3000) },
    evidence: skewed,
    outcome: 'fail',
    detail: /ago\)\.$/,
  },
  {
    title: 'missing',
    claims: { exp: undefined },
    outcome: 'fail',
    detail: 'exp is missing.',
    received: '(absent)',
  },
  {
    title: 'a number in a string',
    claims: { exp: String(time(300)) },
    outcome: 'fail',
    detail: 'number in a string',
  },
  { title: 'a date in a string', claims: { exp: '2026-11-20' }, outcome: 'fail', detail: 'is a string' },
  { title: 'null', claims: { exp: null }, outcome: 'fail', detail: 'not a number', received: 'null' },
  {
    title: 'milliseconds',
    claims: { exp: time(300) * 1000 },
    outcome: 'fail',
    detail: /milliseconds.*2026-11-20 12:05:00 UTC/,
  },
  { title: 'beyond any date', claims: { exp: 1e300 }, outcome: 'fail', detail: 'not a plausible time' },
  { title: 'negative', claims: { exp: -1 }, outcome: 'fail', detail: 'not a plausible time' },
]);

describeCheck('id-token-iat', [
  { title: 'just now', outcome: 'pass', detail: '2 s ago' },
  { title: 'in the future, within the tolerance', claims: { iat: time(5) }, outcome: 'pass' },
  {
    title: 'in the future',
    claims: { iat: time(60) },
    outcome: 'fail',
    detail: 'in the future',
    received: '2026-11-20 12:01:00 UTC (in 1 min)',
  },
  {
    title: 'in the future by the local clock only',
    claims: { iat: time(60) },
    evidence: { clockSkewSeconds: 62 },
    outcome: 'fail',
    detail: "1 min 2 s behind the server's",
  },
  { title: 'long ago', claims: { iat: time(-100_000) }, outcome: 'warn', detail: '1 d 3 h ago' },
  { title: 'missing', claims: { iat: undefined }, outcome: 'fail', detail: 'iat is missing' },
  { title: 'milliseconds', claims: { iat: time(0) * 1000 }, outcome: 'fail', detail: 'milliseconds' },
  {
    title: 'a number in a string',
    claims: { iat: String(time(0)) },
    outcome: 'fail',
    detail: 'number in a string',
  },
]);

describeCheck('id-token-nbf', [
  { title: 'absent', outcome: 'skipped' },
  { title: 'past', claims: { nbf: time(-1) }, outcome: 'pass' },
  { title: 'in the future, within the tolerance', claims: { nbf: time(5) }, outcome: 'pass' },
  {
    title: 'in the future',
    claims: { nbf: time(6) },
    outcome: 'fail',
    received: '2026-11-20 12:00:06 UTC (in 6 s)',
  },
  {
    title: 'in the future by the local clock only',
    claims: { nbf: time(6) },
    evidence: { clockSkewSeconds: 8 },
    outcome: 'fail',
    detail: 'explains it',
  },
  { title: 'no number', claims: { nbf: true }, outcome: 'fail', received: 'true' },
]);

describeCheck('id-token-nonce', [
  { title: 'as sent', outcome: 'pass', expected: 'n-0S6_WzA2Mj', received: 'n-0S6_WzA2Mj' },
  {
    title: 'missing',
    claims: { nonce: undefined },
    outcome: 'fail',
    expected: 'n-0S6_WzA2Mj',
    received: '(absent)',
  },
  { title: 'another', claims: { nonce: 'other' }, outcome: 'fail', received: 'other' },
  { title: 'no string', claims: { nonce: ['n-0S6_WzA2Mj'] }, outcome: 'fail' },
  {
    title: 'neither sent nor there',
    claims: { nonce: undefined },
    evidence: { nonce: undefined },
    outcome: 'skipped',
  },
  {
    title: 'neither sent nor there, from the browser',
    claims: { nonce: undefined },
    evidence: { nonce: undefined, fromTokenEndpoint: false },
    outcome: 'fail',
    detail: 'could be of any request',
  },
  {
    title: 'there though none was sent',
    evidence: { nonce: undefined },
    outcome: 'fail',
    expected: '(absent)',
    received: 'n-0S6_WzA2Mj',
  },
]);

describeCheck('id-token-auth-time', [
  { title: 'neither asked for nor there', outcome: 'skipped' },
  { title: 'there without being asked for', claims: { auth_time: time(-9999) }, outcome: 'pass' },
  { title: 'nonsense that nobody asked for', claims: { auth_time: 'yesterday' }, outcome: 'warn' },
  {
    title: 'missing with max_age',
    evidence: { maxAgeSeconds: 60 },
    outcome: 'fail',
    detail: 'required, since max_age',
  },
  {
    title: 'within max_age',
    claims: { auth_time: time(-60) },
    evidence: { maxAgeSeconds: 60 },
    outcome: 'pass',
  },
  {
    title: 'within max_age and tolerance',
    claims: { auth_time: time(-65) },
    evidence: { maxAgeSeconds: 60 },
    outcome: 'pass',
  },
  {
    title: 'with max_age 0',
    claims: { auth_time: time(-66) },
    evidence: { maxAgeSeconds: 0 },
    outcome: 'fail',
  },
  {
    title: 'too old',
    claims: { auth_time: time(-66) },
    evidence: { maxAgeSeconds: 60 },
    outcome: 'fail',
    detail: '1 min are the most',
    expected: 'at most 60 s before 2026-11-20 12:00:00 UTC (now)',
    received: '2026-11-20 11:58:54 UTC (1 min 6 s ago)',
  },
  {
    title: 'in the future',
    claims: { auth_time: time(60) },
    evidence: { maxAgeSeconds: 60 },
    outcome: 'fail',
    detail: 'in the future',
  },
]);

describeCheck('id-token-acr', [
  { title: 'not asked for', claims: { acr: '1' }, outcome: 'skipped', received: '1' },
  {
    title: 'among the values',
    claims: { acr: 'gold' },
    evidence: { acrValues: ['silver', 'gold'] },
    outcome: 'pass',
    expected: 'silver or gold',
    received: 'gold',
  },
  {
    title: 'another value',
    claims: { acr: '0' },
    evidence: { acrValues: ['gold'] },
    outcome: 'warn',
    received: '0',
  },
  { title: 'missing', evidence: { acrValues: ['gold'] }, outcome: 'warn', received: '(absent)' },
]);

// The examples of OIDC Core Appendix A.
const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';

const rs512 = jwsAlgorithm('RS512');
const hashWithSha512 =
  rs512 === undefined ? '' : tokenHash(accessToken, { algorithm: rs512, curve: undefined });

describeCheck('id-token-at-hash', [
  {
    title: 'the hash',
    claims: { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' },
    evidence: { accessToken },
    outcome: 'pass',
    expected: '77QmUPtjPfzWtF2AnpK9RQ',
    received: '77QmUPtjPfzWtF2AnpK9RQ',
  },
  {
    title: 'of another token',
    claims: { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' },
    evidence: { accessToken: 'other' },
    outcome: 'fail',
  },
  {
    title: 'with another hash',
    claims: { at_hash: hashWithSha512 },
    evidence: { accessToken },
    outcome: 'fail',
    detail: 'made with SHA-512',
  },
  { title: 'no string', claims: { at_hash: 1 }, evidence: { accessToken }, outcome: 'fail', received: '1' },
  { title: 'absent from the token endpoint', evidence: { accessToken }, outcome: 'skipped' },
  {
    title: 'absent from the browser',
    evidence: { accessToken, fromTokenEndpoint: false },
    outcome: 'fail',
    received: '(absent)',
  },
  { title: 'nothing to compare with', claims: { at_hash: 'x' }, outcome: 'skipped' },
]);

describeCheck('id-token-c-hash', [
  {
    title: 'the hash',
    claims: { c_hash: 'LDktKdoQak3Pk0cnXxCltA' },
    evidence: { code },
    outcome: 'pass',
    expected: 'LDktKdoQak3Pk0cnXxCltA',
  },
  {
    title: 'of another code',
    claims: { c_hash: 'LDktKdoQak3Pk0cnXxCltA' },
    evidence: { code: 'other' },
    outcome: 'fail',
  },
  { title: 'absent from the token endpoint', evidence: { code }, outcome: 'skipped' },
  { title: 'absent from the browser', evidence: { code, fromTokenEndpoint: false }, outcome: 'fail' },
  { title: 'nothing to compare with', claims: { c_hash: 'x' }, outcome: 'skipped' },
]);

describe('the times of an ID token', () => {
  it('are judged at the given moment alone', async () => {
    const later = new Date(now.getTime() + 3_600_000);
    const results = await validateIdToken(evidenceWithClaims({}, { now: later }));
    expect(results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual(['id-token-exp']);
  });
});
