import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserObstacle, openBrowser } from '../../src/adapters/browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code browser-'));
afterAll(() => rmSync(folder, { recursive: true }));

const url = 'https://server.example/authorize?a=1&b=%20$(touch hacked)&c="x";\'y\'|z>w';
const noSignal = new AbortController().signal;
const windowless = { PATH: process.env.PATH };

describe('what stands in the way of a browser', () => {
  const at = (env: Record<string, string>, platform: NodeJS.Platform, ...files: string[]) =>
    browserObstacle(env, platform, (path) => files.includes(path));

  it.each<[string, ReturnType<typeof at>, string | undefined]>([
    ['nothing with X11', at({ DISPLAY: ':0' }, 'linux'), undefined],
    ['nothing with Wayland', at({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), undefined],
    ['nothing in WSL', at({ WSL_DISTRO_NAME: 'Debian' }, 'linux'), undefined],
    ['nothing on macOS', at({}, 'darwin'), undefined],
    ['nothing on Windows', at({}, 'win32'), undefined],
    ['no display', at({}, 'linux'), 'no-display'],
    ['no display, with an empty variable', at({ DISPLAY: '' }, 'freebsd'), 'no-display'],
    ['SSH, though X11 is forwarded', at({ SSH_CONNECTION: 'a 1 b 2', DISPLAY: ':10' }, 'linux'), 'ssh'],
    ['SSH on macOS', at({ SSH_TTY: '/dev/ttys001' }, 'darwin'), 'ssh'],
    ['SSH by its older variable', at({ SSH_CLIENT: 'a 1 2' }, 'win32'), 'ssh'],
    ['a Docker container', at({ DISPLAY: ':0' }, 'linux', '/.dockerenv'), 'container'],
    ['a Podman container', at({}, 'linux', '/run/.containerenv'), 'container'],
    ['a container that says so', at({ container: 'lxc' }, 'linux'), 'container'],
  ])('%s', (_, obstacle, expected) => {
    expect(obstacle).toBe(expected);
  });

  it('is said instead of launching anything', async () => {
    for (const BROWSER of [undefined, '', '  ']) {
      const env = { ...windowless, SSH_TTY: '/dev/pts/0', BROWSER };
      expect(await openBrowser(url, undefined, { env, platform: 'linux', signal: noSignal })).toEqual({
        type: 'not-launched',
        obstacle: 'ssh',
      });
    }
  });
});

describe('a browser command', () => {
  const node = `"${process.execPath}"`;
  const recorder = join(folder, 'recorder.cjs');
  const record = join(folder, 'record.json');

  beforeAll(() => {
    writeFileSync(
      recorder,
      `require('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify({ words: process.argv.slice(2) }));`,
    );
  });

  const program = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return `${node} "${file}"`;
  };
  const open = (command: string | undefined, env: Record<string, string | undefined> = windowless) =>
    openBrowser(url, command, {
      env,
      platform: process.platform,
      signal: noSignal,
      started: (name) => started.push(name),
    });
  const recorded = () => JSON.parse(readFileSync(record, 'utf8')) as { words: string[] };

  const started: string[] = [];
  afterEach(() => void started.splice(0));

  it.each<[where: string, given: string, words: string[], named: string]>([
    ['last', '--new "a b"', ['--new', 'a b', url], '--new "a b"'],
    ['in the place of %s', '%s --after', [url, '--after'], 'URL --after'],
    ['in the place of %s at the end', '--new "%s"', ['--new', url], '--new'],
    ['inside a word, and more than once', '--url=%s -- %s', [`--url=${url}`, '--', url], '--url=URL --'],
  ])('is given the URL %s, in one piece and without a shell', async (_, given, words, named) => {
    const command = `${node} "${recorder}" ${named}`;
    expect(await open(`${node} "${recorder}" ${given}`)).toEqual({ type: 'opened', command });
    expect(started).toEqual([command]);
    expect(recorded().words).toEqual(words);
    expect(existsSync('hacked')).toBe(false);
  });

  it('can stand in BROWSER, which one that is given outright goes before', async () => {
    const BROWSER = `${node} "${recorder}" from-variable`;
    expect(await open(undefined, { ...windowless, SSH_TTY: 'x', BROWSER })).toEqual({
      type: 'opened',
      command: BROWSER,
    });
    expect(recorded().words).toEqual(['from-variable', url]);
    await open(`${node} "${recorder}" from-option`, { ...windowless, BROWSER });
    expect(recorded().words).toEqual(['from-option', url]);
  });

  it.skipIf(process.platform === 'win32')(
    'may be a path with blanks, and the first that exists of a list',
    async () => {
      const spaced = join(folder, 'Program Files browser');
      writeFileSync(spaced, `#!/bin/sh\nexec ${node} '${recorder}' spaced "$@"\n`);
      chmodSync(spaced, 0o755);
      for (const BROWSER of [
        spaced,
        `no-such-browser:${spaced}`,
        `${spaced} --new`,
        `no-such-browser %s:'${spaced}' --new:firefox`,
      ]) {
        rmSync(record, { force: true });
        expect(await open(undefined, { ...windowless, BROWSER })).toMatchObject({ type: 'opened' });
        expect(recorded().words).toEqual(
          BROWSER.includes('--new') ? ['spaced', '--new', url] : ['spaced', url],
        );
      }
      expect(
        await open(undefined, { ...windowless, PATH: '', BROWSER: 'no-such-a:no-such-b' }),
      ).toMatchObject({
        type: 'failed',
        command: 'no-such-a',
      });
    },
  );

  it.each([
    ['ends with a status', program('fails.cjs', 'process.exitCode = 3;'), 'it ended with status 3', 1],
    ['is empty', '', 'the command is empty', 0],
    ['is blank', '  ', 'the command is empty', 0],
    ['is nowhere', 'no-such-browser-anywhere', 'the program was not found', 0],
  ])('that %s is said to have failed', async (_, command, reason, starts) => {
    expect(await open(command)).toEqual({ type: 'failed', command, reason });
    expect(started).toHaveLength(starts);
  });

  it.skipIf(process.platform === 'win32')('that is ended by a signal is said to have failed', async () => {
    const command = program(
      'killed.cjs',
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);",
    );
    expect(await open(command)).toMatchObject({ type: 'failed', reason: 'it ended with SIGTERM' });
  });

  it.skipIf(process.platform === 'win32')('that may not be run is said to have failed', async () => {
    const file = join(folder, 'not-executable');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o600);
    expect(await open(`"${file}"`)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('EACCES'),
    });
  });

  it('that goes on counts as opened, and is ended with all it started when the run is cancelled', async () => {
    const command = program(
      'long.cjs',
      `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify([process.pid, child.pid]));
      setInterval(() => {}, 1000);`,
    );
    const cancelled = new AbortController();
    const launch = await openBrowser(url, command, {
      env: windowless,
      platform: process.platform,
      signal: cancelled.signal,
    });
    expect(launch).toEqual({ type: 'opened', command });
    const pids = JSON.parse(readFileSync(record, 'utf8')) as number[];
    const own = process.platform === 'win32' ? pids.slice(0, 1) : pids;
    expect(own.map(isRunning)).toEqual(own.map(() => true));
    cancelled.abort();
    await expect.poll(() => own.map(isRunning), { timeout: 50_000 }).toEqual(own.map(() => false));
  });

  it('that is started after the run was cancelled is ended at once', async () => {
    const command = program('late.cjs', 'setInterval(() => {}, 1000);');
    const signal = AbortSignal.abort();
    const launch = await openBrowser(url, command, { env: windowless, platform: process.platform, signal });
    expect(launch.type).toBe('failed');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
