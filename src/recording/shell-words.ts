/**
 * Splits a pasted command as a POSIX shell would: quotes, backslashes, continued lines; nothing is expanded.
 * undefined when a quote is not closed.
 */
export function shellWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
    } else if (character === '\\') {
      index += 1;
      const escaped = command.charAt(index);
      if (escaped === '\r' && command.charAt(index + 1) === '\n') index += 1;
      else if (escaped === '\n') continue;
      else word = `${word ?? ''}${quote === '"' && !/["\\$`]/.test(escaped) ? '\\' : ''}${escaped}`;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${character}`;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}
