import { ConfigError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/**
 * An entry of a mapping: a plain or quoted name, a colon, and what follows. The plain name ends at the first colon
 * that white space follows, without looking for it from every place anew.
 */
const entry =
  /^(?:"((?:[^"\\]|\\.)*)"\s*|'((?:[^']|'')*)'\s*|((?:[^\s"'#&*!|>%@`?{[\]},-]|-[^\s#])[^#:]*(?::(?!\s|$)[^#:]*)*)):(?:\s+([\s\S]*))?$/;
/** Behind white space, whose start is pinned so that none is walked through twice. */
const comment = /(?<!\s)\s+#.*$/;
/** In characters; no program writes longer ones, and patterns that repeat a group can read no more than some millions. */
const longestLine = 1_000_000;

/**
 * Reads the YAML that programs write: nested mappings and lists in block form, plain, quoted and block scalars,
 * comments, and flow values that are JSON. Every scalar is a text, but for `null` and `~`.
 * @throws ConfigError with the line for anything else, such as anchors, tags or several documents
 */
export function readSimpleYaml(text: string, file: string): JsonValue {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const kept: Line[] = [];
  lines.forEach((line, index) => {
    const number = index + 1;
    if (line.length > longestLine) throw refuse(number, 'a line this long');
    const content = line.trimEnd();
    const indent = content.length - content.trimStart().length;
    if (/^\t| \t/.test(content.slice(0, indent + 1))) throw refuse(number, 'a tab before the text');
    kept.push({ number, indent, text: content.trimStart() });
  });
  let at = 0;
  const first = peek();
  if (first?.text === '---') at += 1;
  const start = peek();
  if (start === undefined) return null;
  const value = block(start.indent, 0);
  const rest = peek();
  if (rest !== undefined)
    throw refuse(rest.number, 'something that stands too far left or is another document');
  return value;

  function refuse(number: number, what: string): ConfigError {
    return new ConfigError(`${file}:${number}: ${what} cannot be read here.`, {
      hint: 'Give the file as JSON instead, such as from: kubectl config view --raw -o json',
    });
  }

  /** The next line that says something; `at` points at it then. */
  function peek(): Line | undefined {
    for (; at < kept.length; at += 1) {
      const line = kept[at];
      if (line !== undefined && line.text !== '' && !line.text.startsWith('#')) return line;
    }
    return undefined;
  }

  function block(indent: number, depth: number): JsonValue {
    const line = peek();
    if (line === undefined) return null;
    if (depth > 50) throw refuse(line.number, 'something nested this deeply');
    return isItem(line) ? list(indent, depth) : mapping(indent, depth);
  }

  function list(indent: number, depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    for (let line = peek(); line !== undefined && line.indent === indent && isItem(line); line = peek()) {
      const rest = line.text.slice(1).trimStart();
      if (rest === '' || rest.startsWith('#')) {
        at += 1;
        const next = peek();
        items.push(next !== undefined && next.indent > indent ? block(next.indent, depth + 1) : null);
      } else if (entry.test(rest) || isItem({ text: rest })) {
        // The item begins on the line of its dash: read on as if it stood alone there.
        const inner = indent + (line.text.length - rest.length);
        kept[at] = { number: line.number, indent: inner, text: rest };
        items.push(block(inner, depth + 1));
      } else {
        at += 1;
        items.push(scalar(rest, line, indent));
      }
    }
    return items;
  }

  function mapping(indent: number, depth: number): JsonObject {
    const members = Object.create(null) as JsonObject;
    for (let line = peek(); line !== undefined && line.indent === indent && !isItem(line); line = peek()) {
      const [, double, single, plain, rest = ''] = entry.exec(line.text) ?? [];
      const name = double ?? single ?? plain;
      if (name === undefined) throw refuse(line.number, 'this line');
      if (name in members) throw refuse(line.number, 'a name that occurs twice');
      at += 1;
      if (rest !== '' && !rest.startsWith('#')) members[name] = scalar(rest, line, indent);
      else {
        const next = peek();
        const isBelow =
          next !== undefined && (next.indent > indent || (next.indent === indent && isItem(next)));
        members[name] = isBelow ? block(next.indent, depth + 1) : null;
      }
    }
    const next = peek();
    if (next !== undefined && next.indent > indent) throw refuse(next.number, 'this line');
    return members;
  }

  function scalar(text: string, line: Line, indent: number): JsonValue {
    if (/^[|>]/.test(text)) return blockScalar(text, line, indent);
    if (/^[&*!%@`?]/.test(text)) throw refuse(line.number, 'an anchor, alias or tag');
    if (/^[[{]/.test(text)) return flow(text.replace(comment, ''), line);
    const whole = continued(text, indent);
    if (whole.startsWith('"')) return doubleQuoted(whole, line);
    if (whole.startsWith("'")) {
      const [, inner] = /^'((?:[^']|'')*)'\s*(?:#.*)?$/.exec(whole) ?? [];
      if (inner === undefined) throw refuse(line.number, 'this text in quotes');
      return inner.replaceAll("''", "'");
    }
    const plain = whole.replace(comment, '');
    if (/:\s/.test(plain)) throw refuse(line.number, 'a mapping within a text');
    return plain === 'null' || plain === '~' ? null : plain;
  }

  /** Long texts go on in the next lines, further right. */
  function continued(text: string, indent: number): string {
    let whole = text;
    for (let next = peek(); next !== undefined && next.indent > indent; next = peek()) {
      whole += ` ${next.text}`;
      at += 1;
    }
    return whole;
  }

  function blockScalar(header: string, { number }: Line, indent: number): string {
    if (!/^[|>][+-]?\s*(?:#.*)?$/.test(header)) throw refuse(number, 'this kind of text');
    const texts: string[] = [];
    for (
      let next = kept[at];
      next !== undefined && (next.text === '' || next.indent > indent);
      next = kept[at]
    ) {
      texts.push(next.text);
      at += 1;
    }
    return texts.join(header.startsWith('|') ? '\n' : ' ').trimEnd();
  }

  function doubleQuoted(text: string, { number }: Line): string {
    const [, quoted] = /^("(?:[^"\\]|\\.)*")\s*(?:#.*)?$/.exec(text) ?? [];
    try {
      return String(JSON.parse(quoted ?? ''));
    } catch {
      throw refuse(number, 'this text in quotes');
    }
  }

  function flow(text: string, { number }: Line): JsonValue {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      throw refuse(number, 'a list or mapping in brackets');
    }
  }
}

function isItem({ text }: Pick<Line, 'text'>): boolean {
  return text === '-' || text.startsWith('- ');
}
