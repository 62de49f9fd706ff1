import { describe, expect, it } from 'vitest';
import { applyWaivers, checkResult, firstStoppingFailure } from '../../src/checks/check-result.ts';

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

  it('no longer stops the flow', () => {
    expect(firstStoppingFailure(results)?.id).toBe('id-token-aud');
    expect(firstStoppingFailure(applyWaivers(results, new Set(['id-token-aud'])))?.id).toBe('id-token-exp');
    expect(
      firstStoppingFailure(applyWaivers(results, new Set(['id-token-aud', 'id-token-exp']))),
    ).toBeUndefined();
  });
});
