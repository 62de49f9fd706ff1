import type { JsonObject } from './json.ts';

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
