import { attempt } from '../errors/attempt.ts';
import { type ExactJson, extendPath, isIndexLike, type UnsafeInteger } from './exact-json.ts';
import { isUnsafeInteger, keepNumberTexts } from './exact-number.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** What parsing came to. */
export type JsonParseResult =
  | { readonly type: 'parsed'; readonly json: ExactJson }
  /** `reason` completes "the text …" and never quotes it; `offset` is in UTF-16 code units. */
  | { readonly type: 'malformed'; readonly reason: string; readonly offset: number };

/** Containers nested deeper than this stay text: what walks the value may then use recursion. */
export const deepestContainer = 500;

/** The most unsafe integers and duplicates that are listed. */
const longestList = 20;

const asText = { value: () => '[object Object]' };

class MalformedJson extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

/** A container that is not complete yet. */
interface Frame {
  readonly container: JsonObject | JsonValue[];
  /** The member whose value comes next. */
  name: string;
  /** Document order, kept from the first name on that JavaScript would move to the front. */
  order?: string[];
  readonly numberTexts: Map<string, string>;
}

/**
 * Parses JSON text strictly (RFC 8259), in linear time and without recursion. Of duplicate members the last
 * stands, and `__proto__` is a member like any other. A container nested deeper than 500 levels is checked for
 * its syntax and kept as a string of its JSON text.
 */
export function parseJsonExactly(text: string): JsonParseResult {
  try {
    return { type: 'parsed', json: readJson(text) };
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    return { type: 'malformed', reason: error.message, offset: error.offset };
  }
}

/** A number that `JSON.parse` may round or print in another way; what looks like one inside a string does no harm. */
const oddNumber = /[[,:]\s*-?(?!(?:0|[1-9]\d{0,14})\s*[,\]}])\d[\d.eE+-]*\s*[,\]}]|[[,:]\s*-0\s*[,\]}]/;

/** `JSON.parse` that keeps the digits of the server's numbers for `stringifyExactly`. @throws SyntaxError */
export function parseKeepingNumbers(text: string): unknown {
  if (!oddNumber.test(text)) return JSON.parse(text);
  const parsed = parseJsonExactly(text);
  if (parsed.type === 'malformed') throw new SyntaxError(`The text ${parsed.reason}.`);
  return parsed.json.value;
}

