/** Where a JSON text stops being JSON, both counted from 1. */
export interface JsonSyntaxError {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where a text that `JSON.parse` refuses stops being JSON (RFC 8259). The parser's own message is of no use: on
 * some versions it has no position, on others it quotes the text, which may hold secrets.
 */
export function locateJsonSyntaxError(text: string): JsonSyntaxError {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const before = text.slice(0, good).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Tells whether a text is JSON or only lacks its end. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return /^(?:Unexpected end|Unterminated string)/.test(message) || Number(position) >= text.length;
  }
}
