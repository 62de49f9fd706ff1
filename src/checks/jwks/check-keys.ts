import { describeKeys, type KeyDescription } from '../../jose/jwk-description.ts';
import type { JwkSet } from '../../jose/jwk-set.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, quoted } from '../shown-value.ts';

/** Checks that each key is sound and that one of them is for signatures (RFC 7517 §4, RFC 7518 §3.3, §6). */
export function checkKeys({ keys }: JwkSet, now: Date): CheckResult {
  const id = 'jwks-keys';
  if (keys.length === 0) return checkResult(id, 'warn', 'There is no key.');
  const descriptions = describeKeys(keys, now);
  const complaints = descriptions.flatMap(({ kid, problems }, index) =>
    problems.length === 0 ? [] : [`${keyName(kid, index)}: ${problems.join(' ')}`],
  );
  if (!descriptions.some(isForSignatures)) complaints.push('No key is for signatures.');
  return complaints.length === 0
    ? checkResult(
        id,
        'pass',
        `Nothing is wrong with ${keys.length === 1 ? 'the key' : `the ${keys.length} keys`}.`,
      )
    : checkResult(id, 'warn', listed(complaints, 10));
}

function isForSignatures({ use, kty }: KeyDescription): boolean {
  return use !== 'enc' && (kty === 'RSA' || kty === 'EC' || kty === 'OKP');
}

function keyName(kid: string | null, index: number): string {
  return kid === null ? `key ${index + 1}` : `key ${quoted(kid)}`;
}
