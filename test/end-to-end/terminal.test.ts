import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startIdp } from '../../src/idp/start-idp.ts';
import { cleanEnvironment } from './cli.ts';
import { type PlainOauthServer, startPlainOauthServer } from './plain-oauth-server.ts';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');

/** `script` of util-linux runs a command at a terminal of its own. */
const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

describe.skipIf(!hasScript)('at a terminal', () => {
  let server: PlainOauthServer;

  beforeEach(async () => {
    server = await startPlainOauthServer('RFC 8414');
  });
  afterEach(() => server.close());

  /** Starts a login of which all output is seen as the terminal gets it, and into which can be typed. */
  function startLogin(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const words = [
      process.execPath,
      bin,
      'login',
      '--issuer',
      server.issuer,
      '--client-id',
      'x',
      ...(args.includes('--flow') ? [] : ['--port', '0']),
      ...args,
    ];
    const command = words.map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', `stty cols 80 && exec ${command}`, '/dev/null'], {
      env: { ...cleanEnvironment, TERM: 'xterm', LANG: 'C.UTF-8', ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text.replaceAll('\r\n', '\n');
    });
    const status = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return {
      status,
      screen: () => screen,
      type: (text: string) => child.stdin.write(text),
      url: () => vi.waitUntil(() => /^http\S+response_type=code\S*$/m.exec(screen)?.[0], { timeout: 50_000 }),
    };
  }

  const finalUrl = async (url: string) =>
    (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';

  it('a pasted address ends the login, and the run, which reads nothing more', async () => {
    const login = startLogin({ NO_COLOR: '1' });
    login.type(`${await finalUrl(await login.url())}\n`);
    expect(await login.status).toBe(0);
    expect(login.screen()).toMatch(/^✓ Answer +pasted/m);
    expect(login.screen()).toMatch(/^✓ Access token received at /m);
    expect(login.screen()).not.toContain('\u001b[');
  });

  it('an answer from the browser ends the run too, though nothing was typed', async () => {
    const login = startLogin({});
    await fetch(await login.url());
    expect(await login.status).toBe(0);
    expect(login.screen()).toContain('\u001b[');
  });

  it('Ctrl-C ends the run with status 130', async () => {
    const login = startLogin({});
    await login.url();
    login.type('\u0003');
    expect(await login.status).toBe(130);
    expect(login.screen()).toContain('Cancelled.');
  });

  it('each question of --step waits for its answer, where nothing else keeps the run going', async () => {
    const idp = await startIdp({ port: 0 });
    try {
      const login = startLogin(
        {},
        '--issuer',
        idp.issuer,
        '--client-id',
        'demo-public',
        '--flow',
        'device',
        '--step',
      );
      for (const step of ['Discovery', 'Device', 'Keys']) {
        await vi.waitUntil(
          () => new RegExp(`${step}: about to be sent[\\s\\S]*step> $`).test(login.screen()),
          {
            timeout: 50_000,
          },
        );
        login.type('\n');
      }
      await vi.waitUntil(() => /[A-Z]{4}-[A-Z]{4}/.test(login.screen()), { timeout: 50_000 });
      login.type('\u0003');
      expect(await login.status).toBe(130);
    } finally {
      await idp.close();
    }
  });

  it('the end of the input (Ctrl-D) leaves the wait for the browser as it is', async () => {
    const login = startLogin({});
    const url = await login.url();
    login.type('\u0004');
    await fetch(url);
    expect(await login.status).toBe(0);
  });
});
