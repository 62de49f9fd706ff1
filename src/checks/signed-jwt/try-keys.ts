import { decodeBase64url, malformedMaterial } from '../../jose/jwk-members.ts';
import { algorithmMisfit, type JwsAlgorithm, jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import { selectSigningKeys } from '../../jose/jws-key.ts';
import { verifyWithPublicKey, verifyWithSecret } from '../../jose/jws-signature.ts';
import type { JsonObject } from '../../json/json.ts';
import type { GivenKeys } from './evidence.ts';
import type { SignedJwt } from './judge-signature.ts';

/** How one key fared with a signed token. */
export interface KeyTrial {
  readonly jwk: JsonObject;
  readonly outcome: 'verified' | 'failed' | 'set_aside';
  /** Completes "it was not used, for …"; empty when it verified. */
  readonly reason: string;
}

/**
 * Tries the keys with a signature, one by one: which verifies, which does not, and which do not fit by `kid`, `kty`,
 * `crv`, `alg`, `use` or their material. A key that was set aside for its `kid` alone is tried when no other
 * verified: that it would have verified says what is wrong. Empty for a MAC, unless a person gave the keys: what a
 * server publishes is no secret.
 */
export async function tryKeys(
  jwt: SignedJwt,
  keys: readonly JsonObject[],
  given: GivenKeys | undefined,
): Promise<readonly KeyTrial[]> {
  const algorithm = jwsAlgorithm(jwt.header.alg);
  if (algorithm === undefined) return [];
  if (algorithm.scheme === 'hmac') return given === undefined ? [] : trySecrets(jwt, keys, algorithm);
  const kid = given?.isNameless === true || typeof jwt.header.kid !== 'string' ? undefined : jwt.header.kid;
  const { fitting, setAside } = selectSigningKeys(keys, kid, algorithm);
  const results = new Map<JsonObject, KeyTrial>();
  for (const { jwk, reason } of setAside) results.set(jwk, { jwk, outcome: 'set_aside', reason });
  for (const { jwk, key } of fitting) {
    const verifies = await verifyWithPublicKey(jwt, algorithm, key);
    results.set(
      jwk,
      verifies
        ? { jwk, outcome: 'verified', reason: '' }
        : { jwk, outcome: 'failed', reason: 'the signature does not verify with it' },
    );
  }
  const none = [...results.values()].every(({ outcome }) => outcome !== 'verified');
  if (none && kid !== undefined) {
    const others = keys.filter((jwk) => jwk.kid !== kid);
    for (const { jwk, key } of selectSigningKeys(others, undefined, algorithm).fitting) {
      if (!(await verifyWithPublicKey(jwt, algorithm, key))) continue;
      const reason = 'it has another kid, yet the signature verifies with it';
      results.set(jwk, { jwk, outcome: 'set_aside', reason });
    }
  }
  return keys.flatMap((jwk) => results.get(jwk) ?? []);
}

function trySecrets(
  jwt: SignedJwt,
  keys: readonly JsonObject[],
  algorithm: JwsAlgorithm,
): readonly KeyTrial[] {
  return keys.map((jwk): KeyTrial => {
    const misfit = algorithmMisfit(jwk, algorithm) ?? malformedMaterial(jwk);
    if (misfit !== undefined) return { jwk, outcome: 'set_aside', reason: misfit };
    return verifyWithSecret(jwt, algorithm, decodeBase64url(jwk.k) ?? '')
      ? { jwk, outcome: 'verified', reason: '' }
      : { jwk, outcome: 'failed', reason: 'the signature does not verify with it' };
  });
}
