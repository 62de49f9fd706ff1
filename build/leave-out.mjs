// Keeps out of the bundle what a dependency loads at start and this program never uses.
import { readFile } from 'node:fs/promises';

const neverUsed = /[\\/]undici[\\/]lib[\\/](?:dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body)\.js$/;
const commander = /[\\/]commander[\\/]lib[\\/]command\.js$/;
const loadsChildProcess = "const childProcess = require('node:child_process');";

/** A rolldown plugin. */
export const leaveOut = {
  name: 'leave-out',
  async load(id) {
    // HTTP/2 is switched off, and no fetch body is ever made.
    if (neverUsed.test(id))
      return "module.exports = () => { throw new Error('This is not in the bundle.'); };";
    if (!commander.test(id)) return null;
    const source = await readFile(id, 'utf8');
    if (!source.includes(loadsChildProcess))
      throw new Error('commander loads child processes in another way now.');
    // Only commands that are programs of their own are started with it; there are none.
    return source.replace(loadsChildProcess, 'const childProcess = {};');
  },
};
