import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { startRotatingServer } from '../fakes/rotating-server.ts';
import { createTestHome, sessionWith } from '../fakes/saved-sessions.ts';
import { rs256 } from '../jose/token-vectors.ts';
import type { FinishedRun } from './cli.ts';

const full = '/dev/full';
const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-full-'));
const callback = 'http://127.0.0.1:8378/callback?error=access_denied&state=s';
beforeAll(() => writeFileSync(join(folder, 'callback.txt'), callback));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the built bin with one of its streams on a device that is always full. */
function runOnFull(
  stream: 'stdout' | 'stderr',
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<FinishedRun> {
  const device = openSync(full, 'w');
  const home = { OAUTH_CODE_HOME: join(folder, 'home'), OAUTH_CODE_STORE: 'none' };
  const child = spawn(process.execPath, [bin, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...home, ...more },
    stdio: ['ignore', stream === 'stdout' ? device : 'pipe', stream === 'stderr' ? device : 'pipe'],
  });
  closeSync(device);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}

describe.runIf(existsSync(full))('a result for which there is no room', () => {
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
    ['demo', '--port', '0'],
  ];

  it.each(rows.map((words) => [words.join(' ').slice(0, 40), words] as const))(
    'is no bug, of %s',
    async (_, words) => {
      const { status, stderr } = await runOnFull('stdout', words);
      expect(stderr).toContain('Cannot write the result: no space left on device.');
      expect(stderr).not.toMatch(/bug|\n +at /);
      expect(status).toBe(2);
    },
  );

  it('is told as JSON where that was asked for', async () => {
    for (const words of [
      ['decode', rs256.token, '--json'],
      ['debug', callback, '--json'],
    ]) {
      const { status, stderr } = await runOnFull('stdout', words);
      const { error } = JSON.parse(stderr) as ErrorDocument;
      expect(error).toMatchObject({
        code: 'config',
        exit_code: 2,
        message: expect.stringContaining('no space left'),
      });
      expect(status).toBe(2);
    }
  });

  it.each([
    ['a cached token', 3600],
    ['a refreshed token', -60],
  ])('is no bug, of %s', async (_, validForSeconds) => {
    const server = await startRotatingServer();
    const home = createTestHome();
    try {
      home.save(sessionWith(server, { validForSeconds }));
      const words = ['token', '--issuer', server.origin, '--client-id', 'client-1'];
      const { status, stderr } = await runOnFull('stdout', words, home.env);
      expect(stderr).toContain('Cannot write the result: no space left on device.');
      expect(status).toBe(2);
    } finally {
      await server.close();
      home.remove();
    }
  });

  it('keeps no result from being printed when it is stderr that is full', async () => {
    const { status, stdout } = await runOnFull('stderr', ['decode', rs256.token, '--as', 'access-token']);
    expect(stdout).toContain('joe');
    expect(status).toBe(6);
  });
});
