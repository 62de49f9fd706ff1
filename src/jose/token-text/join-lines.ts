/**
 * Puts a token together that was wrapped over lines; a line that begins like a JWT after one that is complete begins
 * another. undefined when a line holds several words: that is running text.
 */
export function joinLines(text: string): readonly string[] | undefined {
  const lines = text
    .split(/[\r\n]+/)
    .map(bareLine)
    .filter((line) => line !== '');
  if (lines.some((line) => /\s/.test(line))) return undefined;
  const words: string[][] = [];
  let dots = 0;
  for (const line of lines) {
    const begins = /^e[wy][\w-]{4}/.test(line) && (dots === 2 || dots === 4);
    const current = words.at(-1);
    if (current === undefined || begins) {
      words.push([line]);
      dots = 0;
    } else {
      current.push(line);
    }
    dots += line.split('.').length - 1;
  }
  return words.map((parts) => parts.join(''));
}

/** Without what marks a quotation or a comment in front of it, and what continues a command behind it. */
function bareLine(line: string): string {
  const bare = line.trim().replace(/^[>|#*][>|#*\s]*/, '');
  return (bare.endsWith('\\') ? bare.slice(0, -1) : bare).trim();
}
