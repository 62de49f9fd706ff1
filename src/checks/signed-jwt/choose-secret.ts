import { Buffer } from 'node:buffer';
import { jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import { verifyWithSecret } from '../../jose/jws-signature.ts';
import { decodedSecrets } from '../../protocol/secret-readings.ts';
import type { SignedJwt } from './judge-signature.ts';

/** The octets of a secret as they are used, and what was done to them. */
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
 * Tells whether a MAC was made with the text of a public key as its secret, which fools whoever lets the token choose
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
