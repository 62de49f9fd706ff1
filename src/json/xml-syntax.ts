const start =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
// A longer one would overflow the engine's stack at some millions of characters, and is no name anybody gave.
const name = `[${start}][${start}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]{0,9999}`;
const space = '[ \\t\\n]';

/** XML declaration (XML 1.0 §2.8). */
export const declaration = new RegExp(
  `<\\?xml${space}+version${space}*=${space}*(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${space}+encoding${space}*=${space}*(?:"[A-Za-z][\\w.-]*"|'[A-Za-z][\\w.-]*'))?` +
    `(?:${space}+standalone${space}*=${space}*(?:"(?:yes|no)"|'(?:yes|no)'))?${space}*\\?>`,
  'uy',
);
/** Start of a processing instruction; group 1 is its target (§2.6). */
export const instructionTarget = new RegExp(`<\\?(${name})(?=${space}|\\?>)`, 'uy');
const doctypeName = new RegExp(`<!DOCTYPE${space}+${name}`, 'uy');
/** Start of a start tag; group 1 is its name (§3.1). */
export const startTagName = new RegExp(`<(${name})`, 'uy');
/** One attribute with the space before it: name, then value in double or single quotes (§3.1). */
export const attribute = new RegExp(`${space}+(${name})${space}*=${space}*(?:"([^<"]*)"|'([^<']*)')`, 'uy');
/** End of a start tag; group 1 is `/` for an empty element (§3.1). */
export const startTagEnd = new RegExp(`${space}*(/?)>`, 'uy');
/** End tag; group 1 is its name (§3.1). */
export const endTag = new RegExp(`</(${name})${space}*>`, 'uy');
const reference = new RegExp(`&(?:#(\\d+);|#x([\\dA-Fa-f]+);|(${name});|)`, 'gu');
/** A character that no XML document has (§2.2); line ends already are LF. */
export const forbiddenCharacter = /[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);

/**
 * Replaces character references and the five predefined entities (XML 1.0 §4.1, §4.6). What a document type
 * declaration may have declared (`mayBeDeclared`) is left as it stands. Undefined when a reference is not well-formed.
 */
export function expandReferences(text: string, mayBeDeclared: boolean): string | undefined {
  if (!text.includes('&')) {
    return text;
  }
  let wellFormed = true;
  const expanded = text.replace(reference, (whole, decimal?: string, hex?: string, entity?: string) => {
    const character = entity === undefined ? characterOf(decimal, hex) : predefined.get(entity);
    wellFormed &&= character !== undefined || (entity !== undefined && mayBeDeclared);
    return character ?? whole;
  });
  return wellFormed ? expanded : undefined;
}

/**
 * Finds where `<!DOCTYPE name … [internal subset]>` ends (XML 1.0 §2.8): quoted text, comments and instructions may
 * hold brackets. Undefined when none begins at `from` or it has no end.
 */
export function endOfDoctype(text: string, from: number): number | undefined {
  doctypeName.lastIndex = from;
  if (!doctypeName.test(text)) {
    return undefined;
  }
  const delimiter = /["'[\]>]|<!--|<\?/g;
  delimiter.lastIndex = doctypeName.lastIndex;
  let inSubset = false;
  for (let found = delimiter.exec(text); found !== null; found = delimiter.exec(text)) {
    const [token] = found;
    if (token === '>' && !inSubset) {
      return delimiter.lastIndex;
    }
    if (token === '[' || token === ']') {
      if (inSubset === (token === '[')) {
        return undefined;
      }
      inSubset = token === '[';
    } else if (token !== '>') {
      const closer = token === '<!--' ? '-->' : token === '<?' ? '?>' : token;
      const end = text.indexOf(closer, delimiter.lastIndex);
      if (end === -1) {
        return undefined;
      }
      delimiter.lastIndex = end + closer.length;
    }
  }
  return undefined;
}

function characterOf(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  return character === '\r' || (character !== undefined && !forbiddenCharacter.test(character))
    ? character
    : undefined;
}
