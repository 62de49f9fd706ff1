import type { HeaderList } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';

/** A string, else an empty one. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A string, else null. */
export function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** An object with a string member, else an empty one. */
export function optionalText<Name extends string>(
  name: Name,
  value: JsonValue | undefined,
): { readonly [K in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { readonly [K in Name]: string }) : {};
}

/** The strings of a list. */
export function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An object, else an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The objects of a list. */
export function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Header fields as pairs. */
export function headers(value: JsonValue | undefined): HeaderList {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair) => (Array.isArray(pair) ? [[text(pair[0]), text(pair[1])] as const] : []));
}

const longestMs = 1e12;

/** Milliseconds that can have passed. */
export function duration(value: JsonValue | undefined): number {
  return typeof value === 'number' && value >= 0 && value <= longestMs ? value : 0;
}

/** A status of three digits at most. */
export function status(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 999 ? value : 0;
}

/** Stands where no moment was recorded. */
export const unknownMoment = '1970-01-01T00:00:00.000Z';

/** A moment of the years 0 to 9999, else the beginning of 1970. */
export function moment(value: JsonValue | undefined): string {
  const at = new Date(text(value));
  const known = !Number.isNaN(at.getTime()) && /^\d{4}-/.test(at.toISOString());
  return known ? at.toISOString() : unknownMoment;
}

/** One of the choices, else the one that is named for that. */
export function oneOf<const Choice extends string>(
  value: JsonValue | undefined,
  choices: readonly Choice[],
  otherwise: Choice,
): Choice {
  return choices.find((choice) => choice === value) ?? otherwise;
}
