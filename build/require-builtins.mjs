// Loads Node's own modules with require, also where they are loaded late: a dynamic import of one starts the loader of
// ES modules, which costs more than most of these modules themselves (on Node 24 node:http 37 ms instead of 4).
const lateBuiltin = /\bimport\(([`'"])(node:[\w/]+)\1\)/g;

/** A rolldown plugin. */
export const requireBuiltins = {
  name: 'require-builtins',
  renderChunk: (code) => code.replace(lateBuiltin, 'Promise.resolve().then(()=>require($1$2$1))'),
};
