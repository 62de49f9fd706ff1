import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editFile, outputOf, splitCommandLine } from '../../src/adapters/child-program.ts';
import { CancelledError } from '../../src/errors.ts';
import { inputs } from '../every-case.ts';

describe('splitting a command into words', () => {
  it.each<[string, string[]]>([
    ['firefox', ['firefox']],
    ['firefox --new-window %s', ['firefox', '--new-window', '%s']],
    ['  firefox \t -P\n test ', ['firefox', '-P', 'test']],
    [
      '"C:\\Program Files\\Mozilla Firefox\\firefox.exe" -url %s',
      ['C:\\Program Files\\Mozilla Firefox\\firefox.exe', '-url', '%s'],
    ],
    ['C:\\Tools\\browser.exe', ['C:\\Tools\\browser.exe']],
    ["'/Applications/My Browser.app/run' -x", ['/Applications/My Browser.app/run', '-x']],
    ['open -a "Google Chrome"', ['open', '-a', 'Google Chrome']],
    ['a --flag="two words" b', ['a', '--flag=two words', 'b']],
    ['a""b', ['ab']],
    [`say "it's fine" 'a "b" c'`, ['say', "it's fine", 'a "b" c']],
    ['run "" end', ['run', '', 'end']],
    ["C:\\Users\\O'Brien\\browser.exe %s", ["C:\\Users\\O'Brien\\browser.exe", '%s']],
    ['unfinished "two words', ['unfinished', '"two', 'words']],
    ['echo $HOME `id` $(id) a;b&c|d>e *', ['echo', '$HOME', '`id`', '$(id)', 'a;b&c|d>e', '*']],
    ['', []],
    [' \t\n', []],
  ])('%j', (command, words) => {
    expect(splitCommandLine(command)).toEqual(words);
  });

  it('finds the same words that were quoted, whatever they hold', () => {
    const word = fc.string().filter((text) => !(text.includes('"') && text.includes("'")));
    const quote = (text: string) => (text.includes('"') ? `'${text}'` : `"${text}"`);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitCommandLine(words.map(quote).join(' '))).toEqual(words);
      }),
      { numRuns: inputs(300) },
    );
  });

  it('loses nothing but quotes and white space', () => {
    const command = fc.array(fc.constantFrom('"', "'", ' ', 'a', '\\', '\n')).map((all) => all.join(''));
    const bare = (text: string) => text.replace(/["'\s]/g, '');
    fc.assert(
      fc.property(command, (text) => {
        expect(bare(splitCommandLine(text).join(''))).toBe(bare(text));
      }),
      { numRuns: inputs(500) },
    );
  });
});

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

describe('outputOf', () => {
  const node = `"${process.execPath}" -e`;
  const open = new AbortController().signal;

  it('gives what a program writes', async () =>
    expect(await outputOf(`${node} "console.log(1)"`, open)).toBe('1\n'));

  it.each([
    ['nosuchprog-x', 30_000, 'the program was not found'],
    [`${node} "process.exit(3)"`, 30_000, 'it ended with 3'],
    [`${node} "setInterval(Date,1000)"`, 500, 'it took over 0.5 s'],
  ])('says why there is no token: %s', (command, limitMs, how) =>
    expect(outputOf(command, open, limitMs)).rejects.toThrow(`did not bring a token: ${how}.`),
  );

  it('lets the process end when there is no such program', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await expect(outputOf('nosuchprog-x', open)).rejects.toThrow('the program was not found');
    expect(timers()).toBe(before);
  });

  it('ends with the run', async () => {
    const run = new AbortController();
    const output = outputOf(`${node} "setInterval(Date,1000)"`, run.signal);
    setTimeout(() => run.abort(new CancelledError('SIGTERM')), 200);
    await expect(output).rejects.toMatchObject({ exitCode: 143 });
  });
});
