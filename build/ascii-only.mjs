// Writes whatever is not ASCII as an escape: one such character makes the engine hold and scan the whole file in
// characters of two octets. The templates whose raw text is looked at are patterns, to which an escape means the same.
// The tables of character sets that a prompt brings along stay as they are: they would only become longer.
const mostEscapes = 1000;
const notAscii = /[^\0-\x7f]/g;

/** A rolldown plugin. */
export const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk' || (chunk.code.match(notAscii)?.length ?? 0) > mostEscapes) continue;
      chunk.code = chunk.code.replace(notAscii, toEscape);
    }
  },
};

const toEscape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
