// Shortens the names of functions in files that hold dependencies, tables or renderings alone. The bundler keeps every name, so that the
// stack of an error shows where in this program it arose; classes of dependencies keep theirs, as some are keys.
import { minifySync } from 'rolldown/utils';
import { packageOf } from './families.mjs';

/** Files of tables and renderings: in a stack the name of the file says enough. */
const tables =
  /(?:find-provider|misbehaviours|render-trace|settle-recordings|token-evidence|run-diff|judge-conversation|run-decode|used-by-answer-others)-/;

/** A rolldown plugin. */
export const shortNames = {
  name: 'short-names',
  generateBundle(_, bundle) {
    for (const [name, chunk] of Object.entries(bundle)) {
      if (chunk.type !== 'chunk') continue;
      if (packageOf(chunk.moduleIds) === undefined && !tables.test(name)) continue;
      const mangle = { toplevel: true, keepNames: { class: true, function: false } };
      chunk.code = minifySync(name, chunk.code, { compress: false, mangle }).code;
    }
  },
};
