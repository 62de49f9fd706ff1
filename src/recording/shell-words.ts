/**
 * Splits a pasted command as a POSIX shell would: quotes, backslashes, continued lines; nothing is expanded.
 * undefined when a quote is not closed. `standIn` takes the place of what a shell would have replaced, such as `$NAME`.
 */
export function shellWords(
  command: string,
  standIn = (expansion: string) => expansion,
): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let index = 0; index < command.length; index += 1) {
    const character = command.charAt(index);
    const isReplaced = character === '$' && quote !== "'";
    const [ansi] = isReplaced && quote === undefined ? (startingAt(ansiQuoted, command, index) ?? []) : [];
    const [expansion] = isReplaced ? (startingAt(expansions, command, index) ?? []) : [];
    if (expansion !== undefined) {
      word = `${word ?? ''}${standIn(expansion)}`;
      index += expansion.length - 1;
    } else if (ansi !== undefined) {
      word = `${word ?? ''}${ansi.slice(2, -1).replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, ansiCharacter)}`;
      index += ansi.length - 1;
    } else if (quote === "'") {
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

/** The quotes of bash whose escapes mean characters, as browsers copy what has a "!" in it. */
const ansiQuoted = /\$'(?:[^'\\]|\\[\s\S])*'/y;

/** A variable, or a command whose output is meant. */
const expansions = /\$(?:[A-Za-z_]\w*|\{[^{}\n]{1,200}\}|\((?:[^()\n]|\([^()\n]*\)){0,500}\))/y;

function startingAt(pattern: RegExp, command: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(command);
}

function ansiCharacter(_: string, wide?: string, narrow?: string, one = ''): string {
  const code = wide ?? narrow;
  return code === undefined
    ? ({ n: '\n', r: '\r', t: '\t' }[one] ?? one)
    : String.fromCharCode(Number.parseInt(code, 16));
}
