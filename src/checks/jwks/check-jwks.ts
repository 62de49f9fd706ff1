import type { JwkSetReading } from '../../jose/jwk-set.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { checkKeySet } from './check-key-set.ts';
import { checkKeys } from './check-keys.ts';
import { checkNoPrivateKey } from './check-no-private-key.ts';

/**
 * Makes the checks of the server's key set (RFC 7517).
 *
 * @param reading a string says why there is nothing to read, such as a failed request.
 */
export function checkJwks(reading: JwkSetReading | string, now: Date): CheckResult[] {
  if (typeof reading === 'string') return [checkResult('jwks', 'warn', reading), ...skipKeys()];
  if (reading.type === 'invalid') return [checkKeySet(reading), ...skipKeys()];
  return [checkKeySet(reading), checkKeys(reading, now), checkNoPrivateKey(reading)];
}

function skipKeys(): CheckResult[] {
  return (['jwks-keys', 'jwks-private'] as const).map((id) =>
    checkResult(id, 'skipped', 'There is no key set to look at.'),
  );
}
