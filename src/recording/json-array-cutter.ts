const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/** Member names are kept down to this depth: no wanted array lies deeper. */
const deepestName = 3;
/** A longer name is none that is looked for. */
const longestName = 64;

/** Is handed each object of the array, with the path of the array and its number, from 0. */
export type TakeElement = (text: string, path: string, index: number) => void;

/**
 * Cuts the objects out of an array of a JSON text that arrives in pieces, so that the text is never held as a
 * whole: out of the top-level array (path `''`), or out of arrays with a path such as `log.entries`. Nothing is
 * checked beyond the nesting; an object longer than `longest` characters is passed over.
 */
export class JsonArrayCutter {
  /** How many objects were too long. */
  passedOver = 0;
  /** Whether there is an array of a wanted path. */
  foundArray = false;
  private readonly paths: ReadonlySet<string>;
  private readonly longest: number;
  private readonly take: TakeElement;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** The name of the member whose value is read, by depth. */
  private readonly names: string[] = [];
  private stringStart = -1;
  private stringText = '';
  private arrayDepth = -1;
  private arrayPath = '';
  private index = 0;
  private parts: string[] = [];
  private length = 0;
  private inElement = false;

  constructor(paths: readonly string[], longest: number, take: TakeElement) {
    this.paths = new Set(paths);
    this.longest = longest;
    this.take = take;
  }

  /** Reads on. */
  push(piece: string): void {
    let start = this.inElement ? 0 : -1;
    if (this.stringStart !== -1) this.stringStart = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === backslash) this.escaped = true;
        else if (code === quote) this.endString(piece, at);
        continue;
      }
      switch (code) {
        case quote:
          this.inString = true;
          if (!this.inElement && this.depth <= deepestName) this.stringStart = at + 1;
          break;
        case openBrace:
        case openBracket:
          if (this.open(code)) start = at;
          break;
        case closeBrace:
        case closeBracket:
          if (this.close()) {
            this.finish(piece.slice(start, at + 1));
            start = -1;
          }
          break;
        case comma:
          if (this.depth === this.arrayDepth) this.index += 1;
          break;
      }
    }
    if (start !== -1) this.keep(piece.slice(start));
    // A slice keeps its whole piece in memory: a long string may not collect them.
    if (this.stringStart !== -1 && this.stringText.length < longestName)
      this.stringText += piece.slice(this.stringStart, this.stringStart + longestName);
  }

  /** Whether every bracket was closed. */
  get isComplete(): boolean {
    return this.depth === 0 && !this.inString;
  }

  private endString(piece: string, at: number): void {
    this.inString = false;
    if (this.stringStart === -1) return;
    // The last string before a value is its name; what comes after that is not read as one.
    this.names[this.depth] = (this.stringText + piece.slice(this.stringStart, at)).slice(0, longestName);
    this.stringStart = -1;
    this.stringText = '';
  }

  /** Tells whether a wanted object begins here. */
  private open(code: number): boolean {
    const begins = code === openBrace && this.depth === this.arrayDepth && !this.inElement;
    if (begins) this.inElement = true;
    if (code === openBracket && this.arrayDepth === -1 && this.depth < deepestName) {
      const path = this.names.slice(1, this.depth + 1).join('.');
      if (this.paths.has(path)) {
        this.foundArray = true;
        this.arrayDepth = this.depth + 1;
        this.arrayPath = path;
        this.index = 0;
      }
    }
    this.depth += 1;
    if (this.depth <= deepestName) this.names[this.depth] = '';
    return begins;
  }

  /** Tells whether a wanted object ends here. */
  private close(): boolean {
    this.depth -= 1;
    if (this.depth < this.arrayDepth) this.arrayDepth = -1;
    return this.inElement && this.depth === this.arrayDepth;
  }

  private keep(part: string): void {
    this.length += part.length;
    if (this.length <= this.longest) this.parts.push(part);
    else this.parts = [];
  }

  private finish(part: string): void {
    this.keep(part);
    if (this.length <= this.longest) this.take(this.parts.join(''), this.arrayPath, this.index);
    else this.passedOver += 1;
    this.parts = [];
    this.length = 0;
    this.inElement = false;
  }
}
