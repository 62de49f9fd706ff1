import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { everyCase } from '../every-case.ts';
import { startRotatingServer } from '../fakes/rotating-server.ts';
import { createTestHome, sessionWith } from '../fakes/saved-sessions.ts';
import { rs256 } from '../jose/token-vectors.ts';
import { cleanEnvironment, type FinishedRun } from './cli.ts';

const full = '/dev/full';
const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-full-'));
const callback = 'http://127.0.0.1:8378/callback?error=access_denied&state=s';
beforeAll(() => writeFileSync(join(folder, 'callback.txt'), callback));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { ...cleanEnvironment, OAUTH_CODE_HOME: join(folder, 'home'), OAUTH_CODE_STORE: 'none' };

/** What a shell is told to do with a stream of ours before the program starts. */
const places = { full: `>${full}`, closed: '>&-', dropped: '>/dev/null' };

/** Runs the built bin with one of its streams in a place where its text is lost; a reader may leave at once. */
function runLosing(
  stream: 'stdout' | 'stderr',
  place: keyof typeof places | 'left by its reader',
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<FinishedRun> {
  const isLeft = place === 'left by its reader';
  const redirection = isLeft ? '' : `${stream === 'stdout' ? 1 : 2}${places[place]}`;
  const child = spawn('/bin/sh', ['-c', `exec "$0" "$@" ${redirection}`, process.execPath, bin, ...words], {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (isLeft) child[stream].destroy();
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}

/** Where a result gets lost, and what is said of it. */
const losses = [
  ['full', 'no space left on device'],
  ['closed', 'it is closed'],
  ['left by its reader', 'its reader has gone'],
] as const;

const rows: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['report', '--help'],
  ['help', 'exit-codes'],
  ['decode', rs256.token],
  ['decode', rs256.token, '--as', 'access-token'],
  ['debug', callback, '--fail-on', 'none'],
  ['report', 'callback.txt'],
  ['doctor'],
  ['completion', 'bash'],
  ['profile', 'schema'],
  ['profile', 'list', '--json'],
  ['session', 'list', '--json'],
  ['demo', '--port', '0'],
];

/** A row for each door of the output, with which every loss is tried: a quick answer, a page, the program, a demo. */
const doors = ['--version', 'help', 'debug', 'demo'];

describe.runIf(existsSync(full)).each(losses)('a result on a stdout that is %s', (place, reason) => {
  const tried = rows.filter(([name = '']) => everyCase || place === 'full' || doors.includes(name));
  it.each(tried.map((words) => [words.join(' ').slice(0, 40), words] as const))(
    'is not a bug, of %s: exit 2',
    async (_, words) => {
      const { status, stderr } = await runLosing('stdout', place, words);
      expect(stderr).toContain(`Cannot write the result: ${reason}.`);
      expect(stderr).not.toMatch(/bug|\n +at /);
      expect(status).toBe(2);
    },
  );

  it('is told as JSON where that was asked for', async () => {
    for (const words of [
      ['decode', rs256.token, '--json'],
      ['debug', callback, '--json'],
    ]) {
      const { status, stderr } = await runLosing('stdout', place, words);
      const { error } = JSON.parse(stderr) as ErrorDocument;
      expect(error).toMatchObject({
        code: 'config',
        exit_code: 2,
        message: expect.stringContaining(reason),
      });
      expect(status).toBe(2);
    }
  });

  it.each([
    ['a cached token', 3600],
    ['a refreshed token', -60],
  ])('is not a bug, of %s', async (_, validForSeconds) => {
    const server = await startRotatingServer();
    const home = createTestHome();
    try {
      home.save(sessionWith(server, { validForSeconds }));
      const words = ['token', '--issuer', server.origin, '--client-id', 'client-1'];
      const { status, stderr } = await runLosing('stdout', place, words, home.env);
      expect(stderr).toContain(`Cannot write the result: ${reason}.`);
      expect(status).toBe(2);
    } finally {
      await server.close();
      home.remove();
    }
  });

  it('is printed when it is stderr instead', async () => {
    const { status, stdout } = await runLosing('stderr', place, [
      'decode',
      rs256.token,
      '--as',
      'access-token',
    ]);
    expect(stdout).toContain('joe');
    expect(status).toBe(6);
  });
});

describe.skipIf(process.platform === 'win32')('a result that the caller', () => {
  const tried = rows.slice(0, -1).filter(([name = '']) => everyCase || doors.includes(name));
  it.each(tried.map((words) => [words.join(' ').slice(0, 40), words] as const))(
    'drops is written, of %s',
    async (_, words) => {
      const usual = await runLosing('stderr', 'dropped', words);
      expect(await runLosing('stdout', 'dropped', words)).toMatchObject({ status: usual.status, stdout: '' });
      const ignored = spawn(process.execPath, [bin, ...words], { cwd: folder, env, stdio: 'ignore' });
      expect(await new Promise((resolve) => ignored.once('close', resolve))).toBe(usual.status);
    },
  );

  it.each([['by the quick door'], ['by the whole program', '-q']])(
    'has read in part is not a failure, %s',
    async (_, ...words) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      writeFileSync(
        join(folder, 'large.jwt'),
        `${part({ alg: 'none' })}.${part({ sub: 'x'.repeat(400_000) })}.`,
      );
      const child = spawn(process.execPath, [bin, 'decode', 'large.jwt', ...words], { cwd: folder, env });
      child.stdout.once('data', () => child.stdout.destroy());
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    },
  );
});
