import { placeholders } from '../../protocol/placeholder.ts';
import { inertText } from '../terminal-text.ts';

/**
 * A word for a POSIX shell (POSIX.1-2017 §2.2) that stands for any text, octet by octet. Text that a terminal would obey
 * is written as a call of printf, so that showing the word is safe too; NUL, which no argument can hold, becomes `\0`.
 * Placeholders become variables, whose names are given to `onVariable`.
 */
export function shellWord(text: string, onVariable?: (name: string, kind: string) => void): string {
  let word = '';
  let from = 0;
  for (const match of onVariable === undefined ? [] : text.matchAll(placeholders)) {
    const kind = match[1] ?? '';
    const name = variableName(kind);
    onVariable?.(name, kind);
    word += `${quoted(text.slice(from, match.index))}"$${name}"`;
    from = match.index + match[0].length;
  }
  word += quoted(text.slice(from));
  return word === '' ? "''" : word;
}

/**
 * The variable that stands for a kind of secret: `access_token 2` is secret_access_token_2. The prefix keeps a trace
 * from elsewhere from naming a variable of the environment, such as one that holds a password.
 */
function variableName(kind: string): string {
  return `secret_${kind
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')}`;
}

function quoted(text: string): string {
  if (text === '') return '';
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return Array.from(text, pieceOf)
    .reduce<{ readonly plain: boolean; text: string }[]>((pieces, piece) => {
      const last = pieces.at(-1);
      if (last?.plain === piece.plain) last.text += piece.text;
      else pieces.push({ ...piece });
      return pieces;
    }, [])
    .map(({ plain, text: piece }) =>
      plain ? `'${piece.replaceAll("'", `'\\''`)}'` : `"$(printf '${piece}')"`,
    )
    .join('');
}

/** A line feed stays: it is inert, and a command substitution would lose it at its end. */
function pieceOf(character: string): { readonly plain: boolean; readonly text: string } {
  if (character === '\0') return { plain: true, text: '\\0' };
  if (character === '\n' || inertText(`a${character}`) === `a${character}`)
    return { plain: true, text: character };
  const octets = [...Buffer.from(character, 'utf8')];
  return { plain: false, text: octets.map((octet) => `\\${octet.toString(8).padStart(3, '0')}`).join('') };
}
