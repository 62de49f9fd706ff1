import { type ExactJson, extendPath, isIndexLike, type UnsafeInteger } from './exact-json.ts';
import { isUnsafeInteger } from './exact-number.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** What parsing came to. */
export type JsonParseResult =
  | { readonly type: 'parsed'; readonly json: ExactJson }
  /** `reason` never quotes the text; `offset` is in UTF-16 code units. */
  | { readonly type: 'malformed'; readonly reason: string; readonly offset: number };

/** Containers nested deeper than this stay text: what walks the value may then use recursion. */
export const deepestContainer = 500;

const longestList = 20;

/**
 * Parses JSON text strictly (RFC 8259), in linear time and without recursion. Of duplicate members the last
 * stands, and `__proto__` is a member like any other. A container nested deeper than 500 levels is checked for
 * its syntax and kept as a string of its JSON text.
 */
export function parseJsonExactly(text: string): JsonParseResult {
  try {
    return { type: 'parsed', json: new JsonReader(text).read() };
  } catch (error) {
    if (error instanceof MalformedJson) {
      return { type: 'malformed', reason: error.message, offset: error.offset };
    }
    throw error;
  }
}

class MalformedJson extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

interface Frame {
  readonly container: JsonObject | JsonValue[];
  /** The member whose value is being read. */
  name: string;
  /** Document order, kept from the first name on that JavaScript would move to the front. */
  order: string[] | undefined;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  private readonly text: string;
  private at = 0;
  /** Closing character of every open container, also of those too deep for a frame. */
  private readonly closers: number[] = [];
  private readonly frames: Frame[] = [];
  private deepStart = 0;
  private readonly numberTexts = new Map<object, Map<string, string>>();
  private readonly memberOrders = new Map<object, readonly string[]>();
  private readonly unsafeIntegers: UnsafeInteger[] = [];
  private readonly duplicates: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  read(): ExactJson {
    this.skipWhitespace();
    for (;;) {
      let value = this.readValueOrOpen();
      while (value !== undefined) {
        if (this.closers.length === 0) {
          this.skipWhitespace();
          if (this.at < this.text.length) {
            throw this.malformed('has text after the value');
          }
          const { numberTexts, memberOrders, unsafeIntegers, duplicates } = this;
          return { value, numberTexts, memberOrders, unsafeIntegers, duplicates };
        }
        this.skipWhitespace();
        value = this.closeOrNext();
      }
    }
  }

  /** Reads a scalar or an empty container; undefined when a container was opened. */
  private readValueOrOpen(): JsonValue | undefined {
    const code = this.text.charCodeAt(this.at);
    if (code === openBrace || code === openBracket) {
      // Each closing character stands two places after its opening one.
      const closer = code + 2;
      this.open(closer);
      this.at += 1;
      this.skipWhitespace();
      if (this.text.charCodeAt(this.at) === closer) {
        return this.close();
      }
      if (closer === closeBrace) {
        this.readName();
      }
      return undefined;
    }
    if (code === quote) {
      return this.add(this.readString());
    }
    return code === minus || (code >= zero && code <= nine) ? this.readNumber() : this.readLiteral();
  }

  /** After a value: a comma leads to the next one, a closing character completes the container. */
  private closeOrNext(): JsonValue | undefined {
    const code = this.text.charCodeAt(this.at);
    const closer = this.closers[this.closers.length - 1];
    if (code === closer) {
      return this.close();
    }
    if (code !== comma) {
      throw this.malformed('has neither a comma nor a closing bracket after a value');
    }
    this.at += 1;
    this.skipWhitespace();
    if (closer === closeBrace) {
      this.readName();
    }
    return undefined;
  }

  private open(closer: number): void {
    if (this.closers.length === deepestContainer) {
      this.deepStart = this.at;
    } else if (this.closers.length < deepestContainer) {
      this.frames.push({ container: closer === closeBrace ? {} : [], name: '', order: undefined });
    }
    this.closers.push(closer);
  }

  private close(): JsonValue {
    this.at += 1;
    this.closers.pop();
    if (this.closers.length > deepestContainer) {
      return null;
    }
    if (this.closers.length === deepestContainer) {
      return this.add(this.text.slice(this.deepStart, this.at));
    }
    const frame = this.frames.pop() as Frame;
    if (frame.order !== undefined) {
      this.memberOrders.set(frame.container, frame.order);
    }
    return this.add(frame.container);
  }

  /** Puts a complete value into the open container. */
  private add(value: JsonValue, wireText?: string): JsonValue {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined || this.closers.length > deepestContainer) {
      return value;
    }
    const { container } = frame;
    if (Array.isArray(container)) {
      frame.name = String(container.length);
      container.push(value);
    } else {
      this.addMember(frame, container, value);
    }
    if (wireText !== undefined) {
      const texts = this.numberTexts.get(container) ?? new Map<string, string>();
      this.numberTexts.set(container, texts.set(frame.name, wireText));
    }
    return value;
  }

  private addMember(frame: Frame, object: JsonObject, value: JsonValue): void {
    const { name } = frame;
    if (Object.hasOwn(object, name)) {
      this.numberTexts.get(object)?.delete(name);
      if (this.duplicates.length < longestList) {
        this.duplicates.push(this.path());
      }
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
  }

  private readName(): void {
    if (this.text.charCodeAt(this.at) !== quote) {
      throw this.malformed('has no quoted member name where one is due');
    }
    const name = this.readString();
    this.skipWhitespace();
    if (this.text.charCodeAt(this.at) !== colon) {
      throw this.malformed('has no colon after a member name');
    }
    this.at += 1;
    this.skipWhitespace();
    const frame = this.frames[this.frames.length - 1];
    if (frame !== undefined && this.closers.length <= deepestContainer) {
      frame.name = name;
    }
  }

  private readString(): string {
    const start = this.at;
    let escaped = false;
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === quote) {
        this.at = at + 1;
        return escaped ? this.unescape(start) : this.text.slice(start + 1, at);
      }
      if (code === backslash) {
        escaped = true;
        at += 1;
      } else if (code < 0x20) {
        this.at = at;
        throw this.malformed('has a control character in a string');
      }
    }
    this.at = this.text.length;
    throw new MalformedJson('ends inside a string', this.at);
  }

  private unescape(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      this.at = start;
      throw this.malformed('has an invalid escape in a string');
    }
  }

  private readLiteral(): JsonValue {
    for (const [literal, value] of literals) {
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        return this.add(value);
      }
    }
    throw this.malformed('has no value where one is due');
  }

  private readNumber(): JsonValue {
    numberPattern.lastIndex = this.at;
    const [text] = numberPattern.exec(this.text) ?? [];
    if (text === undefined) {
      throw this.malformed('has an incomplete number');
    }
    this.at += text.length;
    if (isUnsafeInteger(text) && this.unsafeIntegers.length < longestList) {
      this.unsafeIntegers.push({ path: this.path(), text });
    }
    const value = Number(text);
    return String(value) === text ? this.add(value) : this.add(value, text);
  }

  /** Path of the value that is about to be added; of the deepest framed container when it is deeper. */
  private path(): string {
    return this.frames.reduce(
      (path, { container, name }) => extendPath(path, Array.isArray(container) ? container.length : name),
      '',
    );
  }

  private skipWhitespace(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
        return;
      }
    }
  }

  private malformed(reason: string): MalformedJson {
    return new MalformedJson(this.at >= this.text.length ? 'ends early' : reason, this.at);
  }
}
