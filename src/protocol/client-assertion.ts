import { createHmac, createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';

/** A private key for assertions, with what its JWK said about itself. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly kid?: string;
  readonly alg: AssertionAlgorithm;
}

/** JWS algorithms for client assertions (RFC 7518 §3.1). */
export type AssertionAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'HS256';

/**
 * Signs a client assertion, with a private key or, HS256, with the client secret (RFC 7523 §3).
 * It is valid for one minute.
 */
export function buildClientAssertion(
  clientId: string,
  key: SigningKey | string,
  { audience, now }: { readonly audience: string; readonly now: Date },
): string {
  const iat = Math.floor(now.getTime() / 1000);
  const alg = typeof key === 'string' ? 'HS256' : key.alg;
  const kid = typeof key === 'string' ? undefined : key.kid;
  const header = { alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) };
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + 60 };
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${signInput(input, alg, key).toString('base64url')}`;
}

function signInput(input: string, alg: AssertionAlgorithm, key: SigningKey | string): Buffer {
  if (typeof key === 'string') return createHmac('sha256', key).update(input).digest();
  const data = Buffer.from(input);
  switch (alg) {
    case 'EdDSA':
      return sign(null, data, key.key);
    case 'PS256':
      return sign('sha256', data, { key: key.key, padding: 6, saltLength: 32 });
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return sign(`sha${alg.slice(2)}`, data, { key: key.key, dsaEncoding: 'ieee-p1363' });
    default:
      return sign('sha256', data, key.key);
  }
}

const curveAlgorithms: Readonly<Record<string, AssertionAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/**
 * Reads a private key for assertions from PEM, a JWK or the first private key of a JWKS (RFC 7517).
 * @throws Error with a reason that holds nothing of the key.
 */
export function readSigningKey(text: string): SigningKey {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return describeSigningKey(importKey({ key: trimmed, format: 'pem' }), {});
  const jwk = findPrivateJwk(trimmed);
  return describeSigningKey(importKey({ key: jwk, format: 'jwk' }), jwk);
}

function findPrivateJwk(text: string): Record<string, string> {
  let value: { keys?: unknown } & Record<string, string>;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('It begins like JSON but does not parse.');
  }
  const candidates = Array.isArray(value.keys) ? (value.keys as Record<string, string>[]) : [value];
  const jwk = candidates.find((candidate) => typeof candidate?.d === 'string');
  if (jwk === undefined) throw new Error('It holds no private key (no member "d").');
  return jwk;
}

function importKey(input: Parameters<typeof createPrivateKey>[0]): KeyObject {
  try {
    return createPrivateKey(input);
  } catch {
    throw new Error('It is not an unencrypted private key in PEM (PKCS#8, PKCS#1, SEC1) or JWK form.');
  }
}

function describeSigningKey(key: KeyObject, jwk: Readonly<Record<string, string>>): SigningKey {
  const kid = jwk.kid === undefined ? {} : { kid: jwk.kid };
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (key.asymmetricKeyType === 'rsa') return { key, ...kid, alg: jwk.alg === 'PS256' ? 'PS256' : 'RS256' };
  if (key.asymmetricKeyType === 'ed25519') return { key, ...kid, alg: 'EdDSA' };
  const alg = curveAlgorithms[curve];
  if (alg === undefined)
    throw new Error(`A ${key.asymmetricKeyType} key (${curve}) cannot sign a client assertion.`);
  return { key, ...kid, alg };
}
