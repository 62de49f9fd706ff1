import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privateFiles } from '../../src/adapters/private-files.ts';
import { ConfigError } from '../../src/errors.ts';

const posix = process.platform !== 'win32';
const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && canMount();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'prepared-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

describe('a prepared write', () => {
  it('changes nothing until it is committed, and leaves nothing but the file', async () => {
    const path = join(folder, 'a', 'session.json');
    mkdirSync(join(folder, 'a'));
    writeFileSync(path, 'old');
    const prepared = await privateFiles.prepare(path, 10_000);
    expect(readFileSync(path, 'utf8')).toBe('old');
    await prepared.commit('new');
    await prepared.discard();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'a'))).toEqual(['session.json']);
    if (posix) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves the old file when it is discarded', async () => {
    const path = join(folder, 'session.json');
    writeFileSync(path, 'old');
    const prepared = await privateFiles.prepare(path, 10);
    await prepared.discard();
    await prepared.discard();
    expect(readdirSync(folder)).toEqual(['session.json']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('may turn out longer than was thought', async () => {
    const path = join(folder, 'session.json');
    const text = 'x'.repeat(100_000);
    await (await privateFiles.prepare(path, 10)).commit(text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.runIf(mayMount)('is refused when there is no room, and can be committed once there was', async () => {
    const place = join(folder, 'small');
    mkdirSync(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]);
    try {
      const path = join(place, 'session.json');
      const prepared = await privateFiles.prepare(path, 20_000);
      let filled = 0;
      try {
        for (; ; filled += 1) writeFileSync(join(place, `filler-${filled}`), 'x'.repeat(4096));
      } catch {}
      await expect(privateFiles.prepare(join(place, 'another.json'), 20_000)).rejects.toThrow(ConfigError);
      await expect(privateFiles.prepare(join(place, 'another.json'), 20_000)).rejects.toThrow(
        /no space left on device/,
      );
      await prepared.commit('y'.repeat(20_000));
      expect(readFileSync(path, 'utf8')).toHaveLength(20_000);
      expect(readdirSync(place).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    } finally {
      execFileSync('umount', [place]);
    }
  });
});

describe('a stamp', () => {
  it('is the time and size of a file, and nothing when it cannot be reached', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'four');
    const { mtimeMs } = statSync(path);
    expect(await privateFiles.stamp(path)).toEqual({ mtimeMs, size: 4 });
    expect(await privateFiles.stamp(join(folder, 'none'))).toBeUndefined();
    expect(await privateFiles.stamp(join(path, 'below'))).toBeUndefined();
  });
});

describe('appending', () => {
  it('adds to the end of a file, made when there is none', async () => {
    const path = join(folder, 'outputs');
    await privateFiles.append(path, 'a\n');
    await privateFiles.append(path, 'b\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    await expect(privateFiles.append(folder, 'x')).rejects.toThrow(/Cannot write .*: it is a folder/);
  });
});
