import { describe, expect, it } from 'vitest';
import { joinPastedLines } from '../../src/flows/pasted-answer.ts';

const head = 'http://127.0.0.1:8378/callback?state=0123456789abcdef0123&code=Splx';

async function* typed(lines: readonly string[], pauseMs: number) {
  for (const line of lines) {
    yield line;
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function joined(lines: readonly string[], pauseMs = 0): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of joinPastedLines(typed(lines, pauseMs))) all.push(line);
  return all;
}

describe('lines that were pasted', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['an address on two lines', [head, 'lOBeZQ'], [`${head}lOBeZQ`]],
    ['one on three', [head, 'lOBe', 'ZQ&iss=x'], [`${head}lOBeZQ&iss=x`]],
    ['an address and words', [head, 'no more to say'], [head, 'no more to say']],
    ['two addresses', [head, `${head}2`], [head, `${head}2`]],
    ['an address and an empty line', [head, ''], [head, '']],
    ['short lines', ['code', 'abc'], ['code', 'abc']],
    ['one that ends the terminal', [head], [head]],
  ])('are joined where they are one address: %s', async (_, lines, expected) => {
    expect(await joined(lines)).toEqual(expected);
  });

  it('are not joined to what is typed later', async () => {
    expect(await joined([head, 'lOBeZQ'], 300)).toEqual([head, 'lOBeZQ']);
  });
});
