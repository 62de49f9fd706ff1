/**
 * Splits a command into words at white space; single and double quotes keep white space inside a word.
 * Nothing is expanded and a backslash is an ordinary character, so that Windows paths stay whole.
 */
export function splitCommandLine(command: string): string[] {
  const words: string[] = [];
  for (const [, spaced] of command.matchAll(/((?:"[^"]*"|'[^']*'|[^\s"']|["'])+)/g)) {
    if (spaced !== undefined) words.push(spaced.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}
