// Shortens the names of functions in files that hold dependencies alone. The bundler keeps every name, so that the
// stack of an error shows where in this program it arose; classes of dependencies keep theirs, as some are keys.
import { minifySync } from 'rolldown/utils';
import { packageOf } from './families.mjs';

/** A rolldown plugin. */
export const shortNames = {
  name: 'short-names',
  generateBundle(_, bundle) {
    for (const [name, chunk] of Object.entries(bundle)) {
      if (chunk.type !== 'chunk' || packageOf(chunk.moduleIds) === undefined) continue;
      const mangle = { toplevel: true, keepNames: { class: true, function: false } };
      chunk.code = minifySync(name, chunk.code, { compress: false, mangle }).code;
    }
  },
};
