import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tryFileLock } from '../../src/adapters/file-lock.ts';
import type { LockAttempt } from '../../src/context.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'file-lock-'));
  path = join(folder, 'session.json.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Acquired = Extract<LockAttempt, { type: 'acquired' }>;

function take(): Acquired {
  const attempt = tryFileLock(path);
  if (attempt.type === 'acquired') return attempt;
  throw new Error('The lock is held.');
}

/** Rewrites the lock as if another process had made it. */
function asIfBy(
  pid: number,
  differing: { readonly place?: string; readonly note?: string; readonly start?: string } = {},
): void {
  const [, place = '', , note = ''] = readFileSync(path, 'utf8').split('\n');
  const lines = [
    pid,
    differing.place ?? place,
    'another-nonce',
    differing.note ?? note,
    differing.start ?? '',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function age(seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(path, then, then);
}

const bootId = () => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
};

/** The boot and tick at which a process started, on Linux. */
function startOf(pid: number): string {
  try {
    return `${bootId()} ${readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]}`;
  } catch {
    return '';
  }
}

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid ?? 0;
}

describe('a lock', () => {
  it('is a file that says whose it is, and is gone after its release', () => {
    const { lock } = take();
    expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(String(process.pid));
    expect(lock.isMine()).toBe(true);
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(lock.isMine()).toBe(false);
  });

  it('that another living process holds is not handed out', () => {
    take();
    asIfBy(process.ppid);
    expect(tryFileLock(path)).toEqual({ type: 'held', pid: process.ppid, elsewhere: false });
  });

  it('that this process holds is handed out again, with what was noted', () => {
    const sentAt = new Date('2026-11-20T12:00:00.123Z');
    take().lock.noteSending(sentAt);
    const again = take();
    expect(again.interrupted).toEqual({ sentAt });
    again.lock.release();
    expect(existsSync(path)).toBe(false);
  });

  it('of a process that has died is taken over at once', async () => {
    take();
    asIfBy(await deadPid());
    const { lock, interrupted } = take();
    expect(interrupted).toBeUndefined();
    expect(lock.isMine()).toBe(true);
    expect(readdirSync(folder)).toEqual(['session.json.lock']);
  });

  it('tells who takes it over that its holder had sent before it died', async () => {
    take();
    asIfBy(await deadPid(), { note: '1795176000123' });
    expect(take().interrupted).toEqual({ sentAt: new Date(1_795_176_000_123) });
  });

  it.each([
    { case: 'of a living process of unknown start that nobody touched for 20 s', seconds: 21, taken: true },
    { case: 'of a living process of unknown start that was touched 15 s ago', seconds: 15, taken: false },
  ])('$case: taken over $taken', ({ seconds, taken }) => {
    take();
    asIfBy(process.ppid);
    age(seconds);
    expect(tryFileLock(path).type).toBe(taken ? 'acquired' : 'held');
  });

  it.skipIf(process.platform !== 'linux')('of a living process is held, however long it stands still', () => {
    take();
    asIfBy(process.ppid, { start: startOf(process.ppid) });
    age(3600);
    expect(tryFileLock(path).type).toBe('held');
  });

  it.skipIf(process.platform !== 'linux').each([
    { case: 'started after the lock was made', start: `${bootId()} 1` },
    { case: 'is of another boot', start: `an-earlier-boot ${startOf(process.ppid).split(' ')[1]}` },
  ])('whose process id belongs to a process that $case is taken over at once', ({ start }) => {
    take();
    asIfBy(process.ppid, { start });
    age(-3600);
    expect(tryFileLock(path).type).toBe('acquired');
  });

  it.skipIf(process.platform !== 'linux')(
    'of a process that nobody has buried is taken over at once',
    async () => {
      take();
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
        while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))
          await new Promise((resolve) => setTimeout(resolve, 5));
        asIfBy(pid, { start: startOf(pid) });
        expect(tryFileLock(path).type).toBe('acquired');
      } finally {
        parent.kill();
      }
    },
  );

  it.each([
    { case: 'from another machine', place: 'another-host', aged: 3600 },
    { case: 'from another machine whose clock is ahead', place: 'another-host', aged: -3600 },
    { case: 'of this machine with a time in the future', place: undefined, aged: -3600 },
  ])('$case is taken over when it was not touched for 20 s of our own clock', ({ place, aged }) => {
    take();
    asIfBy(process.ppid, place === undefined ? {} : { place });
    age(aged);
    vi.useFakeTimers({ toFake: ['hrtime'] });
    try {
      expect(tryFileLock(path)).toMatchObject({ type: 'held', elsewhere: place !== undefined });
      vi.advanceTimersByTime(19_000);
      expect(tryFileLock(path).type).toBe('held');
      age(aged + 1);
      expect(tryFileLock(path).type).toBe('held');
      vi.advanceTimersByTime(19_000);
      expect(tryFileLock(path).type).toBe('held');
      vi.advanceTimersByTime(1001);
      expect(tryFileLock(path).type).toBe('acquired');
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is taken over takes along what its holder had begun to write', async () => {
    const begun = '.session.json.0123456789abcdef.tmp';
    const other = '.other.json.0123456789abcdef.tmp';
    take();
    asIfBy(await deadPid());
    for (const name of [begun, other]) writeFileSync(join(folder, name), 'half');
    expect(tryFileLock(path).type).toBe('acquired');
    expect(readdirSync(folder).sort()).toEqual([other, 'session.json.lock']);
  });

  it('whose holder was taken for dead lets it send nothing', () => {
    const { lock } = take();
    asIfBy(process.ppid);
    expect(lock.noteSending(new Date())).toBe(false);
  });

  it('whose maker died before it had written its name is believed for two seconds', () => {
    writeFileSync(path, '');
    expect(tryFileLock(path)).toEqual({ type: 'held', pid: undefined, elsewhere: false });
    age(3);
    expect(tryFileLock(path).type).toBe('acquired');
  });

  it('is kept young by touching', () => {
    const { lock } = take();
    age(19);
    lock.touch();
    asIfBy(process.ppid);
    expect(tryFileLock(path).type).toBe('held');
  });

  it('that was taken over is neither released nor touched nor written to by its former holder', () => {
    const { lock } = take();
    asIfBy(process.ppid);
    const text = readFileSync(path, 'utf8');
    lock.release();
    lock.touch();
    lock.noteSending(new Date());
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is not taken over while another process is about to, unless that one died too', async () => {
    take();
    asIfBy(await deadPid());
    const guard = `${path}.guard`;
    writeFileSync(guard, `${process.ppid}\nhost\nnonce\n\n`);
    expect(tryFileLock(path).type).toBe('held');
    const then = new Date(Date.now() - 500);
    utimesSync(guard, then, then);
    expect(tryFileLock(path).type).toBe('acquired');
  });

  it('is not kept by the guard of a process that died', async () => {
    take();
    const text = readFileSync(path, 'utf8');
    asIfBy(await deadPid());
    writeFileSync(`${path}.guard`, text.replace(/^\d+/, String(await deadPid())));
    expect(tryFileLock(path).type).toBe('acquired');
  });
});
