import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { JsonValue } from '../json/json.ts';

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
  InvalidSymbol: 'a word that is no JSON value',
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
      const problem = problems[printParseErrorCode(error.error)] ?? 'this is no JSON';
      return { problem, at: positionAt(text, error.offset) };
    }
    if (root === undefined) return undefined;
    const twice = firstRepeatedName(root);
    if (twice !== undefined) {
      return { problem: 'a name occurs twice', at: positionAt(text, twice.offset) };
    }
    return {
      value: jsonOf(root),
      positionOf: (path, atName) => positionAt(text, nodeAt(root, path, atName).offset),
    };
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'it is nested too deeply', at: positionAt(text, 0) };
    throw error;
  }
}

function jsonOf(node: Node): JsonValue {
  if (node.type === 'array') return (node.children ?? []).map(jsonOf);
  if (node.type !== 'object') return node.value;
  const object = Object.create(null) as { [name: string]: JsonValue };
  for (const [name, value] of membersOf(node))
    object[name.value] = value === undefined ? null : jsonOf(value);
  return object;
}

function membersOf(node: Node): (readonly [name: Node, value: Node | undefined])[] {
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined ? [] : [[name, value] as const],
  );
}

function firstRepeatedName(node: Node): Node | undefined {
  if (node.type === 'array') return firstOf(node.children ?? [], firstRepeatedName);
  if (node.type !== 'object') return undefined;
  const seen = new Set<string>();
  return firstOf(membersOf(node), ([name, value]) => {
    if (seen.has(name.value)) return name;
    seen.add(name.value);
    return value === undefined ? undefined : firstRepeatedName(value);
  });
}

function firstOf<T>(items: readonly T[], find: (item: T) => Node | undefined): Node | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
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
