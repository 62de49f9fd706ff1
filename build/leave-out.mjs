// Keeps parts of dependencies out of the bundle that they load at start and this program never uses.
import { readFile } from 'node:fs/promises';

const refusal = "() => { throw new Error('This is not in the bundle.'); }";
const neverUsed = [
  // HTTP/2 is switched off, and no fetch body is ever made.
  {
    files: /[\\/]undici[\\/]lib[\\/](?:dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body)\.js$/,
    code: `module.exports = ${refusal};`,
  },
  // The prompt that opens an editor brings tables of every character set, ten times as large as all other prompts.
  { files: /[\\/]@inquirer[\\/]editor[\\/]dist[\\/]index\.js$/, code: `export default ${refusal};` },
  // Help is laid out by src/output/render-help.ts, and near names are found by src/closest-name.ts.
  {
    files: /[\\/]commander[\\/]lib[\\/]help\.js$/,
    code: 'exports.Help = class { prepareContext() {} }; exports.stripColor = (text) => text;',
  },
  { files: /[\\/]commander[\\/]lib[\\/]suggestSimilar\.js$/, code: `exports.suggestSimilar = ${refusal};` },
];
/** The embedded server names the types of its answers by these; the table of all others is larger than itself. */
const mimeTypes = /[\\/]mime-db[\\/]db\.json$/;
const servedTypes = [
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/html',
  'text/plain',
];
const commander = /[\\/]commander[\\/]lib[\\/]command\.js$/;
const loadsChildProcess = "const childProcess = require('node:child_process');";

/** A rolldown plugin. */
export const leaveOut = {
  name: 'leave-out',
  async load(id) {
    const replaced = neverUsed.find(({ files }) => files.test(id));
    if (replaced !== undefined) return replaced.code;
    if (mimeTypes.test(id)) {
      const all = JSON.parse(await readFile(id, 'utf8'));
      return JSON.stringify(Object.fromEntries(servedTypes.map((type) => [type, all[type]])));
    }
    if (!commander.test(id)) return null;
    const source = await readFile(id, 'utf8');
    if (!source.includes(loadsChildProcess))
      throw new Error('commander loads child processes in another way now.');
    // commander needs it for commands that are programs of their own, and this program has none of these.
    return source.replace(loadsChildProcess, 'const childProcess = {};');
  },
};
