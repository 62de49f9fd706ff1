import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { JsonObject, JsonValue } from '../json/json.ts';

/** Where something stands in a text, both counted from one. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A JSON text with comments that was read, with the places its values stand at. */
export interface ParsedJsonc {
  /** Objects have no prototype, so that no name in a file can mean anything but itself. */
  readonly value: JsonValue;
  /** Of the value behind the path, or of the nearest one around it; of the name for `atName`. */
  positionOf(path: readonly PropertyKey[], atName?: string): Position;
}

/** What keeps a text from being read, in words that quote nothing of it. */
export interface JsoncProblem {
  readonly problem: string;
  readonly at: Position;
}

const problems: Readonly<Partial<Record<ReturnType<typeof printParseErrorCode>, string>>> = {
  InvalidSymbol: 'a word that is not a JSON value',
  InvalidNumberFormat: 'a malformed number',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing } is expected',
  CloseBracketExpected: 'a closing ] is expected',
  EndOfFileExpected: 'there is something behind the end',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
};

/**
 * Reads JSON with comments and trailing commas; undefined when there is nothing but white space and comments.
 * A name that occurs twice in an object is a problem, since only one of them would count.
 */
export function parseJsonc(text: string): ParsedJsonc | JsoncProblem | undefined {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [error] = errors;
    if (error !== undefined) {
      const problem = problems[printParseErrorCode(error.error)] ?? 'this is not JSON';
      return { problem, at: positionAt(text, error.offset) };
    }
    if (root === undefined) return undefined;
    const [twice] = repeatedNames(root);
    if (twice !== undefined) return { problem: 'a name occurs twice', at: positionAt(text, twice.offset) };
    return {
      value: getNodeValue(root) as JsonValue,
      positionOf: (path, atName) => positionAt(text, nodeAt(root, path, atName).offset),
    };
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'it is nested too deeply', at: positionAt(text, 0) };
    throw error;
  }
}

function membersOf(node: Node): (readonly [name: Node, value: Node | undefined])[] {
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined ? [] : [[name, value] as const],
  );
}

/** Names that stand in an object which has them already, in the order of the text. */
function repeatedNames(node: Node): Node[] {
  if (node.type === 'array') return (node.children ?? []).flatMap(repeatedNames);
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return membersOf(node).flatMap(([name, value]) => {
    const isRepeated = seen.has(name.value);
    seen.add(name.value);
    return [...(isRepeated ? [name] : []), ...(value === undefined ? [] : repeatedNames(value))];
  });
}

function nodeAt(root: Node, path: readonly PropertyKey[], atName: string | undefined): Node {
  let node = root;
  for (const step of path) {
    const next =
      node.type === 'array'
        ? node.children?.[Number(step)]
        : membersOf(node).find(([name]) => name.value === step)?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return membersOf(node).find(([name]) => name.value === atName)?.[0] ?? node;
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/**
 * Sets a member of a JSON text with comments, making the objects on the way to it. Nothing else of the text is
 * touched: a comment stays behind the line it was written behind.
 * @param text is sound and holds an object
 */
export function setMember(text: string, path: readonly string[], value: JsonValue): string {
  const root = rootOf(text);
  const existing = findNodeAtLocation(root, [...path]);
  if (existing !== undefined) {
    const indent = indentAt(text, existing.offset);
    return splice(text, existing.offset, existing.offset + existing.length, written(text, value, indent));
  }
  const depth = deepestObject(root, path);
  const object = findNodeAtLocation(root, path.slice(0, depth)) ?? root;
  const missing = path.slice(depth + 1).reduceRight<JsonValue>(nest, value);
  // A value on the way that is not an object gives place to one.
  const inTheWay = findNodeAtLocation(root, path.slice(0, depth + 1));
  if (inTheWay !== undefined) return setMember(text, path.slice(0, depth + 1), missing);
  return insertMember(text, object, path[depth] ?? '', missing);
}

function nest(inner: JsonValue, name: string): JsonObject {
  return Object.defineProperty({}, name, { value: inner, enumerable: true });
}

/** Removes a member with its line and the comment behind it; without such a member the text stays as it is. */
export function removeMember(text: string, path: readonly string[]): string {
  const property = findNodeAtLocation(rootOf(text), [...path])?.parent;
  if (property?.parent === undefined) return text;
  const siblings = property.parent.children ?? [];
  const index = siblings.indexOf(property);
  const isLast = index === siblings.length - 1;
  const end = endOf(property);
  const comma = commaBehind(text, end);
  const previous = siblings[index - 1];
  const before = previous === undefined ? undefined : commaBehind(text, endOf(previous));
  const [from, to] =
    linesOf(text, property.offset, comma ?? end) ?? inlineRange(text, property, comma ?? end, isLast);
  const without = splice(text, from, to, '');
  // The comma behind the member before would be left over.
  return isLast && comma === undefined && before !== undefined
    ? splice(without, before - 1, before, '')
    : without;
}

function insertMember(text: string, object: Node, name: string, value: JsonValue): string {
  const close = endOf(object) - 1;
  const [first] = object.children ?? [];
  const last = object.children?.at(-1);
  const newline = newlineOf(text);
  const onOneLine = first !== undefined && !text.slice(object.offset, close).includes('\n');
  const outer = indentAt(text, object.offset);
  const inner = first === undefined || onOneLine ? outer + indentOf(text) : indentAt(text, first.offset);
  const member = `${JSON.stringify(name)}: ${onOneLine ? JSON.stringify(value) : written(text, value, inner)}`;
  const at = object.offset + text.slice(object.offset, close).trimEnd().length;
  const inserted = onOneLine
    ? splice(text, at, at, ` ${member}`)
    : splice(
        text,
        at,
        first === undefined ? close : at,
        `${newline}${inner}${member}${first === undefined ? newline + outer : ''}`,
      );
  if (last === undefined || commaBehind(text, endOf(last)) !== undefined) return inserted;
  return splice(inserted, endOf(last), endOf(last), ',');
}

function rootOf(text: string): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root?.type !== 'object') throw new TypeError('Only a text that holds an object can be edited.');
  return root;
}

/** How many steps of the path lead to objects that are there; the last step is the member itself. */
function deepestObject(root: Node, path: readonly string[]): number {
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    if (findNodeAtLocation(root, path.slice(0, depth))?.type === 'object') return depth;
  }
  return 0;
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

/** The offset just behind the comma that follows, past white space and comments. */
function commaBehind(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text.charAt(at) === ',' ? at + 1 : undefined;
}

/** The whole lines of a range that shares them with nothing but a comment behind it. */
function linesOf(text: string, start: number, end: number): readonly [number, number] | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)?(?:\r?\n|$)/.exec(text.slice(end));
  if (text.slice(lineStart, start).trim() !== '' || rest === null) return undefined;
  return [lineStart, end + rest[0].length];
}

/** A range inside a line, with the blanks on one side of it. */
function inlineRange(
  text: string,
  { offset }: Node,
  end: number,
  isLast: boolean,
): readonly [number, number] {
  if (!isLast) return [offset, end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0)];
  return [offset - (/[ \t]*$/.exec(text.slice(0, offset))?.[0].length ?? 0), end];
}

function written(text: string, value: JsonValue, indent: string): string {
  return JSON.stringify(value, null, indentOf(text)).replaceAll('\n', newlineOf(text) + indent);
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** One step of indentation as this text has it. */
function indentOf(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
}

/** The white space that the line of an offset starts with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}
