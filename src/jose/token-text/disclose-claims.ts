import { extendPath } from '../../json/exact-json.ts';
import { keepNumberTexts, keptNumberText } from '../../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.ts';
import type { Disclosure } from './read-sd-jwt.ts';

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
export function discloseClaims(claims: JsonObject, disclosures: readonly Disclosure[]): DisclosedClaims {
  const byDigest = new Map(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
  const places = new Map<string, string>();
  const seen = new Set<string>();
  const problems = new Set<string>();
  let hidden = 0;

  const { _sd_alg: _, ...rest } = claims;
  const disclosed = unpackObject(rest, '', 0);
  const unused = disclosures.filter(({ digest, problem }) => problem === undefined && !places.has(digest));
  if (unused.length > 0) {
    problems.add(
      unused.length === 1
        ? 'A disclosure belongs to no digest in the token.'
        : `${unused.length} disclosures belong to no digest in the token.`,
    );
  }
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
    if (!Array.isArray(digests)) problems.add('A member _sd is no array.');
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
    if (typeof digest !== 'string') {
      problems.add('A digest is no string.');
      return undefined;
    }
    if (seen.has(digest)) {
      problems.add('A digest is given twice.');
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
