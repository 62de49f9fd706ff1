/** Text that is not JSON; the message completes "the text …" and quotes nothing of it. */
export class MalformedJson extends Error {
  /** In UTF-16 code units. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these in a string.
const stringStop = /["\\\u0000-\u001f]/g;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Reads the tokens of JSON text one after the other (RFC 8259 §2, §3, §6, §7). */
export class JsonScanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The code unit at hand; NaN at the end. */
  peek(): number {
    return this.text.charCodeAt(this.at);
  }

  /** Passes over one character and the whitespace behind it. */
  advance(): void {
    this.at += 1;
    this.skipWhitespace();
  }

  /** Passes over insignificant whitespace. */
  skipWhitespace(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
        return;
      }
    }
  }

  /** Reads a string from its opening quote on. */
  readString(): string {
    const start = this.at;
    let escaped = false;
    stringStop.lastIndex = start + 1;
    for (let stop = stringStop.exec(this.text); stop !== null; stop = stringStop.exec(this.text)) {
      if (stop[0] === '"') {
        this.at = stop.index + 1;
        return escaped ? this.unescape(start) : this.text.slice(start + 1, stop.index);
      }
      if (stop[0] !== '\\') throw new MalformedJson('has a control character in a string', stop.index);
      escaped = true;
      stringStop.lastIndex = stop.index + 2;
    }
    throw new MalformedJson('ends inside a string', this.text.length);
  }

  /** Reads a number and gives its text. */
  readNumber(): string {
    numberPattern.lastIndex = this.at;
    const [text] = numberPattern.exec(this.text) ?? [];
    if (text === undefined) {
      throw this.malformed('has an incomplete number');
    }
    this.at += text.length;
    return text;
  }

  /** Reads `true`, `false` or `null`. */
  readLiteral(): boolean | null {
    for (const [literal, value] of literals) {
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        return value;
      }
    }
    throw this.malformed('has no value where one is due');
  }

  /** The error that what is at hand does not belong there. */
  malformed(reason: string): MalformedJson {
    return new MalformedJson(this.at >= this.text.length ? 'ends early' : reason, this.at);
  }

  private unescape(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw new MalformedJson('has an invalid escape in a string', start);
    }
  }
}
