import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { collectText, readTextFile as readUserFile } from '../../src/adapters/user-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-read-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const limit = 10_000_000;
const readTextFile = (path: string) => readUserFile(path, new AbortController().signal);

it('reads a text of 10 MB as UTF-8, without its byte order mark', async () => {
  const path = join(folder, 'whole');
  writeFileSync(path, `\uFEFFü${'x'.repeat(limit - 5)}`);
  expect(await readTextFile(path)).toBe(`ü${'x'.repeat(limit - 5)}`);
});

it('refuses more than that without reading on', async () => {
  const path = join(folder, 'large');
  writeFileSync(path, 'x'.repeat(limit + 1));
  await expect(readTextFile(path)).rejects.toThrow(`Cannot read ${path}: it has more than 10 MB.`);
  let given = 0;
  async function* endless() {
    for (;;) {
      given += 1;
      yield Buffer.alloc(1_000_000);
    }
  }
  await expect(collectText(endless(), 'stdin')).rejects.toThrow('Cannot read stdin: it has more than 10 MB.');
  expect(given).toBe(11);
});

it.skipIf(process.platform === 'win32')('refuses a device', async () => {
  await expect(readTextFile('/dev/zero')).rejects.toThrow('it is a device, a pipe or a socket');
  expect(await readTextFile('/dev/null')).toBe('');
});

it.each([
  [join(folder, 'none'), 'there is no such file'],
  [folder, 'it is a folder'],
])('says why it cannot read %s', async (path, reason) => {
  await expect(readTextFile(path)).rejects.toThrow(`Cannot read ${path}: ${reason}.`);
});