/** The same for a text that may not be JSON; undefined then. */
export function parseIfJson(text: string): JsonValue | undefined {
  return attempt(() => parseKeepingNumbers(text) as JsonValue);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these in a string.
const stringStop = /["\\\u0000-\u001f]/g;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

function readJson(text: string): ExactJson {
  let at = 0;
  /** Closing character of every open container, also of those too deep to be built. */
  const closers: string[] = [];
  const frames: Frame[] = [];
  let deepStart = 0;
  const memberOrders = new Map<object, readonly string[]>();
  const unsafeIntegers: UnsafeInteger[] = [];
  const duplicates: string[] = [];

  skipWhitespace();
  for (;;) {
    let value = readValueOrOpen();
    while (value !== undefined) {
      skipWhitespace();
      const closer = closers.at(-1);
      if (closer === undefined) {
        if (at < text.length) throw malformed('has text after the value');
        return { value, memberOrders, unsafeIntegers, duplicates };
      }
      value = text[at] === closer ? close() : passComma(closer);
    }
  }

  /** Reads a scalar or an empty container; undefined when a container was opened. */
  function readValueOrOpen(): JsonValue | undefined {
    const character = text[at] ?? '';
    if (character === '{' || character === '[') return open(character === '{' ? '}' : ']');
    if (character === '"') return add(readString());
    return character === '-' || (character >= '0' && character <= '9') ? addNumber() : add(readLiteral());
  }

  function open(closer: string): JsonValue | undefined {
    if (closers.length === deepestContainer) deepStart = at;
    if (closers.length < deepestContainer) {
      frames.push({ container: closer === '}' ? {} : [], name: '', numberTexts: new Map() });
    }
    closers.push(closer);
    advance();
    if (text[at] === closer) return close();
    if (closer === '}') readName();
    return undefined;
  }

  function close(): JsonValue {
    at += 1;
    const depth = closers.length;
    closers.pop();
    if (depth > deepestContainer + 1) return null;
    const frame = depth > deepestContainer ? undefined : frames.pop();
    if (frame === undefined) return add(text.slice(deepStart, at));
    if (frame.order !== undefined) memberOrders.set(frame.container, frame.order);
    keepNumberTexts(frame.container, frame.numberTexts);
    return add(frame.container);
  }

  function passComma(closer: string): undefined {
    if (text[at] !== ',') throw malformed('has neither a comma nor a closing bracket after a value');
    advance();
    if (closer === '}') readName();
  }

  function readName(): void {
    if (text[at] !== '"') throw malformed('has no quoted member name where one is due');
    const name = readString();
    skipWhitespace();
    if (text[at] !== ':') throw malformed('has no colon after a member name');
    advance();
    const frame = frames.at(-1);
    if (frame !== undefined && closers.length <= deepestContainer) frame.name = name;
  }

  function addNumber(): JsonValue {
    numberPattern.lastIndex = at;
    const [number] = numberPattern.exec(text) ?? [];
    if (number === undefined) throw malformed('has an incomplete number');
    at += number.length;
    if (unsafeIntegers.length < longestList && isUnsafeInteger(number)) {
      unsafeIntegers.push({ path: path(), text: number });
    }
    const value = Number(number);
    return add(value, String(value) === number ? undefined : number);
  }

  /** Adds a complete value to the innermost container that is built. */
  function add(value: JsonValue, numberText?: string): JsonValue {
    const frame = closers.length > deepestContainer ? undefined : frames.at(-1);
    if (frame === undefined) return value;
    if (Array.isArray(frame.container)) {
      frame.name = String(frame.container.length);
      frame.container.push(value);
    } else {
      addMember(frame, frame.container, value);
    }
    if (numberText !== undefined) frame.numberTexts.set(frame.name, numberText);
    return value;
  }

  function addMember(frame: Frame, object: JsonObject, value: JsonValue): void {
    const { name } = frame;
    if (Object.hasOwn(object, name)) {
      frame.numberTexts.delete(name);
      if (duplicates.length < longestList) duplicates.push(path());
    } else if (frame.order !== undefined) {
      frame.order.push(name);
    } else if (isIndexLike(name)) {
      frame.order = [...Object.keys(object), name];
    }
    if (name === '__proto__') {
      // An assignment would set the prototype.
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    } else {
      object[name] = value;
    }
    // `String` and `Number` call this member, which is not a function in JSON.
    if (name === 'toString') Object.defineProperty(object, Symbol.toPrimitive, asText);
  }

  /** Path of the value that is about to be added. */
  function path(): string {
    return frames.reduce(
      (above, { container, name }) => extendPath(above, Array.isArray(container) ? container.length : name),
      '',
    );
  }

  /** Reads a string from its opening quote on. */
  function readString(): string {
    const start = at;
    let escaped = false;
    stringStop.lastIndex = start + 1;
    for (let stop = stringStop.exec(text); stop !== null; stop = stringStop.exec(text)) {
      if (stop[0] === '"') {
        at = stop.index + 1;
        return escaped ? decodeEscapes(start) : text.slice(start + 1, stop.index);
      }
      if (stop[0] !== '\\') throw new MalformedJson('has a control character in a string', stop.index);
      escaped = true;
      stringStop.lastIndex = stop.index + 2;
    }
    throw new MalformedJson('ends inside a string', text.length);
  }

  function decodeEscapes(start: number): string {
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      throw new MalformedJson('has an invalid escape in a string', start);
    }
  }

  function readLiteral(): boolean | null {
    const [literal, value] = literals.find(([name]) => text.startsWith(name, at)) ?? [];
    if (literal === undefined || value === undefined) throw malformed('has no value where one is due');
    at += literal.length;
    return value;
  }

  /** Passes over one character and the whitespace behind it. */
  function advance(): void {
    at += 1;
    skipWhitespace();
  }

  function skipWhitespace(): void {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  function malformed(reason: string): MalformedJson {
    return new MalformedJson(at >= text.length ? 'ends early' : reason, at);
  }
}
