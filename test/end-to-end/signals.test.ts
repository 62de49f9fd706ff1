import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { freePort } from '../fakes/free-port.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { authorizationUrl, startCli } from './cli.ts';
import { lastLineAsJson, playPerson } from './person-login.ts';
import { startRecordingFront } from './recording-front.ts';

const servers = new LoopbackServers();
const signals = [
  { signal: 'SIGINT', status: 130, message: 'Cancelled.' },
  { signal: 'SIGTERM', status: 143, message: 'Stopped by SIGTERM.' },
  { signal: 'SIGHUP', status: 129, message: 'Stopped by SIGHUP.' },
] as const;

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(() => idp.close());
afterEach(() => servers.closeAll());

const login = (...args: readonly string[]) =>
  startCli(['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0', ...args]);

describe.skipIf(process.platform === 'win32').each(signals)('$signal', ({ signal, status, message }) => {
  it('while the answer is awaited leaves nothing behind', async () => {
    const port = await freePort();
    const cli = login('--json', '--port', String(port));
    await authorizationUrl(cli);
    cli.child.kill(signal);
    const run = await cli.finished;
    expect(run).toMatchObject({ status, stdout: '' });
    expect(lastLineAsJson(run)).toEqual({
      version: 1,
      error: { code: 'cancelled', step: null, message, hint: null, exit_code: status },
      checks: expect.any(Array),
    });
    await bindAgain(port);
  });

  it('in text is one line', async () => {
    const cli = login();
    await authorizationUrl(cli);
    cli.child.kill(signal);
    const { stderr } = await cli.finished;
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(message);
  });

  it('while a server is silent ends the run', async () => {
    const silent = await servers.raw(() => {});
    const cli = startCli([
      ...[
        'login',
        '--issuer',
        `http://127.0.0.1:${silent.port}`,
        '--client-id',
        'x',
        '--port',
        '0',
        '--json',
      ],
    ]);
    await vi.waitUntil(() => silent.connections() > 0, { timeout: 50_000 });
    cli.child.kill(signal);
    const run = await cli.finished;
    expect(run).toMatchObject({ status, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'cancelled' } });
  });

  it('while the code is being redeemed tells the browser and prints no tokens', async () => {
    let requested = () => {};
    const tokenRequested = new Promise<void>((resolve) => {
      requested = resolve;
    });
    const front = await startRecordingFront(idp.issuer, () => {
      requested();
      return new Promise(() => {});
    });
    const cli = login('--token-endpoint', `${front.origin}/token`, '--json');
    const visit = playPerson(idp, cli);
    await tokenRequested;
    cli.child.kill(signal);
    const run = await cli.finished;
    await front.close();
    expect(run).toMatchObject({ status, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'cancelled' } });
    expect((await visit).page).toContain('The login failed');
  });

  it('ends a browser command that is still running', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-child-'));
    const script = join(folder, 'browser');
    const pidFile = join(folder, 'pid');
    writeFileSync(
      script,
      `#!/bin/sh\necho $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile}\nexec sleep 60\n`,
    );
    chmodSync(script, 0o755);
    const cli = login('--browser', script);
    await vi.waitUntil(() => existsSync(pidFile), { timeout: 50_000 });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    cli.child.kill(signal);
    expect((await cli.finished).status).toBe(status);
    await vi.waitUntil(() => !isAlive(pid), { timeout: 50_000 });
    rmSync(folder, { recursive: true });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @throws when the port is still taken. */
async function bindAgain(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
