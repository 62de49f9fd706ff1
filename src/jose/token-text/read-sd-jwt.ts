import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { keepNumberTexts, keptNumberText } from '../../json/exact-number.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import { type DisclosedClaims, discloseClaims } from './disclose-claims.ts';
import { type ReadJws, readJose } from './read-token.ts';

/** A disclosure of an SD-JWT (RFC 9901 §4.2). */
export interface Disclosure {
  readonly encoded: string;
  /** With the hash of `_sd_alg`, base64url; what a `_sd` or `...` names. */
  readonly digest: string;
  readonly salt: string | null;
  /** null for the element of an array. */
  readonly name: string | null;
  readonly value: JsonValue;
  /** Completes "it …"; undefined when it is well-formed. */
  readonly problem: string | undefined;
}

/** An SD-JWT, with or without key binding, taken apart (RFC 9901 §4). Nothing was verified. */
export interface ReadSdJwt {
  readonly type: 'sd_jwt';
  readonly issued: ReadJws;
  readonly disclosures: readonly Disclosure[];
  /** How many more there are than are read. */
  readonly leftOut: number;
  /** The claims with everything disclosed in its place, and where each disclosure belongs. */
  readonly disclosed: DisclosedClaims;
  /** Name of the hash as in `_sd_alg`; null when it is not known here. */
  readonly hash: string | null;
  readonly keyBinding: ReadJws | null;
  /** What `sd_hash` is to be (RFC 9901 §4.3.1); null when the hash is not known. */
  readonly presentedHash: string | null;
}

/** More disclosures than any credential has. */
const mostDisclosures = 2000;

/** Hashes as the IANA registry of Named Information names them, and as OpenSSL does. */
const hashes: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['sha3-256', 'sha3-256'],
  ['sha3-384', 'sha3-384'],
  ['sha3-512', 'sha3-512'],
]);

/** Reads `<JWT>~<disclosure>~…~[<key binding JWT>]`; undefined when the text is none. */
export function readSdJwt(text: string): ReadSdJwt | undefined {
  const [first = '', ...rest] = text.split('~');
  const issued = rest.length === 0 ? undefined : readJose(first);
  if (issued?.type !== 'jws') return undefined;
  const last = rest.pop() ?? '';
  const keyBinding = last.includes('.') ? readJose(last) : undefined;
  const isBound = keyBinding?.type === 'jws';
  // Without its last tilde the text is cut off or malformed; what stands there is then one more disclosure.
  const encoded = last === '' || isBound ? rest : [...rest, last];
  const claims: JsonObject = issued.payload?.type === 'claims' ? issued.payload.claims : {};
  const { _sd_alg: named = 'sha-256' } = claims;
  const hash = typeof named === 'string' ? hashes.get(named) : undefined;
  const disclosures = encoded.slice(0, mostDisclosures).map((item) => readDisclosure(item, hash));
  return {
    type: 'sd_jwt',
    issued,
    disclosures,
    leftOut: encoded.length - disclosures.length,
    disclosed: discloseClaims(claims, disclosures),
    hash: hash === undefined ? null : String(named),
    keyBinding: isBound ? keyBinding : null,
    presentedHash: hash === undefined ? null : digestOf(text.slice(0, text.lastIndexOf('~') + 1), hash),
  };
}

function readDisclosure(encoded: string, hash: string | undefined): Disclosure {
  const digest = hash === undefined ? '' : digestOf(encoded, hash);
  const broken = (problem: string): Disclosure => {
    return { encoded, digest, salt: null, name: null, value: null, problem };
  };
  if (!/^[\w-]+$/.test(encoded)) return broken('is not base64url');
  const parsed = parseJsonExactly(Buffer.from(encoded, 'base64url').toString('utf8'));
  if (parsed.type === 'malformed') return broken('is not JSON');
  const { value } = parsed.json;
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 3)) {
    return broken('is no JSON array of two or three elements');
  }
  const [salt, name] = value;
  const content = value.at(-1) ?? null;
  if (typeof salt !== 'string') return broken('has no string as its salt');
  const text = keptNumberText(value, value.length - 1);
  const sound = (claim: string | null, problem: string | undefined): Disclosure => {
    const disclosure = { encoded, digest, salt, name: claim, value: content, problem };
    keepNumberTexts(disclosure, new Map(text === undefined ? [] : [['value', text]]));
    return disclosure;
  };
  if (value.length === 2) return sound(null, undefined);
  if (typeof name !== 'string') return broken('has no string as its claim name');
  return sound(name, name === '_sd' || name === '...' ? `has the forbidden claim name ${name}` : undefined);
}

function digestOf(text: string, hash: string): string {
  return createHash(hash).update(text).digest('base64url');
}
