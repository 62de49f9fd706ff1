// Shortens the names of functions: the stack of an error says file, line and column of dist, and the files are named for what
// they hold. Classes keep their names, because errors are told by them and some dependencies use them as keys.
import { minifySync } from 'rolldown/utils';

/** How the bundler writes each export of a file that others share; all of them at once are a fiftieth of the code. */
const getter =
  /Object\.defineProperty\(exports,"([^"]+)",\{enumerable:!0,get:function\(\)\{return ([\w$.]+)\}\}\)/;
const getters = new RegExp(`(?:${getter.source}[,;]){2,}`, 'g');
const atOnce = (all) => {
  const pairs = all.match(new RegExp(getter, 'g')).map((one) => one.replace(getter, '$1:()=>$2'));
  return `Object.entries({${pairs}}).map(([n,get])=>Object.defineProperty(exports,n,{enumerable:!0,get}))${all.at(-1)}`;
};

const mangle = { toplevel: true, keepNames: { class: true, function: false } };

/** A rolldown plugin. */
export const shortNames = {
  name: 'short-names',
  generateBundle(_, bundle) {
    for (const [name, chunk] of Object.entries(bundle))
      if (chunk.type === 'chunk')
        chunk.code = minifySync(name, chunk.code, { compress: false, mangle }).code.replace(getters, atOnce);
  },
};
