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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
function asIfBy(pid: number, differing: { readonly place?: string; readonly note?: string } = {}): void {
  const [, place = '', , note = ''] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${pid}\n${differing.place ?? place}\nanother-nonce\n${differing.note ?? note}\n`);
}

function age(seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(path, then, then);
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
    expect(tryFileLock(path)).toEqual({ type: 'held', pid: process.ppid });
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
    { case: 'of a living process that nobody touched for 20 s', seconds: 21, taken: true },
    { case: 'of a living process that was touched 15 s ago', seconds: 15, taken: false },
  ])('$case: taken over $taken', ({ seconds, taken }) => {
    take();
    asIfBy(process.ppid);
    age(seconds);
    expect(tryFileLock(path).type).toBe(taken ? 'acquired' : 'held');
  });

  it('from another machine is believed until it is old, whatever process ids mean there', async () => {
    take();
    asIfBy(await deadPid(), { place: 'another-host' });
    expect(tryFileLock(path).type).toBe('held');
    age(21);
    expect(tryFileLock(path).type).toBe('acquired');
  });

  it('whose maker died before it had written its name is believed for two seconds', () => {
    writeFileSync(path, '');
    expect(tryFileLock(path)).toEqual({ type: 'held', pid: undefined });
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
    const then = new Date(Date.now() - 6000);
    utimesSync(guard, then, then);
    expect(tryFileLock(path).type).toBe('held');
    expect(tryFileLock(path).type).toBe('acquired');
  });
});
