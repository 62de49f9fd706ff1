// Shortens the names of functions: the stack of an error says file, line and column of dist, and the files are named for what
// they hold. Classes keep their names, because errors are told by them and some dependencies use them as keys.
import { minifySync } from 'rolldown/utils';

const mangle = { toplevel: true, keepNames: { class: true, function: false } };

/** A rolldown plugin. */
export const shortNames = {
  name: 'short-names',
  generateBundle(_, bundle) {
    for (const [name, chunk] of Object.entries(bundle))
      if (chunk.type === 'chunk') chunk.code = minifySync(name, chunk.code, { compress: false, mangle }).code;
  },
};
