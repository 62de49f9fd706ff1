import { constants, createHmac, randomUUID, sign } from 'node:crypto';
import type { SigningKey } from '../jose/signing-key.ts';

/**
 * Signs a client assertion, with a private key or, HS256, with the client secret (RFC 7523 §3, OIDC Core §9).
 * It is valid for one minute.
 */
export function buildClientAssertion(
  clientId: string,
  key: SigningKey | string,
  { audience, now }: { readonly audience: string; readonly now: Date },
): string {
  const iat = Math.floor(now.getTime() / 1000);
  const header =
    typeof key === 'string'
      ? { alg: 'HS256', typ: 'JWT' }
      : { alg: key.algorithm.name, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) };
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + 60 };
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature =
    typeof key === 'string' ? createHmac('sha256', key).update(input).digest() : signInput(input, key);
  return `${input}.${signature.toString('base64url')}`;
}

/** RFC 7518 §3.3 to §3.5, RFC 8037 §3.1. */
function signInput(input: string, { key, algorithm: { scheme, digest } }: SigningKey): Buffer {
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
