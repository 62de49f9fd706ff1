import { type ExactJson, extendPath, memberNames } from './exact-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** An object somewhere in a JSON value. */
export interface PlacedObject {
  readonly object: JsonObject;
  /** Levels below the top; an array is no level of its own. */
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
      if (typeof item === 'object' && item !== null) {
        collect(item, depth, { key, within: place }, found);
      }
    }
  } else if (isJsonObject(value)) {
    found.push({ object: value, depth, place });
  }
}
