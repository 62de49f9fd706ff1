import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';

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
    return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing or no string`;
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
  try {
    return createPublicKey({ key: members, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Size of a key in bits: RSA modulus, curve, or octets of a symmetric key; null when it cannot be told. */
export function keySize(key: JsonObject): number | null {
  switch (key.kty) {
    case 'RSA':
      return bitLength(decodeBase64url(key.n));
    case 'EC':
    case 'OKP':
      return typeof key.crv === 'string' ? (curveBits.get(key.crv) ?? null) : null;
    case 'oct': {
      const octets = decodeBase64url(key.k);
      return octets === undefined ? null : octets.length * 8;
    }
    default:
      return null;
  }
}

const curveBits: ReadonlyMap<string, number> = new Map([
  ['P-256', 256],
  ['P-384', 384],
  ['P-521', 521],
  ['secp256k1', 256],
  ['Ed25519', 256],
  ['X25519', 256],
  ['Ed448', 448],
  ['X448', 448],
]);

function bitLength(octets: Buffer | undefined): number | null {
  if (octets === undefined) return null;
  const first = octets.findIndex((octet) => octet !== 0);
  if (first === -1) return null;
  return (octets.length - first - 1) * 8 + (32 - Math.clz32(octets[first] ?? 0));
}
