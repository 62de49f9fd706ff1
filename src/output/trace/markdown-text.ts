import { inertLines, inertText } from '../terminal-text.ts';

/** Foreign text as inline code, in which nothing is markup, a link or a mention (CommonMark §6.1). */
export function inlineCode(text: string): string {
  const shown = inertText(text).trim();
  if (shown === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const padding = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** Foreign text as a fenced block, whose fence is longer than any in the text (CommonMark §4.5). */
export function fencedBlock(text: string, info = ''): string {
  const shown = inertLines(text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${info}\n${shown}\n${fence}`;
}

/** Words of this tool with nothing but plain punctuation, quoted parts of which may be foreign. */
export function markdownWords(text: string): string {
  return inertText(text)
    .replaceAll(/[\\`*_{}[\]<>#|!~$&]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([-+=]|\d+[.)])/, '$1&#8203;$2');
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
