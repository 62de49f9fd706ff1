// undici carries its HTTP parser twice, as texts of 72 kB in the middle of its code; here each is a file of its own,
// and only the one that is used is read.
import { readFile } from 'node:fs/promises';

const parser = /[\\/]undici[\\/]lib[\\/]llhttp[\\/](llhttp(?:_simd)?)-wasm\.js$/;

/** A rolldown plugin; `folder` is where the code that reads the files will stand. */
export const wasmFiles = (folder) => ({
  name: 'wasm-files',
  async load(id) {
    const [, name] = parser.exec(id) ?? [];
    if (name === undefined) return null;
    const [, base64] = /const wasmBase64 = '([^']+)'/.exec(await readFile(id, 'utf8')) ?? [];
    if (base64 === undefined) throw new Error('undici carries its HTTP parser in another way now.');
    this.emitFile({
      type: 'asset',
      fileName: `${folder}/${name}.wasm`,
      source: Buffer.from(base64, 'base64'),
    });
    return `module.exports = require('node:fs').readFileSync(__dirname + '/${name}.wasm');`;
  },
});
