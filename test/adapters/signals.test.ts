import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAdapters } from './bundle-sources.ts';

let folder = '';
beforeAll(async () => {
  folder = await bundleAdapters(['signals']);
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a process that tells of its cancellation and lives on until it is told to end; sends it signals in turn. */
async function run(program: string, signals: readonly NodeJS.Signals[]) {
  const script = `
    const { signal, release } = require(${JSON.stringify(join(folder, 'signals.cjs'))}).cancelOnSignals();
    const say = (text) => require('node:fs').writeSync(1, text + '\\n');
    const alive = setInterval(() => {}, 1000);
    ${program}
    say('ready');`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const pending = [...signals];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const next = pending.shift();
    if (next !== undefined) child.kill(next);
  });
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  return { said: said.trim().split('\n'), status, signal };
}

const telling = `signal.addEventListener('abort', () => {
  const { code, exitCode, message } = signal.reason;
  say([code, exitCode, message].join(' '));
});`;

describe.skipIf(process.platform === 'win32')('signals', () => {
  it.each<[NodeJS.Signals, string]>([
    ['SIGINT', 'cancelled 130 Cancelled.'],
    ['SIGTERM', 'cancelled 143 Stopped by SIGTERM.'],
    ['SIGHUP', 'cancelled 129 Stopped by SIGHUP.'],
  ])('abort the run with a reason and leave its end to it: %s', async (name, reason) => {
    const ending = `signal.addEventListener('abort', () => { clearInterval(alive); process.exitCode = 7; });`;
    expect(await run(telling + ending, [name])).toEqual({ said: ['ready', reason], status: 7, signal: null });
  });

  it.each<[NodeJS.Signals, NodeJS.Signals]>([
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGHUP', 'SIGTERM'],
  ])('end a process that does not: %s, then %s', async (first, second) => {
    const { said, status, signal } = await run(telling, [first, second]);
    expect(said).toHaveLength(2);
    expect([status, signal]).toEqual([null, second]);
  });

  // A closing terminal sends SIGHUP, and so does the shell in it; systemd sends it right after SIGTERM.
  it.each<[NodeJS.Signals]>([['SIGHUP'], ['SIGTERM'], ['SIGINT']])(
    'leave the end to the run when SIGHUP follows %s',
    async (first) => {
      const again = `signal.addEventListener('abort', () => {
        process.kill(process.pid, 'SIGHUP');
        clearInterval(alive);
        process.exitCode = 7;
      });`;
      expect(await run(again, [first])).toEqual({ said: ['ready'], status: 7, signal: null });
    },
  );

  it('are nobody’s business any more once released', async () => {
    const { said, signal } = await run(`${telling} release();`, ['SIGINT']);
    expect([said, signal]).toEqual([['ready'], 'SIGINT']);
  });

  it('do not keep a process alive', async () => {
    expect(await run('clearInterval(alive);', [])).toEqual({ said: ['ready'], status: 0, signal: null });
  });
});
