// undici carries its HTTP parser twice, with and without SIMD, as texts of 72 kB in the middle of its code. Here it is a
// file of its own, and the one that runs on every machine serves for both: SIMD only speeds up long header
// fields, and is a fortieth of the package.
import { readFile } from 'node:fs/promises';

const parser = /[\\/]undici[\\/]lib[\\/]llhttp[\\/](llhttp)(?:_simd)?-wasm\.js$/;

/** A rolldown plugin; `folder` is where the code that reads the files will stand. */
export const wasmFiles = (folder) => ({
  name: 'wasm-files',
  async load(id) {
    const [, name] = parser.exec(id) ?? [];
    if (name === undefined) return null;
    const file = id.replace('_simd', '');
    const [, base64] = /const wasmBase64 = '([^']+)'/.exec(await readFile(file, 'utf8')) ?? [];
    if (base64 === undefined) throw new Error('undici carries its HTTP parser in another way now.');
    this.emitFile({
      type: 'asset',
      fileName: `${folder}/${name}.wasm`,
      source: Buffer.from(base64, 'base64'),
    });
    return `module.exports = require('node:fs').readFileSync(__dirname + '/${name}.wasm');`;
  },
});
