import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { JwsAlgorithm } from './jws-algorithm.ts';

/** What of a compact JWS is signed, and the signature (RFC 7515 §5.1). */
export interface SignedInput {
  /** Header and payload as received, joined by a dot. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/**
 * Verifies a signature with a public key that fits the algorithm; false also for a malformed signature
 * (RFC 7515 §5.2, RFC 7518 §3.3 to §3.5, RFC 8037 §3.1).
 */
export function verifyWithPublicKey(
  jws: SignedInput,
  algorithm: JwsAlgorithm,
  key: KeyObject,
): Promise<boolean> {
  if (key.type !== 'public' || algorithm.scheme === 'hmac') return Promise.resolve(false);
  return new Promise((resolve) => {
    verify(
      algorithm.digest,
      Buffer.from(jws.signingInput),
      { key, ...schemeOptions(algorithm) },
      jws.signature,
      (problem, valid) => resolve(problem === null && valid),
    );
  });
}

/** Verifies a MAC with a secret; of a text the octets of its UTF-8 form (RFC 7518 §3.2, OIDC Core §10.1). */
export function verifyWithSecret(
  jws: SignedInput,
  algorithm: JwsAlgorithm,
  secret: string | Uint8Array,
): boolean {
  if (algorithm.scheme !== 'hmac' || algorithm.digest === null) return false;
  const expected = createHmac(algorithm.digest, secret).update(jws.signingInput).digest();
  return expected.length === jws.signature.length && timingSafeEqual(expected, jws.signature);
}

function schemeOptions(algorithm: JwsAlgorithm) {
  switch (algorithm.scheme) {
    case 'pkcs1':
      return { padding: constants.RSA_PKCS1_PADDING };
    case 'pss':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case 'ecdsa':
      return { dsaEncoding: 'ieee-p1363' as const };
    default:
      return {};
  }
}
