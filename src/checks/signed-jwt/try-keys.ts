import { Buffer } from 'node:buffer';
import { decodeBase64url, decodedSecrets, selectSigningKeys, verificationMisfit } from '../../jose/jwk.ts';
import { type JwsAlgorithm, jwsAlgorithm, verifyWithPublicKey, verifyWithSecret } from '../../jose/jws.ts';
import type { JsonObject } from '../../json/json.ts';
import type { GivenKeys } from './judge-header.ts';
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
 * server publishes is not a secret.
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
    const misfit = verificationMisfit(jwk, algorithm);
    if (misfit !== undefined) return { jwk, outcome: 'set_aside', reason: misfit };
    return verifyWithSecret(jwt, algorithm, decodeBase64url(jwk.k) ?? '')
      ? { jwk, outcome: 'verified', reason: '' }
      : { jwk, outcome: 'failed', reason: 'the signature does not verify with it' };
  });
}

/** The octets of a secret as they are used, and the change that was made to them. */
export interface ChosenSecret {
  readonly octets: Uint8Array;
  /** A clause such as `decoded from base64`; undefined for the secret as it is. */
  readonly change: string | undefined;
}

/**
 * Chooses how the octets of a secret file make the key of a MAC: without the line feed that editors add, else with
 * it, else decoded from base64 or hexadecimal; the first that verifies, else the first.
 */
export function chooseSecret(jwt: SignedJwt, octets: Uint8Array): ChosenSecret {
  const text = Buffer.from(octets).toString('utf8');
  const trimmed = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  const isText = Buffer.from(text).equals(Buffer.from(octets));
  const plain: ChosenSecret = { octets: isText ? Buffer.from(trimmed) : octets, change: undefined };
  const algorithm = jwsAlgorithm(jwt.header.alg);
  if (algorithm === undefined) return plain;
  const candidates: readonly ChosenSecret[] = [
    plain,
    { octets, change: 'with the line feed at its end' },
    ...decodedSecrets(trimmed),
  ];
  return candidates.find((candidate) => verifyWithSecret(jwt, algorithm, candidate.octets)) ?? plain;
}

/**
 * Tells whether a MAC was made with the text of a public key as its secret, which fools a verifier that lets the token choose
 * the algorithm (RFC 8725 §2.1, §3.1).
 */
export function isKeyTextAttack(jwt: SignedJwt, keyText: Uint8Array): boolean {
  const algorithm = jwsAlgorithm(jwt.header.alg);
  if (algorithm?.scheme !== 'hmac') return false;
  const text = Buffer.from(keyText).toString('utf8');
  return [keyText, Buffer.from(text.trim()), Buffer.from(`${text.trim()}\n`)].some((secret) =>
    verifyWithSecret(jwt, algorithm, secret),
  );
}
