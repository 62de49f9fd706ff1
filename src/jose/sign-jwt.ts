import { constants, createHmac, sign } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Signs a JWT with a private key or, HS256, with the octets of a client secret; `alg` is the first member of its
 * header (RFC 7515 §5.1). Not by the jose package: it has neither ES256K nor Ed448.
 */
export function signJwt(header: JsonObject, claims: JsonObject, key: SigningKey | string): string {
  const alg = typeof key === 'string' ? 'HS256' : key.algorithm.name;
  const input = [{ alg, ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature =
    typeof key === 'string' ? createHmac('sha256', key).update(input).digest() : signOctets(input, key);
  return `${input}.${signature.toString('base64url')}`;
}

/** RFC 7518 §3.3 to §3.5, RFC 8037 §3.1. */
function signOctets(input: string, { key, algorithm: { scheme, digest } }: SigningKey): Buffer {
  const data = Buffer.from(input);
  switch (scheme) {
    case 'pss':
      return sign(digest, data, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
    case 'ecdsa':
      return sign(digest, data, { key, dsaEncoding: 'ieee-p1363' });
    default:
      return sign(digest, data, key);
  }
}
