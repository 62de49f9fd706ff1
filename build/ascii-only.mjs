// Writes each character that is not ASCII as an escape: one such character makes the engine hold and scan the whole
// file in characters of two octets. The templates whose raw text is looked at are patterns, to which an escape means
// the same.
const notAscii = /[^\0-\x7f]/g;

/** A rolldown plugin. */
export const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(notAscii, toEscape);
    }
  },
};

const toEscape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
