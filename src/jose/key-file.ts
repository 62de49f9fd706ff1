import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { attempt } from '../errors/attempt.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textMember } from '../json/json.ts';
import { algorithmMisfit, jwsAlgorithm, type SigningKey } from './jws.ts';

/** The keys in a file, in whatever form they came. */
export type KeyFile =
  | {
      readonly type: 'keys';
      /** Such as `JWK Set` or `certificate`. */
      readonly form: string;
      /** As in the file, or made from it; private members are kept. */
      readonly keys: readonly JsonObject[];
      /** When the certificate they came from expires. */
      readonly validTo?: Date;
    }
  /** Octets that are not a key of another form: the secret of an HMAC, a password, or a key for AES. */
  | { readonly type: 'secret'; readonly octets: Uint8Array };

/** More octets than any key file has. */
const longest = 4 * 1024 * 1024;
/** A secret that is longer was not meant as one. */
const longestSecret = 16 * 1024;

/**
 * Reads a JWK, a JWK Set, PEM (public or private key, certificate), DER of the same, or else a secret
 * (RFC 7517, RFC 7468, RFC 5280).
 * @throws Error with a reason that holds nothing of the key.
 */
export function readKeyFile(octets: Uint8Array): KeyFile {
  if (octets.length > longest) throw new Error(`It has ${octets.length} octets, so it is not a key.`);
  const text = Buffer.from(octets).toString('utf8').trim();
  if (text === '') throw new Error('It is empty.');
  if (/^[{[]/.test(text)) return readJson(text);
  if (text.includes('-----BEGIN ')) {
    // In variables and JSON files line feeds are often written as \n.
    return readPem(text.slice(text.indexOf('-----BEGIN ')).replaceAll('\\n', '\n'));
  }
  const der = octets[0] === 0x30 ? readDer(Buffer.from(octets)) : undefined;
  if (der !== undefined) return der;
  refuseContainer(octets);
  if (/^(?:ssh-|ecdsa-sha2-)\S+ /.test(text)) {
    throw new Error('It is in the form of OpenSSH. Convert it with: ssh-keygen -e -m PKCS8 -f FILE');
  }
  if (octets.length > longestSecret) throw new Error(`It has ${octets.length} octets, so it is not a key.`);
  return { type: 'secret', octets };
}

/** Whether a file begins as PKCS #12 does: a sequence with the version 3 and another one (RFC 7292 §4). */
export function isPkcs12(octets: Uint8Array): boolean {
  const start = Buffer.from(octets.subarray(0, 12)).toString('hex');
  return /^30(?:[0-7].|80|81..|82.{4}|83.{6})02010330/.test(start);
}

/** Files that hold keys and are opened with a password. */
function refuseContainer(octets: Uint8Array): void {
  const start = Buffer.from(octets.subarray(0, 4)).toString('hex');
  if (isPkcs12(octets)) {
    throw new Error('It is PKCS #12. Take the key out, with: openssl pkcs12 -in FILE -nodes -out PLAIN-FILE');
  }
  if (start.startsWith('feedfeed')) {
    throw new Error('It is a Java key store. Take the certificate out, with: keytool -exportcert -rfc');
  }
}

function readJson(text: string): KeyFile {
  const value = parseJson(text);
  const list =
    isJsonObject(value) && Array.isArray(value.keys) ? value.keys : Array.isArray(value) ? value : null;
  if (list !== null) {
    const keys = list.filter((key) => isJsonObject(key)).slice(0, 1000) as JsonObject[];
    if (keys.length === 0) throw new Error('It is a JWK Set without any key.');
    return { type: 'keys', form: 'JWK Set', keys };
  }
  if (isJsonObject(value) && typeof value.kty === 'string')
    return { type: 'keys', form: 'JWK', keys: [value] };
  // Google and Firebase publish their keys as a map of kid to certificate too.
  const named = isJsonObject(value) ? Object.entries(value) : [];
  if (
    named.length > 0 &&
    named.every(([, pem]) => typeof pem === 'string' && pem.startsWith('-----BEGIN '))
  ) {
    const keys = named.map(([kid, pem]) => {
      const read = readPem(String(pem).trim());
      return read.type === 'keys' ? { ...read.keys[0], kid } : damaged('PEM');
    });
    return { type: 'keys', form: 'JWK Set', keys };
  }
  throw new Error('It is JSON, but neither a JWK (no member kty) nor a JWK Set (no member keys).');
}

function readPem(text: string): KeyFile {
  const lock = lockedPem(text);
  if (lock !== undefined) throw new Error(lock);
  if (/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(text)) {
    return fromCertificate(() => new X509Certificate(text)) ?? damaged('PEM');
  }
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) {
    return fromKey('private key in PEM', () => createPrivateKey(text)) ?? damaged('PEM');
  }
  return fromKey('public key in PEM', () => createPublicKey(text)) ?? damaged('PEM');
}

/** Private keys that have to be converted before they can be read. */
function lockedPem(text: string): string | undefined {
  if (/-----BEGIN OPENSSH PRIVATE KEY-----/.test(text)) {
    return 'It is in the form of OpenSSH. Convert it with: ssh-keygen -p -m PKCS8 -f FILE';
  }
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m.test(text)
    ? 'It is encrypted with a passphrase. Decrypt it first, with: openssl pkey -in FILE -out PLAIN-FILE'
    : undefined;
}

function readDer(key: Buffer): KeyFile | undefined {
  return (
    // The reader of public keys takes private ones too, and drops their secret half.
    fromKey('private key in DER', () => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    fromKey('private key in DER', () => createPrivateKey({ key, format: 'der', type: 'pkcs1' })) ??
    fromKey('private key in DER', () => createPrivateKey({ key, format: 'der', type: 'sec1' })) ??
    fromKey('public key in DER', () => createPublicKey({ key, format: 'der', type: 'spki' })) ??
    fromCertificate(() => new X509Certificate(key)) ??
    fromKey('public key in DER', () => createPublicKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

function fromCertificate(read: () => X509Certificate): KeyFile | undefined {
  return attempt(() => {
    const certificate = read();
    const file = fromKey('certificate', () => certificate.publicKey);
    if (file?.type !== 'keys') return undefined;
    const x5c = [certificate.raw.toString('base64')];
    return {
      ...file,
      keys: file.keys.map((key) => ({ ...key, x5c })),
      validTo: new Date(certificate.validTo),
    };
  });
}

/** The error of OpenSSL is neither kept nor shown: it speaks of decoders, not of the file. */
function fromKey(form: string, read: () => KeyObject): KeyFile | undefined {
  const key = attempt(read);
  if (key === undefined) return undefined;
  const jwk = attempt(() => key.export({ format: 'jwk' }) as JsonObject);
  if (jwk !== undefined) return { type: 'keys', form, keys: [jwk] };
  throw new Error(`A key of the kind ${key.asymmetricKeyType ?? 'unknown'} cannot be used here.`);
}

function damaged(form: string): never {
  throw new Error(`It begins like ${form} but is not a key or certificate, or it is damaged.`);
}

/**
 * Reads the private keys of PEM, DER, a JWK or a JWKS that can sign (RFC 7468, RFC 7517 §4, §5), the first one with its
 * likeliest algorithm in front: the `alg` of a JWK, else what is usual for that kind of key.
 * @throws Error with a reason that holds nothing of the key.
 */
export function readSigningKey(given: string | Uint8Array): SigningKey {
  const text = Buffer.from(given).toString('utf8').trim();
  if (!/^[{[]/.test(text)) return inOrder(waysToSign(importPlain(given, text)));
  const jwks = findPrivateJwks(text);
  const usable = jwks.flatMap((jwk) => attempt(() => signingKeysOf(jwk)) ?? []);
  // With none, the first one says why.
  return inOrder(usable.length > 0 ? usable : jwks.flatMap(signingKeysOf));
}

function inOrder([first, ...others]: readonly SigningKey[]): SigningKey {
  if (first === undefined) throw new Error('It does not hold a key.');
  return { ...first, others };
}

function importPlain(given: string | Uint8Array, text: string): KeyObject {
  if (text.includes('-----BEGIN ') || typeof given === 'string')
    return importKey({ key: text.replaceAll('\\n', '\n'), format: 'pem' }, pemProblem(text));
  refuseContainer(given);
  const key = Buffer.from(given);
  const type = (['pkcs8', 'pkcs1', 'sec1'] as const).find((one) =>
    attempt(() => createPrivateKey({ key, format: 'der', type: one })),
  );
  return importKey({ key, format: 'der', type: type ?? 'pkcs8' }, undefined);
}

function signingKeysOf(jwk: JsonObject): readonly SigningKey[] {
  const key = importKey({ key: jwk as Record<string, string>, format: 'jwk' }, undefined);
  const kid = textMember(jwk, 'kid');
  const named = jwsAlgorithm(jwk.alg);
  const misfit = named === undefined ? undefined : algorithmMisfit(jwk, named);
  if (misfit !== undefined) throw new Error(`The key does not fit its own alg: ${misfit}.`);
  const ways = named === undefined ? waysToSign(key) : [{ key, algorithm: named }];
  return ways.map((way) => ({ ...way, ...(kid === undefined ? {} : { kid }) }));
}

function findPrivateJwks(text: string): readonly JsonObject[] {
  const value = parseJson(text) as JsonObject;
  const listed = Array.isArray(value) ? value : value.keys;
  const candidates = Array.isArray(listed) ? listed.filter(isJsonObject) : [value];
  const ofPairs = candidates.filter(({ kty }) => kty !== 'oct');
  const privateKeys = ofPairs.filter((jwk) => typeof jwk.d === 'string');
  const signing = privateKeys.filter(maySign);
  if (signing.length > 0) return signing;
  if (privateKeys.length > 0) throw new Error('Its private key is not for signatures (use, key_ops or alg).');
  if (ofPairs.length > 0)
    throw new Error('It does not hold a private key (member "d" is missing), only a public one.');
  if (candidates.length > 0)
    throw new Error('Its key is symmetric: that is a client secret, not a private key.');
  throw new Error('It does not hold a key.');
}

function parseJson(text: string): unknown {
  const value = parsePlainJson(text);
  if (value !== undefined) return value;
  throw new Error('It begins like JSON but does not parse.');
}

/** RFC 7517 §4.2, §4.3, §4.4; an `alg` that is not a signature algorithm belongs to a key for encryption. */
function maySign({ use, key_ops: operations, alg }: JsonObject): boolean {
  if (use === 'enc') return false;
  if (Array.isArray(operations) && !operations.includes('sign')) return false;
  return alg === undefined || jwsAlgorithm(alg) !== undefined;
}

function pemProblem(text: string): string | undefined {
  const lock = lockedPem(text);
  if (lock !== undefined) return lock;
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return undefined;
  if (/-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----/.test(text))
    return 'It is a public key; the private one is needed.';
  if (/-----BEGIN (?:[A-Z0-9]+ )*CERTIFICATE-----/.test(text)) {
    return 'It is a certificate; the private key that belongs to it is needed.';
  }
  return undefined;
}

/** The error of OpenSSL is neither kept nor shown: it speaks of decoders, not of the file. */
function importKey(input: Parameters<typeof createPrivateKey>[0], problem: string | undefined): KeyObject {
  if (problem !== undefined) throw new Error(problem);
  const key = attempt(() => createPrivateKey(input));
  if (key !== undefined) return key;
  throw new Error('It is not a private key in PEM (PKCS#8, PKCS#1, SEC1) or JWK form, or it is damaged.');
}

/** What keys sign with, the usual algorithm first (RFC 7518 §3.1, RFC 8037 §3.1, RFC 8812 §3.2, RFC 9864 §2.2). */
const algorithmsOf: Readonly<Record<string, string>> = {
  rsa: 'RS256 PS256 RS384 PS384 RS512 PS512',
  'rsa-pss': 'PS256 PS384 PS512',
  ed25519: 'EdDSA Ed25519',
  ed448: 'EdDSA Ed448',
  // As OpenSSL calls the curves.
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
  secp256k1: 'ES256K',
};

function waysToSign(key: KeyObject): readonly SigningKey[] {
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = key;
  const digest = type === 'rsa-pss' ? details?.hashAlgorithm?.replace(/^sha/, '') : undefined;
  const names = (algorithmsOf[type] ?? algorithmsOf[details?.namedCurve ?? ''] ?? '').split(' ');
  const ways = names
    .filter((name) => digest === undefined || name.endsWith(digest))
    .flatMap((name) => jwsAlgorithm(name) ?? [])
    .map((algorithm) => ({ key, algorithm }));
  if (ways.length > 0) return ways;
  const curve = details?.namedCurve === undefined ? '' : ` on the curve ${details.namedCurve}`;
  throw new Error(`A key of the kind ${type}${curve} cannot sign.`);
}
