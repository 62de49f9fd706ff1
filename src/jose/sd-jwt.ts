import { createHash } from 'node:crypto';
import { extendPath } from '../json/exact-json.ts';
import { keepNumberTexts, keptNumberText } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
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
const hashes: ReadonlyMap<string, string> = new Map(
  ['sha-256', 'sha-384', 'sha-512', 'sha3-256', 'sha3-384', 'sha3-512'].map((name) => [
    name,
    name.replace(/^sha-/, 'sha'),
  ]),
);

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
    return broken('is not a JSON array of two or three elements');
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

/** The claims of an SD-JWT after its disclosures were put in their places (RFC 9901 §7.1, step 3). */
export interface DisclosedClaims {
  /** Without `_sd`, `_sd_alg` and the places of what stays hidden. */
  readonly claims: JsonObject;
  /** Where each disclosure belongs, by its digest; one that no digest names is missing. */
  readonly places: ReadonlyMap<string, string>;
  /** Digests that no disclosure belongs to: hidden claims, or decoys. */
  readonly hidden: number;
  /** Each one sentence; empty when a verifier has nothing to refuse. */
  readonly problems: readonly string[];
}

/** Disclosures inside disclosures that are followed further than this were made to be followed. */
const deepest = 1000;

/** Puts disclosures in the places whose digests name them, also within each other. */
function discloseClaims(claims: JsonObject, disclosures: readonly Disclosure[]): DisclosedClaims {
  const byDigest = new Map(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
  const places = new Map<string, string>();
  const seen = new Set<string>();
  const problems = new Set<string>();
  let hidden = 0;

  const { _sd_alg: _, ...rest } = claims;
  const disclosed = unpackObject(rest, '', 0);
  const unused = disclosures.filter(({ digest, problem }) => problem === undefined && !places.has(digest));
  const what = unused.length === 1 ? 'A disclosure belongs' : `${unused.length} disclosures belong`;
  if (unused.length > 0) problems.add(`${what} to no digest in the token.`);
  if (byDigest.size < disclosures.length) problems.add('A disclosure is given twice.');
  for (const { problem } of disclosures) if (problem !== undefined) problems.add(`A disclosure ${problem}.`);
  return { claims: disclosed, places, hidden, problems: [...problems].slice(0, 20) };

  function unpack(value: JsonValue, path: string, depth: number): JsonValue {
    if (depth > deepest) {
      problems.add('Disclosures are nested too deeply to be followed.');
      return null;
    }
    if (Array.isArray(value)) return unpackArray(value, path, depth);
    return isJsonObject(value) ? unpackObject(value, path, depth) : value;
  }

  function unpackObject(object: JsonObject, path: string, depth: number): JsonObject {
    const members = new Map<string, JsonValue>();
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(object)) {
      if (name === '_sd') continue;
      members.set(name, unpack(value, extendPath(path, name), depth + 1));
      keep(texts, name, object, name);
    }
    const { _sd: digests = [] } = object;
    if (!Array.isArray(digests)) problems.add('A member _sd is not an array.');
    for (const digest of Array.isArray(digests) ? digests : []) {
      const disclosure = take(digest);
      if (disclosure === undefined) continue;
      if (disclosure.name === null) problems.add('The disclosure of an array element stands for a claim.');
      else if (members.has(disclosure.name)) problems.add('A disclosed claim is there already.');
      else {
        members.set(disclosure.name, place(disclosure, extendPath(path, disclosure.name), depth));
        keep(texts, disclosure.name, disclosure, 'value');
      }
    }
    // fromEntries defines its members: `__proto__` stays one like any other.
    const unpacked = Object.fromEntries(members);
    keepNumberTexts(unpacked, texts);
    return unpacked;
  }

  function unpackArray(items: readonly JsonValue[], path: string, depth: number): JsonValue[] {
    const kept: JsonValue[] = [];
    const texts = new Map<string, string>();
    for (const [index, item] of items.entries()) {
      const at = extendPath(path, kept.length);
      if (!isPlaceholder(item)) {
        keep(texts, kept.length, items, index);
        kept.push(unpack(item, at, depth + 1));
        continue;
      }
      const disclosure = take(item['...']);
      if (disclosure === undefined) continue;
      if (disclosure.name === null) {
        keep(texts, kept.length, disclosure, 'value');
        kept.push(place(disclosure, at, depth));
      } else problems.add('The disclosure of a claim stands for an array element.');
    }
    keepNumberTexts(kept, texts);
    return kept;
  }

  function place(disclosure: Disclosure, path: string, depth: number): JsonValue {
    places.set(disclosure.digest, path);
    return unpack(disclosure.value, path, depth + 1);
  }

  /** The disclosure that a digest names, once. */
  function take(digest: JsonValue | undefined): Disclosure | undefined {
    if (typeof digest !== 'string' || seen.has(digest)) {
      problems.add(typeof digest === 'string' ? 'A digest is given twice.' : 'A digest is not a string.');
      return undefined;
    }
    seen.add(digest);
    const disclosure = byDigest.get(digest);
    if (disclosure === undefined) hidden += 1;
    return disclosure?.problem === undefined ? disclosure : undefined;
  }
}

/** A number that moves into another container takes its wire text along. */
function keep(texts: Map<string, string>, as: string | number, from: object, name: string | number): void {
  const text = keptNumberText(from, name);
  if (text !== undefined) texts.set(String(as), text);
}

function isPlaceholder(item: JsonValue): item is { '...': JsonValue } {
  return isJsonObject(item) && Object.keys(item).length === 1 && Object.hasOwn(item, '...');
}
