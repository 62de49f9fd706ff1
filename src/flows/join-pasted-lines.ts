/** A terminal breaks no shorter line. */
const wrappedHead = /^\s*["'<]?(?:[a-z][\w+.-]*:\/\/|[?#/])\S{58,}$/i;
const restOfLine = /^(?![a-z][\w+.-]*:\/\/)\S+$/i;
/** The lines of one paste arrive within this time. */
const pasteGapMs = 50;

/**
 * Lines as a person pasted them: what follows a long address at once, without a blank, is the rest of it. Half an
 * address may hold half a code, which would be spent.
 */
export async function* joinPastedLines(lines: AsyncIterable<string>): AsyncIterable<string> {
  const reader = lines[Symbol.asyncIterator]();
  let coming = reader.next();
  for (;;) {
    const read = await coming;
    if (read.done === true) return;
    coming = reader.next();
    let line = read.value;
    while (wrappedHead.test(line)) {
      const more = await Promise.race([coming, gap()]);
      if (more === undefined || more.done === true || !restOfLine.test(more.value.trim())) break;
      line = `${line.trimEnd()}${more.value.trim()}`;
      coming = reader.next();
    }
    yield line;
  }
}

function gap(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), pasteGapMs));
}
