import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** An integer that a binary64 parser cannot be trusted with. */
export interface UnsafeInteger {
  /** Where it stands, such as `athlete.id` or `items[0]`. */
  readonly path: string;
  /** Its digits on the wire. */
  readonly text: string;
}

/** A JSON value with what the plain value loses: document order, duplicate names; see also exact-number.ts. */
export interface ExactJson {
  readonly value: JsonValue;
  /** By object, its names in document order, where JavaScript would list them in another. */
  readonly memberOrders: ReadonlyMap<object, readonly string[]>;
  /** The first twenty integers beyond ±(2^53−1), in document order. */
  readonly unsafeIntegers: readonly UnsafeInteger[];
  /** Paths of the first twenty members whose name was given before in the same object; the last value stands. */
  readonly duplicates: readonly string[];
}

/** The member names of an object in document order. */
export function memberNames(json: ExactJson, object: JsonObject): readonly string[] {
  return json.memberOrders.get(object) ?? Object.keys(object);
}

/** Tells whether JavaScript would list a member name before those that were given first (ECMA-262 §10.1.11). */
export function isIndexLike(name: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(name);
}

/** Extends the path of a container by a member name or an array index: `data`, `data.items`, `data.items[0]`. */
export function extendPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? name : `${path}.${name}`;
}

/** Gives a flat object of strings, such as form data, the shape of parsed JSON; the first value of a name counts. */
export function exactJsonFromPairs(pairs: readonly (readonly [name: string, value: string])[]): ExactJson {
  const members = new Map<string, string>();
  for (const [name, value] of pairs) if (!members.has(name)) members.set(name, value);
  // fromEntries defines its members: `__proto__` stays one like any other.
  const value: JsonObject = Object.fromEntries(members);
  const order = new Map([[value, [...members.keys()]]]);
  return { value, memberOrders: order, unsafeIntegers: [], duplicates: [] };
}

/** An object somewhere in a JSON value. */
export interface PlacedObject {
  readonly object: JsonObject;
  /** Levels below the top; an array is not a level of its own. */
  readonly depth: number;
  /** How one gets there from the top, last key first; undefined for the top itself. */
  readonly place: Place | undefined;
}

interface Place {
  readonly key: string | number;
  readonly within: Place | undefined;
}

/**
 * Yields the objects of a JSON value breadth first and in document order, down to some levels below the top. The
 * objects in an array at the top are one level below it.
 */
export function* objectsByLevel(json: ExactJson, deepest: number): Generator<PlacedObject, undefined> {
  let level: PlacedObject[] = [];
  collect(json.value, isJsonObject(json.value) ? 0 : 1, undefined, level);
  while (level.length > 0) {
    yield* level;
    level = level.flatMap((parent) => (parent.depth < deepest ? childObjects(json, parent) : []));
  }
  return undefined;
}

/** The objects directly below one, in document order: its members and what stands in its arrays. */
function childObjects(json: ExactJson, parent: PlacedObject): PlacedObject[] {
  const children: PlacedObject[] = [];
  for (const key of memberNames(json, parent.object)) {
    const value = parent.object[key];
    if (typeof value === 'object' && value !== null) {
      collect(value, parent.depth + 1, { key, within: parent.place }, children);
    }
  }
  return children;
}

/** Where an object stands, such as `data.tokens[0]`; empty for the top. */
export function pathOf({ place }: PlacedObject): string {
  const keys: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.within) {
    keys.push(at.key);
  }
  return keys.reduceRight<string>(extendPath, '');
}

/** Recursion is bounded: a value is at most `deepestContainer` levels deep. */
function collect(value: JsonValue, depth: number, place: Place | undefined, found: PlacedObject[]): void {
  if (Array.isArray(value)) {
    for (const [key, item] of value.entries()) {
      if (typeof item === 'object' && item !== null) collect(item, depth, { key, within: place }, found);
    }
  } else if (isJsonObject(value)) {
    found.push({ object: value, depth, place });
  }
}
