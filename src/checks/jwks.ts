import { describeKeys, type KeyDescription } from '../jose/jwk-description.ts';
import { secretMembers } from '../jose/jwk-members.ts';
import type { JwkSet, JwkSetReading } from '../jose/jwk-set.ts';
import { describeKeyBriefly } from '../jose/jws-key.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { listed, quoted } from './shown-value.ts';

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

/** Checks that the key set is one and has keys (RFC 7517 §5). */
function checkKeySet(reading: JwkSetReading): CheckResult {
  if (reading.type === 'invalid') return checkResult('jwks', 'warn', reading.reason);
  const count = reading.keys.length;
  if (reading.problems.length > 0) return checkResult('jwks', 'warn', reading.problems.join(' '));
  return checkResult('jwks', 'pass', `The set has ${count} ${count === 1 ? 'key' : 'keys'}.`);
}

/** Checks that each key is sound and that one of them is for signatures (RFC 7517 §4, RFC 7518 §3.3, §6). */
function checkKeys({ keys }: JwkSet, now: Date): CheckResult {
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

/** Checks that no key gives away its private part or is symmetric; the members are named, never shown (RFC 7517 §9.2). */
function checkNoPrivateKey({ keys }: JwkSet): CheckResult {
  const exposed = keys.flatMap((jwk) => {
    const secrets = secretMembers(jwk);
    return secrets.length === 0 ? [] : [`${describeKeyBriefly(jwk)} with ${secrets.join(', ')}`];
  });
  return exposed.length === 0
    ? checkResult('jwks-private', 'pass', 'Only public keys are published.')
    : checkResult(
        'jwks-private',
        'fail',
        `Secret parts are published, so anybody can sign as the server: ${listed(exposed)}.`,
      );
}
