import { attempt } from '../errors/attempt.ts';

/** Any JSON value (RFC 8259 §3). */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** A JSON object (RFC 8259 §4). */
export type JsonObject = { [name: string]: JsonValue };

/** Tells whether a value is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, numbers as JavaScript reads them; undefined for any other text. */
export function parsePlainJson(text: string): JsonValue | undefined {
  return attempt(() => JSON.parse(text) as JsonValue);
}

/** What an object has of its own under a name from elsewhere, which may be `constructor` or `__proto__`. */
export function ownMember<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member that is a non-empty string; undefined for anything else. */
export function textMember(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The strings of a member that is an array; undefined when it is none. */
export function textListMember(object: JsonObject, name: string): readonly string[] | undefined {
  const value = object[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** A text as it is, any other value as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
