import type { JsonObject, JsonValue } from './json.ts';

/**
 * Under this symbol an object or array keeps the wire texts of its numbers that JavaScript would print differently.
 * It travels with `{ ...object }`, and nothing that goes by names sees it.
 */
const wireTexts = Symbol('wire texts of numbers');

type Container = Readonly<JsonObject> | readonly JsonValue[];

/** Keeps the wire texts of numbers in a container, by member name or index. */
export function keepNumberTexts(container: object, texts: ReadonlyMap<string, string>): void {
  if (texts.size === 0) return;
  Object.defineProperty(container, wireTexts, {
    value: texts,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The wire text of a number in an object or array, such as `12345678901234567890`, `1.0` or `1e400`. */
export function numberText(container: Container, name: string | number): string {
  return keptNumberText(container, name) ?? String((container as Readonly<Record<string, unknown>>)[name]);
}

/** Lets a copy that was put together member by member keep the wire texts of what it was copied from. */
export function carryNumberTexts<T extends object>(from: object, copy: T): T {
  const texts = textsOf(from);
  if (texts !== undefined) keepNumberTexts(copy, texts);
  return copy;
}

/**
 * `JSON.stringify` that writes numbers as they were received (RFC 8259 §6), where they are kept; `indent` is as there.
 */
export function stringifyExactly(value: unknown, indent = 0): string {
  return holdsKeptText(value)
    ? write(value as JsonValue, ' '.repeat(indent), '')
    : JSON.stringify(value, null, indent);
}

function textsOf(container: object): ReadonlyMap<string, string> | undefined {
  return (container as { readonly [wireTexts]?: ReadonlyMap<string, string> })[wireTexts];
}

/** The wire text of a number that JavaScript would print differently; undefined for any other value. */
export function keptNumberText(container: object, name: string | number): string | undefined {
  const text = textsOf(container)?.get(String(name));
  // A copy may have another value under the name by now.
  const value = (container as Readonly<Record<string, unknown>>)[name];
  return text !== undefined && Object.is(Number(text), value) ? text : undefined;
}

function holdsKeptText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return textsOf(value) !== undefined || Object.values(value).some(holdsKeptText);
}

function write(value: JsonValue, indent: string, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin + indent;
  const items = Array.isArray(value)
    ? value.map((item, index) => writeMember(value, String(index), item))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => {
          const colon = indent === '' ? ':' : ': ';
          return `${JSON.stringify(name)}${colon}${writeMember(value, name, member)}`;
        });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  return indent === ''
    ? `${open}${items.join(',')}${close}`
    : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;

  function writeMember(container: Container, name: string, member: JsonValue): string {
    return (typeof member === 'number' && keptNumberText(container, name)) || write(member, indent, inner);
  }
}
