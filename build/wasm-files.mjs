// undici carries its HTTP parser twice, as texts of 72 kB in the middle of its code; here it is one file of its own.
// The one with SIMD stays out: some processors cannot run it, and answers of a few kB are read no faster with it.
import { readFile } from 'node:fs/promises';

const parser = /[\\/]undici[\\/]lib[\\/]llhttp[\\/]llhttp(_simd)?-wasm\.js$/;

/** A rolldown plugin; `folder` is where the code that reads the file will stand. */
export const wasmFiles = (folder) => ({
  name: 'wasm-files',
  async load(id) {
    const found = parser.exec(id);
    if (found === null) return null;
    if (found[1] !== undefined) return "module.exports = require('./llhttp-wasm.js');";
    const [, base64] = /const wasmBase64 = '([^']+)'/.exec(await readFile(id, 'utf8')) ?? [];
    if (base64 === undefined) throw new Error('undici carries its HTTP parser in another way now.');
    const source = Buffer.from(base64, 'base64');
    this.emitFile({ type: 'asset', fileName: `${folder}/llhttp.wasm`, source });
    return "module.exports = require('node:fs').readFileSync(__dirname + '/llhttp.wasm');";
  },
});
