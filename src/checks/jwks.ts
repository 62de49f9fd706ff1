import { describeKeyBriefly, secretMembers } from '../jose/jwk.ts';
import { describeKeys, type KeyDescription } from '../jose/jwk-description.ts';
import type { JwkSet, JwkSetReading } from '../jose/jwk-set.ts';
import { joined, own, Said, say } from '../say.ts';
import { type CheckResult, fail, pass, skip, underId, type Verdict, warn } from './check-result.ts';
import { listed, quoted } from './shown-value.ts';

/**
 * Makes the checks of the server's key set (RFC 7517).
 *
 * @param reading a text says why there is nothing to read, such as a failed request.
 */
export function checkJwks(reading: JwkSetReading | Said, now: Date): CheckResult[] {
  const isSet = !(reading instanceof Said) && reading.type !== 'invalid';
  const nothing = skip('There is no key set to check.');
  return [
    underId('jwks', reading instanceof Said ? warn(reading) : judgeKeySet(reading)),
    underId('jwks-keys', isSet ? judgeKeys(reading, now) : nothing),
    underId('jwks-private', isSet ? judgePrivateParts(reading) : nothing),
  ];
}

/** Judges whether the key set is one and has keys (RFC 7517 §5). */
function judgeKeySet(reading: JwkSetReading): Verdict {
  if (reading.type === 'invalid') return warn(own(reading.reason));
  const count = reading.keys.length;
  if (reading.problems.length > 0) return warn(joined(reading.problems.map(own), ' '));
  return pass(say`The set has ${count} ${own(count === 1 ? 'key' : 'keys')}.`);
}

/** Judges whether each key is sound and one of them is for signatures (RFC 7517 §4, RFC 7518 §3.3, §6). */
function judgeKeys({ keys }: JwkSet, now: Date): Verdict {
  if (keys.length === 0) return warn('There is no key.');
  const descriptions = describeKeys(keys, now);
  const complaints = descriptions.flatMap(({ kid, problems }, index) =>
    problems.length === 0 ? [] : [say`${keyName(kid, index)}: ${joined(problems.map(own), ' ')}`],
  );
  if (!descriptions.some(isForSignatures)) complaints.push(own('No key is for signatures.'));
  if (complaints.length > 0) return warn(listed(complaints, 10));
  return keys.length === 1
    ? pass('Nothing is wrong with the key.')
    : pass(say`Nothing is wrong with the ${keys.length} keys.`);
}

function isForSignatures({ use, kty }: KeyDescription): boolean {
  return use !== 'enc' && (kty === 'RSA' || kty === 'EC' || kty === 'OKP');
}

function keyName(kid: string | null, index: number): Said {
  return kid === null ? say`key ${index + 1}` : say`key ${quoted(kid)}`;
}

/** Judges whether no key gives away its private part or is symmetric; the members are named, never shown (RFC 7517 §9.2). */
function judgePrivateParts({ keys }: JwkSet): Verdict {
  const exposed = keys.flatMap((jwk) => {
    const secrets = secretMembers(jwk);
    return secrets.length === 0 ? [] : [`${describeKeyBriefly(jwk)} with ${secrets.join(', ')}`];
  });
  return exposed.length === 0
    ? pass('Only public keys are published.')
    : fail(say`Secret parts are published, so anyone can sign as the server: ${listed(exposed)}.`);
}
