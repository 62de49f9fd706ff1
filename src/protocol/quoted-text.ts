const stop = /["\\]/g;

/**
 * The index behind a text in double quotes that begins with the quote at `start`, in which a backslash escapes what
 * follows; the end of the text when the closing quote is missing. A pattern with an alternative for each character
 * would overflow the engine's stack at some millions of them.
 */
export function endOfQuotedText(text: string, start: number): number {
  stop.lastIndex = start + 1;
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    if (found[0] === '"') return found.index + 1;
    stop.lastIndex = found.index + 2;
  }
  return text.length;
}
