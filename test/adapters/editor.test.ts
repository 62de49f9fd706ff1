import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editFile } from '../../src/adapters/editor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'editor '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = (text: string): string => {
  const file = join(folder, 'editor.mjs');
  writeFileSync(file, text);
  return `"${process.execPath}" "${file}"`;
};
const environment = { PATH: process.env.PATH };

describe('editFile', () => {
  it('hands the file to the editor as its last word and waits for it', async () => {
    const file = join(folder, 'a $(b).json');
    writeFileSync(file, 'before');
    const editor = script(
      'setTimeout(() => import("node:fs").then((fs) => fs.writeFileSync(process.argv.at(-1), process.argv[2])), 50)',
    );
    await editFile(file, { ...environment, VISUAL: `${editor} "two words"`, EDITOR: 'none' }, 'linux');
    expect(readFileSync(file, 'utf8')).toBe('two words');
  });

  it.each([
    ['fails', () => script('process.exitCode = 3'), /did not finish: ended with 3\.$/],
    ['is not there', () => join(folder, 'none'), /did not finish: .*ENOENT/],
  ])('refuses an editor that %s', async (_, editor, message) => {
    const done = editFile(join(folder, 'x'), { ...environment, EDITOR: editor() }, 'linux');
    await expect(done).rejects.toThrow(message);
  });
});
