import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JsonObject } from '../../json/json.ts';

/** A key pair with its public JWK, whose `kid` and `alg` are set. */
export interface TestKey {
  readonly jwk: JsonObject;
  readonly privateKey: KeyObject;
}

const made = new Map<string, TestKey>();

/** A key that fits an algorithm, made once a run for each algorithm and kid. */
export function testKey(alg: string, kid = 'key-1', bits = 2048): TestKey {
  const name = `${alg} ${kid} ${bits}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const { publicKey, privateKey } = makePair(alg, bits);
  const key = {
    jwk: { ...(publicKey.export({ format: 'jwk' }) as JsonObject), kid, alg, use: 'sig' },
    privateKey,
  };
  made.set(name, key);
  return key;
}

function makePair(alg: string, bits: number) {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    case 'ES256K':
      return generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    case 'EdDSA':
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'Ed448':
      return generateKeyPairSync('ed448');
    default:
      return generateKeyPairSync('rsa', { modulusLength: bits });
  }
}

/**
 * Makes a compact JWS; with a string as key an HMAC, whatever `alg` says. Members that `before` has as JSON text stand
 * in front of the header's, such as one that it has too.
 */
export function signedToken(
  header: JsonObject,
  claims: JsonObject,
  key: TestKey | string,
  before = '',
): string {
  const input = [JSON.stringify(header).replace('{', `{${before}`), JSON.stringify(claims)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  const alg = String(header.alg);
  return `${input}.${makeSignature(input, alg, key).toString('base64url')}`;
}

/** A value as JSON in base64url, as the parts of a JWT are. */
export const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function makeSignature(input: string, alg: string, key: TestKey | string): Buffer {
  const digest = `sha${/\d{3}/.exec(alg)?.[0] ?? '256'}`;
  if (typeof key === 'string') return createHmac(digest, key).update(input).digest();
  const data = Buffer.from(input);
  const { privateKey } = key;
  if (alg.startsWith('Ed')) return sign(null, data, privateKey);
  if (alg.startsWith('ES')) return sign(digest, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (alg.startsWith('PS')) return sign(digest, data, { key: privateKey, padding: 6, saltLength: -1 });
  return sign(digest, data, privateKey);
}
