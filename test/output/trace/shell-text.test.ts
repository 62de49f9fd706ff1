import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../src/output/trace/shell-text.ts';
import { foreignText } from './foreign-traces.ts';

/** What a shell makes of a word, read octet by octet. */
function spoken(words: readonly string[]): readonly string[] {
  const script = words.map((word) => `printf '%s\\0' ${word}`).join('\n');
  const said = execFileSync('sh', ['-c', script], { env: { LC_ALL: 'C' } }).toString('utf8');
  return said.split('\0').slice(0, -1);
}

const wellFormed = foreignText.map((text) => text.replace(/\p{Cs}/gu, '\ufffd').replaceAll('\0', ''));

describe.skipIf(process.platform === 'win32')('a word for the shell', () => {
  it('stands for the text, octet by octet, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(wellFormed, { minLength: 1, maxLength: 30 }), (texts) => {
        expect(spoken(texts.map((text) => shellWord(text)))).toEqual(texts);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what a terminal would obey out of sight', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(shellWord(text)).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200b]/u);
      }),
    );
  });

  it.each([
    ['plain.text/1', 'plain.text/1'],
    ['', "''"],
    ["it's", "'it'\\''s'"],
    ['a\u001bb', `'a'"$(printf '\\033')"'b'`],
    ['a\0b', "'a\\0b'"],
  ])('writes %j as %s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  it('puts a variable in the place of a placeholder, and names it', () => {
    const named: string[] = [];
    const word = shellWord('Bearer ‹access_token 2›; x', (name, kind) => named.push(`${name}=${kind}`));
    expect(word).toBe(`'Bearer '"$secret_access_token_2"'; x'`);
    expect(named).toEqual(['secret_access_token_2=access_token 2']);
  });

  it.each(['‹http_proxy›', '‹PATH›', '‹$(id)›', '‹aws secret access key›', '‹`id`›'])(
    'lets %s name no variable of the environment',
    (text) => {
      const word = shellWord(text, () => {});
      expect(word).toMatch(/^"\$secret_[a-z0-9_]*"$/);
    },
  );
});
