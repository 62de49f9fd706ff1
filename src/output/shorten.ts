/** At least this many characters of a shortened value stay hidden. */
const hiddenCharacters = 24;

/**
 * A token shortened for the eye, such as `eyJhbGciOi…9fQ (823 characters)`: enough to tell two apart, too little to
 * use one. A short token shows nothing but its length.
 */
export function shortenToken(token: string, ellipsis: string): string {
  const characters = Array.from(token);
  const length = `(${characters.length} ${characters.length === 1 ? 'character' : 'characters'})`;
  if (characters.length < hiddenCharacters + 13) return `${ellipsis} ${length}`;
  return `${characters.slice(0, 10).join('')}${ellipsis}${characters.slice(-3).join('')} ${length}`;
}
