import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, textMember } from '../json/json.ts';
import { algorithmMisfit, type JwsAlgorithm, jwsAlgorithm } from './jws-algorithm.ts';

/** A private key for assertions, with the algorithm it signs with and what its JWK said about itself. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly kid?: string;
  readonly algorithm: JwsAlgorithm;
}

/** What an elliptic curve is called by OpenSSL, and the algorithm that goes with it (RFC 7518 §3.4, RFC 8812 §3.2). */
const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
  secp256k1: 'ES256K',
};

/**
 * Reads a private key from PEM, a JWK, or the first private key of a JWKS that can sign (RFC 7468, RFC 7517 §4, §5).
 * The algorithm is the `alg` of a JWK, else what is usual for that kind of key.
 * @throws Error with a reason that holds nothing of the key.
 */
export function readSigningKey(text: string): SigningKey {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) {
    const key = importKey({ key: trimmed, format: 'pem' }, pemProblem(trimmed));
    return { key, algorithm: usualAlgorithm(key) };
  }
  const jwk = findPrivateJwk(trimmed);
  const key = importKey({ key: jwk as Record<string, string>, format: 'jwk' }, undefined);
  const kid = textMember(jwk, 'kid');
  return { key, algorithm: algorithmOf(jwk, key), ...(kid === undefined ? {} : { kid }) };
}

function findPrivateJwk(text: string): JsonObject {
  const value = parseObject(text);
  const candidates = Array.isArray(value.keys) ? value.keys.filter(isJsonObject) : [value];
  const ofPairs = candidates.filter(({ kty }) => kty !== 'oct');
  const privateKeys = ofPairs.filter((jwk) => typeof jwk.d === 'string');
  const [first] = privateKeys.filter(maySign);
  if (first !== undefined) return first;
  if (privateKeys.length > 0) throw new Error('Its private key is not for signatures (use, key_ops or alg).');
  if (ofPairs.length > 0) throw new Error('It holds no private key (no member "d"): only a public one.');
  if (candidates.length > 0)
    throw new Error('Its key is symmetric: that is a client secret, not a private key.');
  throw new Error('It holds no key.');
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {}
  throw new Error('It begins like JSON but does not parse.');
}

/** RFC 7517 §4.2, §4.3, §4.4; an `alg` that is no signature algorithm belongs to a key for encryption. */
function maySign({ use, key_ops: operations, alg }: JsonObject): boolean {
  if (use === 'enc') return false;
  if (Array.isArray(operations) && !operations.includes('sign')) return false;
  return alg === undefined || jwsAlgorithm(alg) !== undefined;
}

function pemProblem(text: string): string | undefined {
  if (/-----BEGIN OPENSSH PRIVATE KEY-----/.test(text)) {
    return 'It is in the form of OpenSSH. Convert it with: ssh-keygen -p -m PKCS8 -f FILE';
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m.test(text)) {
    return 'It is encrypted with a passphrase. Decrypt it first, with: openssl pkey -in FILE -out PLAIN-FILE';
  }
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return undefined;
  if (/-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----/.test(text))
    return 'It is a public key; the private one is needed.';
  if (/-----BEGIN (?:[A-Z0-9]+ )*CERTIFICATE-----/.test(text)) {
    return 'It is a certificate; the private key that belongs to it is needed.';
  }
  return undefined;
}

/** What OpenSSL says is neither kept nor shown: it speaks of decoders, not of the file. */
function importKey(input: Parameters<typeof createPrivateKey>[0], problem: string | undefined): KeyObject {
  if (problem !== undefined) throw new Error(problem);
  try {
    return createPrivateKey(input);
  } catch {
    throw new Error('It is no private key in PEM (PKCS#8, PKCS#1, SEC1) or JWK form, or it is damaged.');
  }
}

function algorithmOf(jwk: JsonObject, key: KeyObject): JwsAlgorithm {
  const algorithm = jwsAlgorithm(jwk.alg);
  if (algorithm === undefined) return usualAlgorithm(key);
  const misfit = algorithmMisfit(jwk, algorithm);
  if (misfit !== undefined) throw new Error(`The key does not fit its own alg: ${misfit}.`);
  return algorithm;
}

function usualAlgorithm(key: KeyObject): JwsAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const names: Readonly<Record<string, string | undefined>> = {
    rsa: 'RS256',
    'rsa-pss': `PS${details?.hashAlgorithm?.replace(/^sha/, '') ?? '256'}`,
    ec: curveAlgorithms[details?.namedCurve ?? ''],
    ed25519: 'EdDSA',
    ed448: 'EdDSA',
  };
  const algorithm = jwsAlgorithm(names[type ?? '']);
  if (algorithm !== undefined) return algorithm;
  const curve = details?.namedCurve === undefined ? '' : ` on the curve ${details.namedCurve}`;
  throw new Error(`A key of the kind ${type}${curve} cannot sign a client assertion.`);
}
