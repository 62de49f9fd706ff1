import { describe, expect, it } from 'vitest';
import { catalogue, isCheckId } from '../../src/checks/catalogue.ts';
import { checkResult } from '../../src/checks/check-result.ts';
import { checksFromFindings, combineWithFindings, isCovered } from '../../src/checks/covered-findings.ts';
import { finding } from '../../src/checks/finding.ts';

describe('findings as checks', () => {
  it('fail when they stop the flow and warn otherwise, notes too', () => {
    const findings = [
      finding('state-mismatch', 'The state differs.', 'abc'),
      finding('expires-in-string', 'It is a string.'),
      finding('additional-tokens', 'There is another.'),
    ];
    expect(checksFromFindings(findings)).toEqual([
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

  it('take the place of the checks they cover, and of no others', () => {
    const checks = [
      checkResult('token-type', 'warn', 'token_type is missing.'),
      checkResult('expires-in', 'pass', 'The access token lives 1 h.'),
    ];
    const findings = [finding('token-type-missing', 'There is no token_type.')];
    expect(combineWithFindings(checks, findings).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['expires-in', 'pass'],
      ['token-type-missing', 'warn'],
    ]);
    expect(isCovered('token-type', findings)).toBe(true);
    expect(isCovered('expires-in', findings)).toBe(false);
  });

  it('never hide a failure behind a warning', () => {
    const checks = [checkResult('userinfo-sub', 'fail', 'sub is missing.')];
    const findings = [finding('sub-missing', 'There is no sub.')];
    expect(combineWithFindings(checks, findings).map(({ outcome }) => outcome)).toEqual(['fail', 'warn']);
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
