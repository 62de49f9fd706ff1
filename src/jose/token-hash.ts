import { createHash } from 'node:crypto';
import type { JwsAlgorithm } from './jws.ts';

/** What decides the hash function of a token: the algorithm that signed it and the curve of the key. */
export interface HashAlgorithm {
  readonly algorithm: JwsAlgorithm;
  /** Tells Ed25519 (SHA-512) from Ed448 (SHAKE256, 114 octets) when `alg` is EdDSA. */
  readonly curve: string | undefined;
}

/**
 * The left half of the digest of a token or code, base64url, with the hash of the algorithm that signed the ID token
 * (OIDC Core §3.1.3.6, §3.3.2.11).
 */
export function tokenHash(value: string, hash: HashAlgorithm): string {
  const digest = fullDigest(value, hash);
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** Names a usual slip that would make the hash that came; undefined when none does. */
export function tokenHashSlip(value: string, received: string, hash: HashAlgorithm): string | undefined {
  const digest = fullDigest(value, hash);
  const half = digest.subarray(0, digest.length / 2);
  if (received.replace(/=+$/, '') === half.toString('base64url'))
    return 'It is padded; base64url has no padding here.';
  if (received.replace(/=+$/, '') === half.toString('base64').replace(/=+$/, ''))
    return 'It is base64, not base64url.';
  if (received === digest.toString('base64url')) return 'It is the whole hash, not its left half.';
  if (received === half.toString('hex')) return 'It is hexadecimal, not base64url.';
  if (received === Buffer.from(half.toString('hex')).toString('base64url')) {
    return 'It encodes the hexadecimal text of the hash, not its octets.';
  }
  const other = ['sha256', 'sha384', 'sha512'].find((name) => {
    const candidate = createHash(name).update(value).digest();
    return received === candidate.subarray(0, candidate.length / 2).toString('base64url');
  });
  return other === undefined
    ? undefined
    : `It was made with ${other.replace('sha', 'SHA-')}, which is not the hash of ${hash.algorithm.name}.`;
}

/** The whole digest of an access token, base64url, as the claim `ath` of a DPoP proof has it (RFC 9449 §4.2). */
export function accessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url');
}

function fullDigest(value: string, { algorithm, curve }: HashAlgorithm): Buffer {
  if (algorithm.digest !== null) return createHash(algorithm.digest).update(value).digest();
  return algorithm.name === 'Ed448' || curve === 'Ed448'
    ? createHash('shake256', { outputLength: 114 }).update(value).digest()
    : createHash('sha512').update(value).digest();
}
