import { secretMembers } from '../../jose/jwk-members.ts';
import type { JwkSet } from '../../jose/jwk-set.ts';
import { describeKeyBriefly } from '../../jose/jws-key.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed } from '../shown-value.ts';

/** Checks that no key gives away its private part or is symmetric; the members are named, never shown (RFC 7517 §9.2). */
export function checkNoPrivateKey({ keys }: JwkSet): CheckResult {
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
