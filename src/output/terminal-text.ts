/** Nothing but printable ASCII: the common case, which needs no Unicode tables. */
const plain = /^[ -~]*$/;

/**
 * Characters that a terminal would obey, hide or reorder: controls (ESC and C1 among them), line separators, lone
 * surrogates, everything invisible by default (bidirectional marks, zero-width characters, tags, variation
 * selectors) and annotation marks. A selector behind an emoji only chooses its look, so the first alternative
 * keeps it.
 */
const active = lazyPattern(
  String.raw`((?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3))|[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{DI}\ufff9-\ufffb]`,
  'gu',
);

/** Marks at the very start would change what stands before them; long runs cover the lines around them. */
const strayMarks = lazyPattern(String.raw`^[\p{Mn}\p{Me}]+|(?<=[\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+`, 'gu');

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Foreign text that a terminal shows and does not obey, on one line: what is active or invisible becomes a visible
 * escape such as `\u{202e}` or `\n`, printable text stays as it is. Applying it twice changes nothing more.
 */
export function inertText(text: string): string {
  if (plain.test(text)) return text;
  return text
    .replace(active(), (character, selector: string | undefined) => selector ?? escapeCharacter(character))
    .replace(strayMarks(), (marks) => Array.from(marks, escapeCharacter).join(''));
}

/** Like `inertText`, but line feeds (also as CR LF) stay what they are. */
export function inertLines(text: string): string {
  if (plain.test(text)) return text;
  return text.split(/\r?\n/).map(inertText).join('\n');
}

function escapeCharacter(character: string): string {
  return short[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * A pattern that is built when it is first asked for. A literal with Unicode properties is looked up in tables as soon
 * as its file is loaded, which costs milliseconds that most output, being ASCII, never needs.
 */
export function lazyPattern(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined;
  return () => {
    pattern ??= new RegExp(source, flags);
    return pattern;
  };
}
