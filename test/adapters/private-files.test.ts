import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privateFiles } from '../../src/adapters/private-files.ts';
import { ConfigError } from '../../src/errors.ts';

const posix = process.platform !== 'win32';
const root = process.getuid?.() === 0;
const modeOf = (path: string) => statSync(path).mode & 0o777;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'private-files-'));
});
afterEach(() => {
  if (posix) chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

describe('write', () => {
  it('makes the file and the folders above it, for nobody but the user', async () => {
    const path = join(folder, 'a', 'b', 'config.json');
    await privateFiles.write(path, 'text ☃');
    expect(readFileSync(path, 'utf8')).toBe('text ☃');
    if (posix) {
      expect(modeOf(path)).toBe(0o600);
      expect(modeOf(join(folder, 'a', 'b'))).toBe(0o700);
      expect(modeOf(join(folder, 'a'))).toBe(0o700);
    }
  });

  it.runIf(posix)('closes a file that stood open to others', async () => {
    const path = join(folder, 'config.json');
    writeFileSync(path, 'old', { mode: 0o644 });
    await privateFiles.write(path, 'new');
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  it.runIf(posix)('leaves the mode of a folder that is already there alone', async () => {
    chmodSync(folder, 0o755);
    await privateFiles.write(join(folder, 'config.json'), 'text');
    expect(modeOf(folder)).toBe(0o755);
  });

  it.runIf(posix)('keeps a symbolic link and replaces what it leads to', async () => {
    mkdirSync(join(folder, 'dotfiles'));
    writeFileSync(join(folder, 'dotfiles', 'config.json'), 'old');
    symlinkSync(join('dotfiles', 'config.json'), join(folder, 'config.json'));
    await privateFiles.write(join(folder, 'config.json'), 'new');
    expect(lstatSync(join(folder, 'config.json')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'dotfiles', 'config.json'), 'utf8')).toBe('new');
  });

  it.runIf(posix)('follows a symbolic link that leads to nothing yet', async () => {
    symlinkSync(join('dotfiles', 'config.json'), join(folder, 'config.json'));
    await privateFiles.write(join(folder, 'config.json'), 'new');
    expect(readFileSync(join(folder, 'dotfiles', 'config.json'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'config.json')).isSymbolicLink()).toBe(true);
  });

  it('refuses a folder that is a file, and leaves it as it was', async () => {
    writeFileSync(join(folder, 'a'), 'precious');
    await expect(privateFiles.write(join(folder, 'a', 'config.json'), 'x')).rejects.toThrow(
      /^Cannot write .*config\.json: a (file stands where its folder should be|part of the path is not a folder)\.$/,
    );
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('precious');
  });

  it.runIf(posix && !root)('names a folder that may not be written, and where else to go', async () => {
    chmodSync(folder, 0o500);
    const thrown = await privateFiles.write(join(folder, 'config.json'), 'x').catch((error) => error);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown).toMatchObject({
      exitCode: 2,
      message: `Cannot write ${join(folder, 'config.json')}: permission denied.`,
      hint: expect.stringContaining('OAUTH_CODE_HOME'),
    });
  });

  it.runIf(posix)('replaces no socket, also behind a link', async () => {
    const [socket, link] = [join(folder, 'socket'), join(folder, 'link')];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    symlinkSync(socket, link);
    try {
      for (const path of [socket, link]) {
        await expect(privateFiles.write(path, 'x')).rejects.toThrow(
          `Cannot write ${path}: it is a device, a pipe or a socket, and would be replaced.`,
        );
        expect(statSync(socket).isSocket()).toBe(true);
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('leaves nothing behind when the target cannot be replaced', async () => {
    mkdirSync(join(folder, 'config.json'));
    await expect(privateFiles.write(join(folder, 'config.json'), 'x')).rejects.toBeInstanceOf(ConfigError);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  it('never shows a reader half of a text while writers replace it', async () => {
    const path = join(folder, 'config.json');
    const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
    await privateFiles.write(path, texts[0] ?? '');
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, n) => privateFiles.write(path, texts[n % 2] ?? '')),
    );
    const seen = new Set<string>();
    for (let round = 0; round < 40; round += 1) seen.add((await privateFiles.read(path))?.text ?? 'nothing');
    await writing;
    expect(texts).toEqual(expect.arrayContaining([...seen]));
    expect(readdirSync(folder)).toEqual(['config.json']);
  });
});

describe('read', () => {
  it('tells a file that is not there from one that cannot be read', async () => {
    expect(await privateFiles.read(join(folder, 'none'))).toBeUndefined();
    await expect(privateFiles.read(folder)).rejects.toThrow(`Cannot read ${folder}: it is a folder.`);
  });

  it.runIf(posix).each([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
    [0o620, true],
  ])('tells whether mode %o lets others in', async (mode, readableByOthers) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'text');
    chmodSync(path, mode);
    expect(await privateFiles.read(path)).toMatchObject({ text: 'text', readableByOthers });
  });

  it.runIf(posix && process.getuid?.() === 0)('written by root stays with the user who had it', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'text', { mode: 0o600 });
    chownSync(path, 12_345, 54_321);
    await privateFiles.write(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  it('refuses a file far larger than any of ours', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, Buffer.alloc(16 * 1024 * 1024 + 1));
    await expect(privateFiles.read(path)).rejects.toThrow(`Cannot read ${path}: it has more than 16 MB.`);
  });
});

describe('the rest', () => {
  it('removes a file once', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await privateFiles.remove(join(folder, 'file'))).toBe(true);
    expect(await privateFiles.remove(join(folder, 'file'))).toBe(false);
  });

  it('lists a folder without unfinished writes, and a missing one as empty', async () => {
    for (const name of ['b', 'a', '.a.0123456789abcdef.tmp']) writeFileSync(join(folder, name), '');
    expect(await privateFiles.list(folder)).toEqual(['a', 'b']);
    expect(await privateFiles.list(join(folder, 'none'))).toEqual([]);
    expect(await privateFiles.exists(join(folder, 'a'))).toBe(true);
    expect(await privateFiles.exists(join(folder, 'none'))).toBe(false);
  });

  it('sets a file aside without covering an earlier one', async () => {
    const path = join(folder, 'file');
    const names: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      writeFileSync(path, text);
      names.push(await privateFiles.setAside(path, 'unreadable'));
    }
    expect(names).toEqual([`${path}.unreadable`, `${path}.unreadable-2`, `${path}.unreadable-3`]);
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe('one');
    expect(existsSync(path)).toBe(false);
  });

  it('takes with a lock old unfinished writes of any file away, and nothing else', async () => {
    const [old, fresh] = ['.a.0123456789abcdef.tmp', '.b.0123456789abcdef.tmp'];
    for (const name of [old, fresh, '.hidden', 'a']) writeFileSync(join(folder, name), '');
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of [old, '.hidden', 'a']) utimesSync(join(folder, name), hourAgo, hourAgo);
    const attempt = await privateFiles.tryLock(join(folder, 'other.json.lock'));
    if (attempt.type === 'acquired') attempt.lock.release();
    expect(readdirSync(folder).sort()).toEqual([fresh, '.hidden', 'a'].sort());
  });
});
