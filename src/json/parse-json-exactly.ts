import type { ExactJson } from './exact-json.ts';
import { ExactJsonBuilder } from './exact-json-builder.ts';
import type { JsonValue } from './json.ts';
import { JsonScanner, MalformedJson } from './json-scanner.ts';

/** What parsing came to. */
export type JsonParseResult =
  | { readonly type: 'parsed'; readonly json: ExactJson }
  /** `reason` never quotes the text; `offset` is in UTF-16 code units. */
  | { readonly type: 'malformed'; readonly reason: string; readonly offset: number };

/** Containers nested deeper than this stay text: what walks the value may then use recursion. */
export const deepestContainer = 500;

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

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

class JsonReader {
  private readonly scanner: JsonScanner;
  private readonly builder = new ExactJsonBuilder();
  /** Closing character of every open container, also of those too deep to be built. */
  private readonly closers: number[] = [];
  private deepStart = 0;

  constructor(text: string) {
    this.scanner = new JsonScanner(text);
  }

  read(): ExactJson {
    this.scanner.skipWhitespace();
    for (;;) {
      let value = this.readValueOrOpen();
      while (value !== undefined) {
        this.scanner.skipWhitespace();
        if (this.closers.length === 0) {
          if (this.scanner.at < this.scanner.text.length) {
            throw this.scanner.malformed('has text after the value');
          }
          return this.builder.finish(value);
        }
        value = this.closeOrNext();
      }
    }
  }

  private get isTooDeep(): boolean {
    return this.closers.length > deepestContainer;
  }

  /** Reads a scalar or an empty container; undefined when a container was opened. */
  private readValueOrOpen(): JsonValue | undefined {
    const code = this.scanner.peek();
    if (code === openBrace || code === openBracket) {
      // Each closing character stands two places after its opening one.
      const closer = code + 2;
      this.open(closer);
      if (this.scanner.peek() === closer) {
        return this.close();
      }
      if (closer === closeBrace) {
        this.readName();
      }
      return undefined;
    }
    if (code === minus || (code >= zero && code <= nine)) {
      return this.addNumber(this.scanner.readNumber());
    }
    const value = code === quote ? this.scanner.readString() : this.scanner.readLiteral();
    return this.isTooDeep ? value : this.builder.add(value);
  }

  /** After a value: a comma leads to the next one, a closing character completes the container. */
  private closeOrNext(): JsonValue | undefined {
    const code = this.scanner.peek();
    const closer = this.closers.at(-1);
    if (code === closer) {
      return this.close();
    }
    if (code !== comma) {
      throw this.scanner.malformed('has neither a comma nor a closing bracket after a value');
    }
    this.scanner.advance();
    if (closer === closeBrace) {
      this.readName();
    }
    return undefined;
  }

  private open(closer: number): void {
    if (this.closers.length === deepestContainer) {
      this.deepStart = this.scanner.at;
    } else if (this.closers.length < deepestContainer) {
      this.builder.open(closer === closeBrace ? {} : []);
    }
    this.closers.push(closer);
    this.scanner.advance();
  }

  private close(): JsonValue {
    this.scanner.at += 1;
    const wasTooDeep = this.isTooDeep;
    this.closers.pop();
    if (!wasTooDeep) {
      return this.builder.close();
    }
    return this.isTooDeep ? null : this.builder.add(this.scanner.text.slice(this.deepStart, this.scanner.at));
  }

  private addNumber(text: string): JsonValue {
    if (this.isTooDeep) {
      this.builder.noteNumber(text);
      return null;
    }
    return this.builder.addNumber(text);
  }

  private readName(): void {
    if (this.scanner.peek() !== quote) {
      throw this.scanner.malformed('has no quoted member name where one is due');
    }
    const name = this.scanner.readString();
    this.scanner.skipWhitespace();
    if (this.scanner.peek() !== colon) {
      throw this.scanner.malformed('has no colon after a member name');
    }
    this.scanner.advance();
    if (!this.isTooDeep) {
      this.builder.name(name);
    }
  }
}
