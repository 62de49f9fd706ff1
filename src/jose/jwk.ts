import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { attempt } from '../errors/attempt.ts';
import type { JsonObject } from '../json/json.ts';
import { algorithmMisfit, type JwsAlgorithm } from './jws.ts';

/** The members that make up a public key, in the order of RFC 7638 §3.2; the encoded ones are base64url. */
interface KeyType {
  readonly members: readonly string[];
  readonly encoded: readonly string[];
  /** Members that only the owner may know (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
  readonly secret: readonly string[];
}

const keyTypes: ReadonlyMap<unknown, KeyType> = new Map<unknown, KeyType>([
  [
    'RSA',
    { members: ['e', 'kty', 'n'], encoded: ['e', 'n'], secret: ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] },
  ],
  ['EC', { members: ['crv', 'kty', 'x', 'y'], encoded: ['x', 'y'], secret: ['d'] }],
  ['OKP', { members: ['crv', 'kty', 'x'], encoded: ['x'], secret: ['d'] }],
  ['oct', { members: ['k', 'kty'], encoded: ['k'], secret: ['k'] }],
]);

/** The members that make up the public part of a key of this type; undefined for an unknown `kty` (RFC 7518 §6.1). */
export function publicMembers(key: JsonObject): Record<string, string> | undefined {
  const type = keyTypes.get(key.kty);
  if (type === undefined || key.kty === 'oct') return undefined;
  const found: Record<string, string> = {};
  for (const name of type.members) {
    const value = key[name];
    if (typeof value !== 'string') return undefined;
    found[name] = value;
  }
  return found;
}

/** Names of the members of a key that only its owner may know; empty for a public key. */
export function secretMembers(key: JsonObject): string[] {
  const type = keyTypes.get(key.kty);
  const names = type === undefined ? ['d', 'k', 'priv'] : type.secret;
  return names.filter((name) => key[name] !== undefined);
}

/** Says what is wrong with the material of a key: a member that is missing or not base64url; undefined if nothing. */
export function malformedMaterial(key: JsonObject): string | undefined {
  const type = keyTypes.get(key.kty);
  if (type === undefined) return undefined;
  const missing = type.members.filter((name) => typeof key[name] !== 'string' || key[name] === '');
  if (missing.length > 0)
    return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing or not a string`;
  const garbled = type.encoded.filter((name) => decodeBase64url(key[name]) === undefined);
  return garbled.length === 0
    ? undefined
    : `${garbled.join(' and ')} ${garbled.length === 1 ? 'is' : 'are'} not base64url`;
}

/** Decodes strict base64url without padding (RFC 7515 §2); undefined when it is anything else. */
export function decodeBase64url(value: unknown): Buffer | undefined {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]*$/.test(value) || value.length % 4 === 1)
    return undefined;
  return Buffer.from(value, 'base64url');
}

/**
 * Imports the public part of a key and nothing else of it; undefined when its members make no valid key.
 */
export function importPublicKey(key: JsonObject): KeyObject | undefined {
  const members = publicMembers(key);
  if (members === undefined || malformedMaterial(key) !== undefined) return undefined;
  // The error of OpenSSL is not kept: it speaks of decoders, not of the key.
  return attempt(() => createPublicKey({ key: members, format: 'jwk' }));
}

/** Size of a key in bits: RSA modulus, curve, or octets of a symmetric key; null when it cannot be told. */
export function keySize(key: JsonObject): number | null {
  switch (key.kty) {
    case 'RSA':
      return bitLength(decodeBase64url(key.n));
    case 'EC':
    case 'OKP':
      return curveNamed(key.crv)?.bits ?? null;
    case 'oct': {
      const octets = decodeBase64url(key.k);
      return octets === undefined ? null : octets.length * 8;
    }
    default:
      return null;
  }
}

const curves = [
  { crv: 'P-256', kty: 'EC', bits: 256, octets: 32 },
  { crv: 'P-384', kty: 'EC', bits: 384, octets: 48 },
  { crv: 'P-521', kty: 'EC', bits: 521, octets: 66 },
  { crv: 'secp256k1', kty: 'EC', bits: 256, octets: 32 },
  { crv: 'Ed25519', kty: 'OKP', bits: 256, octets: 32 },
  { crv: 'X25519', kty: 'OKP', bits: 256, octets: 32 },
  { crv: 'Ed448', kty: 'OKP', bits: 448, octets: 57 },
  { crv: 'X448', kty: 'OKP', bits: 448, octets: 56 },
] as const;

/** A curve with the type of its keys, its size, and the octets of a coordinate (RFC 7518 §6.2.1, RFC 8037 §2). */
export function curveNamed(crv: unknown): (typeof curves)[number] | undefined {
  return curves.find((curve) => curve.crv === crv);
}

function bitLength(octets: Buffer | undefined): number | null {
  if (octets === undefined) return null;
  const first = octets.findIndex((octet) => octet !== 0);
  if (first === -1) return null;
  return (octets.length - first - 1) * 8 + (32 - Math.clz32(octets[first] ?? 0));
}

/**
 * The SHA-256 thumbprint of a public key, base64url (RFC 7638 §3); null for a symmetric key, whose thumbprint
 * could give it away (RFC 7638 §7), and for a key that lacks a member.
 */
export function jwkThumbprint(key: JsonObject): string | null {
  const members = publicMembers(key);
  if (members === undefined) return null;
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** Which `kty` goes with which key management or content encryption algorithm (RFC 7518 §4.1, §5.1). */
const keyTypesOfEncryption: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^RSA(1_5|-OAEP(-256|-384|-512)?)$/, ['RSA']],
  [/^ECDH-ES(\+A(128|192|256)KW)?$/, ['EC', 'OKP']],
  [/^(dir|A(128|192|256)(GCM)?KW|PBES2-.+|A(128|192|256)(GCM|CBC-HS\d+))$/, ['oct']],
];

/** The `kty` that an encryption algorithm needs, one of several; undefined for an unknown algorithm. */
export function encryptionKeyTypes(algorithm: string): readonly string[] | undefined {
  return keyTypesOfEncryption.find(([pattern]) => pattern.test(algorithm))?.[1];
}

/** A key that may have made a signature, ready for use. */
export interface FittingKey {
  readonly jwk: JsonObject;
  readonly key: KeyObject;
}

/** Which keys of a set may have made a signature, and why the others may not. */
export interface KeySelection {
  readonly fitting: readonly FittingKey[];
  readonly setAside: readonly { readonly jwk: JsonObject; readonly reason: string }[];
  /** Whether some key carries the `kid` asked for, fitting or not; true when none was asked for. */
  readonly kidKnown: boolean;
}

/**
 * Selects the keys that may have signed a JWS: the `kid` equal when the header has one, `kty`, `crv` and `alg`
 * fitting the algorithm, meant for signatures, valid and not weak (RFC 7515 §4.1.4, RFC 7517 §4, OIDC Core §10.1).
 */
export function selectSigningKeys(
  keys: readonly JsonObject[],
  kid: string | undefined,
  algorithm: JwsAlgorithm,
): KeySelection {
  const fitting: FittingKey[] = [];
  const setAside: { jwk: JsonObject; reason: string }[] = [];
  for (const jwk of keys) {
    const misfit = kidMisfit(jwk, kid) ?? verificationMisfit(jwk, algorithm);
    const key = misfit === undefined ? importPublicKey(jwk) : undefined;
    if (key === undefined) setAside.push({ jwk, reason: misfit ?? 'its members make no valid key' });
    else fitting.push({ jwk, key });
  }
  return { fitting, setAside, kidKnown: kid === undefined || keys.some((jwk) => jwk.kid === kid) };
}

/** Names a key for people: its kid, type, algorithm or curve, and size. */
export function describeKeyBriefly(jwk: JsonObject): string {
  const size = keySize(jwk);
  const traits = [jwk.kty, jwk.crv, jwk.alg].filter((trait) => typeof trait === 'string').map(shorten);
  if (size !== null) traits.push(`${size} bits`);
  const name = typeof jwk.kid === 'string' ? `key ${JSON.stringify(shorten(jwk.kid))}` : 'key without kid';
  return traits.length === 0 ? name : `${name} (${traits.join(', ')})`;
}

function kidMisfit(jwk: JsonObject, kid: string | undefined): string | undefined {
  return kid === undefined || jwk.kid === kid ? undefined : 'it has another kid';
}

/** Says why a key may not verify a signature of an algorithm: its type, use or material; undefined when it may. */
export function verificationMisfit(jwk: JsonObject, algorithm: JwsAlgorithm): string | undefined {
  return algorithmMisfit(jwk, algorithm) ?? usageMisfit(jwk) ?? malformedMaterial(jwk) ?? rsaWeakness(jwk);
}

/** Says why an RSA key protects nothing; undefined for other keys. 1024 bits are the least that is out of reach. */
export function rsaWeakness({ kty, n, e }: JsonObject): string | undefined {
  if (kty !== 'RSA') return undefined;
  const exponent = decodeBase64url(e)?.toString('hex').replace(/^0+/, '') ?? '';
  if (/^[012]?$|[02468ace]$/.test(exponent)) return 'its exponent e is less than 3 or even';
  const size = bitLength(decodeBase64url(n));
  return size !== null && size < 1024 ? `its modulus has only ${size} bits` : undefined;
}

function usageMisfit(jwk: JsonObject): string | undefined {
  if (jwk.use !== undefined && jwk.use !== 'sig') {
    return `its use is ${typeof jwk.use === 'string' ? shorten(jwk.use) : 'not a string'}, not sig`;
  }
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) {
    return 'its key_ops do not have verify';
  }
  const says = jwk.use !== undefined || jwk.key_ops !== undefined;
  return !says && hasOtherCertificate(jwk) ? 'its certificate (x5c) is not for signatures' : undefined;
}

/** Whether the first certificate of a key has a keyUsage without signatures (RFC 7517 §4.7, RFC 5280 §4.2.1.3). */
export function hasOtherCertificate({ x5c }: JsonObject): boolean {
  const first = Array.isArray(x5c) ? x5c[0] : undefined;
  const der = Buffer.from(typeof first === 'string' ? first : '', 'base64');
  const at = der.indexOf('0603551d0f', 0, 'hex');
  if (at === -1) return false;
  const bits = /^.{10}(?:0101..)?04..03....(.)/.exec(der.toString('hex', at, at + 16))?.[1];
  // Its first two bits are digitalSignature and nonRepudiation.
  return bits !== undefined && Number.parseInt(bits, 16) < 4;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The octets that a secret may stand for, and what was done to it. */
export interface SecretReading {
  readonly octets: Uint8Array;
  /** A clause such as `decoded from base64`. */
  readonly change: string;
}

/** What a secret is when it was kept in base64 or hexadecimal, as far as its text can be read so. */
export function decodedSecrets(text: string): readonly SecretReading[] {
  return [
    ...(/^[\w+/-]+=*$/.test(text)
      ? [{ octets: Buffer.from(text, 'base64'), change: 'decoded from base64' }]
      : []),
    ...(/^(?:[\da-f]{2})+$/i.test(text)
      ? [{ octets: Buffer.from(text, 'hex'), change: 'decoded from hexadecimal' }]
      : []),
  ];
}
