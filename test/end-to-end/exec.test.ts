import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { runCli, startCli } from './cli.ts';

let server: RotatingServer;
let home: TestHome;
let folder: string;
const onWindows = process.platform === 'win32';
const own = () => ['exec', '--issuer', server.origin, '--client-id', 'client-1'];
const node = (script: string) => ['--', process.execPath, '-e', script];

beforeAll(async () => {
  server = await startRotatingServer();
  home = createTestHome();
  home.save(sessionWith(server));
  folder = mkdtempSync(join(tmpdir(), 'oauth-code-exec-'));
});

afterAll(async () => {
  await server.close();
  home.remove();
  rmSync(folder, { recursive: true });
});

describe('exec', () => {
  it('gives the program its stdin, stdout, stderr and words as they are, and ends as it does', async () => {
    const script = `process.stdin.pipe(process.stdout); console.error(process.argv.slice(1).join("|"),
      process.env.OAUTH_CODE_ACCESS_TOKEN); process.exitCode = 42`;
    const run = await runCli([...own(), ...node(script), 'a b', '$HOME', '"'], {
      env: home.env,
      input: 'typed',
    });
    expect(run).toEqual({ status: 42, stdout: 'typed', stderr: `a b|$HOME|" ${server.last.accessToken}\n` });
  });

  it('runs twenty at once on an expired session with one refresh', async () => {
    home.save(sessionWith(server, { validForSeconds: -5 }));
    const before = server.requests.length;
    const script = 'console.log(process.env.OAUTH_CODE_ACCESS_TOKEN)';
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => runCli([...own(), ...node(script)], { env: home.env })),
    );
    expect(new Set(runs.map(({ stdout }) => stdout))).toEqual(new Set([`${server.last.accessToken}\n`]));
    expect(server.requests.length - before).toBe(1);
  });

  it('ends with 127 when there is no such program', async () => {
    const run = await runCli([...own(), '--', 'no-such-program-anywhere'], { env: home.env });
    expect(run.status).toBe(127);
    expect(run.stderr).toContain('The program no-such-program-anywhere was not found.');
  });

  it.skipIf(onWindows)('ends with 126 when a file cannot be run', async () => {
    const file = join(folder, 'data.txt');
    writeFileSync(file, 'no program');
    chmodSync(file, 0o644);
    const run = await runCli([...own(), '--', file], { env: home.env });
    expect(run.status).toBe(126);
    expect(run.stderr).toContain('cannot be run: permission denied.');
  });

  it.skipIf(onWindows)('ends with 128 and the number of the signal that ended the program', async () => {
    const run = await runCli([...own(), ...node('process.kill(process.pid, "SIGKILL")')], { env: home.env });
    expect(run.status).toBe(137);
  });

  it.skipIf(onWindows).each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
    ['SIGUSR2', 140],
  ] as const)('passes %s on to the program and ends as it does', async (signal, untouched) => {
    const waits = 'console.error("ready"); setInterval(() => {}, 1000);';
    const catches = `process.on("${signal}", () => process.exit(7)); ${waits}`;
    for (const [script, status] of [
      [catches, 7],
      [waits, untouched],
    ] as const) {
      const cli = startCli([...own(), ...node(script)], { env: home.env });
      await cli.stderrMatches(/ready/);
      cli.child.kill(signal);
      expect((await cli.finished).status).toBe(status);
    }
  });
});
