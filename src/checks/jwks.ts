import { describeKeyBriefly, secretMembers } from '../jose/jwk.ts';
import { describeKeys, type KeyDescription } from '../jose/jwk-description.ts';
import type { JwkSet, JwkSetReading } from '../jose/jwk-set.ts';
import { type CheckResult, fail, pass, skip, underId, type Verdict, warn } from './check-result.ts';
import { listed, quoted } from './shown-value.ts';

/**
 * Makes the checks of the server's key set (RFC 7517).
 *
 * @param reading a string says why there is nothing to read, such as a failed request.
 */
export function checkJwks(reading: JwkSetReading | string, now: Date): CheckResult[] {
  const isSet = typeof reading !== 'string' && reading.type !== 'invalid';
  const nothing = skip('There is no key set to look at.');
  return [
    underId('jwks', typeof reading === 'string' ? warn(reading) : judgeKeySet(reading)),
    underId('jwks-keys', isSet ? judgeKeys(reading, now) : nothing),
    underId('jwks-private', isSet ? judgePrivateParts(reading) : nothing),
  ];
}

/** Judges whether the key set is one and has keys (RFC 7517 §5). */
function judgeKeySet(reading: JwkSetReading): Verdict {
  if (reading.type === 'invalid') return warn(reading.reason);
  const count = reading.keys.length;
  if (reading.problems.length > 0) return warn(reading.problems.join(' '));
  return pass(`The set has ${count} ${count === 1 ? 'key' : 'keys'}.`);
}

/** Judges whether each key is sound and one of them is for signatures (RFC 7517 §4, RFC 7518 §3.3, §6). */
function judgeKeys({ keys }: JwkSet, now: Date): Verdict {
  if (keys.length === 0) return warn('There is no key.');
  const descriptions = describeKeys(keys, now);
  const complaints = descriptions.flatMap(({ kid, problems }, index) =>
    problems.length === 0 ? [] : [`${keyName(kid, index)}: ${problems.join(' ')}`],
  );
  if (!descriptions.some(isForSignatures)) complaints.push('No key is for signatures.');
  const all = keys.length === 1 ? 'the key' : `the ${keys.length} keys`;
  return complaints.length === 0 ? pass(`Nothing is wrong with ${all}.`) : warn(listed(complaints, 10));
}

function isForSignatures({ use, kty }: KeyDescription): boolean {
  return use !== 'enc' && (kty === 'RSA' || kty === 'EC' || kty === 'OKP');
}

function keyName(kid: string | null, index: number): string {
  return kid === null ? `key ${index + 1}` : `key ${quoted(kid)}`;
}

/** Judges whether no key gives away its private part or is symmetric; the members are named, never shown (RFC 7517 §9.2). */
function judgePrivateParts({ keys }: JwkSet): Verdict {
  const exposed = keys.flatMap((jwk) => {
    const secrets = secretMembers(jwk);
    return secrets.length === 0 ? [] : [`${describeKeyBriefly(jwk)} with ${secrets.join(', ')}`];
  });
  return exposed.length === 0
    ? pass('Only public keys are published.')
    : fail(`Secret parts are published, so anybody can sign as the server: ${listed(exposed)}.`);
}
