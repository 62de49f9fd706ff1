import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { IdTokenEvidence } from '../../src/checks/id-token/token-claims.ts';
import type { JwkSet } from '../../src/jose/jwk-set.ts';
import type { JsonObject } from '../../src/json/json.ts';

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

/** Makes a compact JWS; with a string as key an HMAC, whatever `alg` says. */
export function signedToken(header: JsonObject, claims: JsonObject, key: TestKey | string): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const alg = String(header.alg);
  return `${input}.${makeSignature(input, alg, key).toString('base64url')}`;
}

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

/** The moment at which every test token is judged. */
export const now = new Date('2026-11-20T12:00:00Z');

/** `now` as a NumericDate. */
export const nowSeconds = now.getTime() / 1000;

/** Claims with which an ID token for `client-1` is in order. */
export const soundClaims: JsonObject = {
  iss: 'https://as.example',
  sub: 'user-1',
  aud: 'client-1',
  exp: nowSeconds + 300,
  iat: nowSeconds - 2,
  nonce: 'n-0S6_WzA2Mj',
};

/** A key set of some test keys. */
export function keySet(...keys: readonly JsonObject[]): JwkSet {
  return { type: 'jwk-set', keys, problems: [] };
}

/** Evidence that lets a token signed by `testKey('RS256')` with the sound claims pass every check. */
export function soundEvidence(changes: Partial<IdTokenEvidence> = {}): IdTokenEvidence {
  const key = testKey('RS256');
  return {
    idToken: signedToken({ alg: 'RS256', kid: 'key-1' }, soundClaims, key),
    issuer: 'https://as.example',
    clientId: 'client-1',
    nonce: 'n-0S6_WzA2Mj',
    keys: keySet(key.jwk),
    allowedAlgorithms: ['RS256'],
    now,
    clockToleranceSeconds: 5,
    fromTokenEndpoint: true,
    ...changes,
  };
}

/** Evidence for the sound claims with some changed; undefined removes a claim. */
export function evidenceWithClaims(
  claims: Readonly<Record<string, JsonObject[string] | undefined>>,
  changes: Partial<IdTokenEvidence> = {},
): IdTokenEvidence {
  const merged = Object.entries({ ...soundClaims, ...claims }).filter(([, value]) => value !== undefined);
  const idToken = signedToken(
    { alg: 'RS256', kid: 'key-1' },
    Object.fromEntries(merged) as JsonObject,
    testKey('RS256'),
  );
  return soundEvidence({ idToken, ...changes });
}
