import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../src/adapters/split-command-line.ts';

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
      { numRuns: 300 },
    );
  });

  it('loses nothing but quotes and white space', () => {
    const command = fc.array(fc.constantFrom('"', "'", ' ', 'a', '\\', '\n')).map((all) => all.join(''));
    const bare = (text: string) => text.replace(/["'\s]/g, '');
    fc.assert(
      fc.property(command, (text) => {
        expect(bare(splitCommandLine(text).join(''))).toBe(bare(text));
      }),
      { numRuns: 500 },
    );
  });
});
