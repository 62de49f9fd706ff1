import { constants, createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';

/** A signature algorithm that can be verified here, and the one kind of key that fits it (RFC 7518 §3.1). */
export interface JwsAlgorithm {
  /** As in the header parameter `alg`. */
  readonly name: string;
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  /** Curves that fit; empty where keys have none. */
  readonly curves: readonly string[];
  readonly scheme: 'pkcs1' | 'pss' | 'ecdsa' | 'eddsa' | 'hmac';
  /** Digest as `node:crypto` names it; null where the scheme brings its own. */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null;
}

type Row = readonly [
  name: string,
  kty: JwsAlgorithm['kty'],
  curves: readonly string[],
  scheme: JwsAlgorithm['scheme'],
  digest: JwsAlgorithm['digest'],
];

const rows: readonly Row[] = [
  ['RS256', 'RSA', [], 'pkcs1', 'sha256'],
  ['RS384', 'RSA', [], 'pkcs1', 'sha384'],
  ['RS512', 'RSA', [], 'pkcs1', 'sha512'],
  ['PS256', 'RSA', [], 'pss', 'sha256'],
  ['PS384', 'RSA', [], 'pss', 'sha384'],
  ['PS512', 'RSA', [], 'pss', 'sha512'],
  ['ES256', 'EC', ['P-256'], 'ecdsa', 'sha256'],
  ['ES384', 'EC', ['P-384'], 'ecdsa', 'sha384'],
  ['ES512', 'EC', ['P-521'], 'ecdsa', 'sha512'],
  ['ES256K', 'EC', ['secp256k1'], 'ecdsa', 'sha256'], // RFC 8812 §3.2
  ['EdDSA', 'OKP', ['Ed25519', 'Ed448'], 'eddsa', null], // RFC 8037 §3.1
  ['Ed25519', 'OKP', ['Ed25519'], 'eddsa', null], // RFC 9864 §2.2
  ['Ed448', 'OKP', ['Ed448'], 'eddsa', null], // RFC 9864 §2.2
  ['HS256', 'oct', [], 'hmac', 'sha256'],
  ['HS384', 'oct', [], 'hmac', 'sha384'],
  ['HS512', 'oct', [], 'hmac', 'sha512'],
];

const algorithms: ReadonlyMap<string, JwsAlgorithm> = new Map(
  rows.map(([name, kty, curves, scheme, digest]) => [name, { name, kty, curves, scheme, digest }]),
);

/** Finds a signature algorithm by its name; undefined for `none` and for whatever cannot be verified here. */
export function jwsAlgorithm(name: unknown): JwsAlgorithm | undefined {
  return typeof name === 'string' ? algorithms.get(name) : undefined;
}

/** Says why a key does not fit an algorithm by its `kty`, `crv` and `alg`; undefined when it fits (RFC 8725 §3.1). */
export function algorithmMisfit(key: JsonObject, algorithm: JwsAlgorithm): string | undefined {
  if (key.kty === 'oct' && algorithm.kty !== 'oct') return `${algorithm.name} needs an ${algorithm.kty} key`;
  if (key.kty !== algorithm.kty) {
    return `its kty is ${typeof key.kty === 'string' ? key.kty : 'missing'}, ${algorithm.name} needs ${algorithm.kty}`;
  }
  const { crv } = key;
  if (algorithm.curves.length > 0 && !algorithm.curves.some((curve) => curve === crv)) {
    return `its curve is ${typeof crv === 'string' ? crv : 'missing'}, ${algorithm.name} needs ${algorithm.curves.join(' or ')}`;
  }
  // EdDSA is the older name of Ed25519 and Ed448, by then told apart by the curve alone (RFC 9864 §2.2).
  const sameAlgorithm =
    key.alg === algorithm.name || (algorithm.scheme === 'eddsa' && (key.alg === 'EdDSA' || key.alg === crv));
  if (key.alg !== undefined && !sameAlgorithm) {
    return `its alg is ${typeof key.alg === 'string' ? key.alg : 'no string'}, not ${algorithm.name}`;
  }
  return undefined;
}

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
      { key, ...signatureOptions(algorithm) },
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

/** What `node:crypto` is told besides the key. */
export function signatureOptions(algorithm: JwsAlgorithm) {
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

/** A private key that signs, with the algorithm it signs with and what its JWK said about itself. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly kid?: string;
  readonly algorithm: JwsAlgorithm;
  /** The other keys of its file, and what else its own key can sign with, in the order of preference. */
  readonly others?: readonly SigningKey[];
}

/** Every way of a key file to sign, the first one first. */
export function waysToSign({ others = [], ...first }: SigningKey): readonly SigningKey[] {
  return [first, ...others];
}

/** The first way of a key file to sign that is among the algorithms; any is where nothing is said. */
export function chooseSigningKey(
  key: SigningKey,
  algorithms: readonly string[] | undefined,
): SigningKey | undefined {
  return waysToSign(key).find(({ algorithm }) => algorithms?.includes(algorithm.name) !== false);
}

/**
 * Signs a JWT with a private key or, by `hmac`, with the octets of a client secret; `alg` is the first member of its
 * header (RFC 7515 §5.1). Not by the jose package: it has neither ES256K nor Ed448.
 */
export function signJwt(
  header: JsonObject,
  claims: JsonObject,
  key: SigningKey | string,
  hmac = 'HS256',
): string {
  const alg = typeof key === 'string' ? hmac : key.algorithm.name;
  const input = [{ alg, ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature =
    typeof key === 'string'
      ? createHmac(`sha${alg.slice(2)}`, key)
          .update(input)
          .digest()
      : sign(key.algorithm.digest, Buffer.from(input), { key: key.key, ...signatureOptions(key.algorithm) });
  return `${input}.${signature.toString('base64url')}`;
}
