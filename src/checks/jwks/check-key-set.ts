import type { JwkSetReading } from '../../jose/jwk-set.ts';
import { type CheckResult, checkResult } from '../check-result.ts';

/** Checks that the key set is one and has keys (RFC 7517 §5). */
export function checkKeySet(reading: JwkSetReading): CheckResult {
  if (reading.type === 'invalid') return checkResult('jwks', 'warn', reading.reason);
  const count = reading.keys.length;
  if (reading.problems.length > 0) return checkResult('jwks', 'warn', reading.problems.join(' '));
  return checkResult('jwks', 'pass', `The set has ${count} ${count === 1 ? 'key' : 'keys'}.`);
}
