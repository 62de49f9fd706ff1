import { stringifyExactly } from '../json/number-texts.ts';

/** More characters of a foreign value than this are cut off. */
const longest = 200;

/** Shows a value of a message in `expected` or `received`: strings as they are, anything else as JSON, both shortened. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '(absent)';
  return shortened(typeof value === 'string' ? value : jsonText(value));
}

/** Quotes a value of a message within a sentence, shortened. */
export function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(jsonText(value));
}

/** Lists words for a sentence, at most `most` of them. */
export function listed(words: readonly string[], most = 5): string {
  const rest = words.length - most;
  return rest > 0 ? `${words.slice(0, most).join(', ')} and ${rest} more` : words.join(', ');
}

function jsonText(value: unknown): string {
  try {
    return stringifyExactly(value) ?? '';
  } catch {
    // Thousands of nested arrays are read without trouble, but not written.
    return '(too deeply nested)';
  }
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}
