import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreparedWrite } from '../../src/context.ts';
import { run } from '../../src/entry/program.ts';
import { ConfigError } from '../../src/errors.ts';
import { parseSession, serializeSession, sessionFileName } from '../../src/storage/session-file.ts';
import { createTestContext } from '../fakes/context.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && canMount();

let server: RotatingServer;
let home: TestHome;

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mount(place);
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function mount(place: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
}

/** Runs with a home on a file system of 64 kB of its own. */
async function onSmallDisk(story: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(home.folder, 'small');
  mkdirSync(folder);
  mount(folder);
  try {
    mkdirSync(join(folder, 'sessions'), { mode: 0o700 });
    await story(folder);
  } finally {
    execFileSync('umount', [folder]);
  }
}

function fill(folder: string): void {
  try {
    for (let count = 0; ; count += 1) writeFileSync(join(folder, `filler-${count}`), 'x'.repeat(4096));
  } catch {}
}

const named = () => ['--issuer', server.origin, '--client-id', 'client-1', '--json'];

describe('a home that cannot be written to', () => {
  it.runIf(mayMount)(
    'still gives a good token, and no refresh is begun whose answer could not be kept: exit 2',
    async () => {
      await onSmallDisk(async (folder) => {
        const path = join(folder, 'sessions', sessionFileName(clientAt(server.origin)));
        const env = { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: '' };
        for (const validForSeconds of [3600, -1]) {
          writeFileSync(path, serializeSession(sessionWith(server, { validForSeconds })), { mode: 0o600 });
          execFileSync('mount', ['-o', 'remount,ro', folder]);
          const outcome = await runHere(['token', ...named()], { env });
          execFileSync('mount', ['-o', 'remount,rw', folder]);
          if (validForSeconds > 0) expect(outcome.status).toBe(0);
          else {
            expect(errorOf(outcome)).toMatchObject({
              code: 'config',
              exit_code: 2,
              message: `Cannot write ${path}.lock: the file system is read-only.`,
            });
          }
        }
        expect(server.requests).toEqual([]);
      });
    },
  );

  it.runIf(mayMount)(
    'because it is full: no refresh is begun, and the session stays as it was: exit 2',
    async () => {
      await onSmallDisk(async (folder) => {
        const path = join(folder, 'sessions', sessionFileName(clientAt(server.origin)));
        const text = serializeSession(sessionWith(server, { validForSeconds: -1 }));
        writeFileSync(path, text, { mode: 0o600 });
        fill(folder);
        const outcome = await runHere(['token', ...named()], {
          env: { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: '' },
        });
        expect(errorOf(outcome)).toMatchObject({ code: 'config', exit_code: 2 });
        expect(errorOf(outcome).message).toMatch(/^Cannot write .*: no space left on device\.$/);
        expect(server.requests).toEqual([]);
        expect(readFileSync(path, 'utf8')).toBe(text);
      });
    },
  );

  it.runIf(mayMount).each([
    { words: ['session', 'remove', '--all', '-y'], revoked: 0 },
    { words: ['logout'], revoked: 0 },
    { words: ['logout', '--revoke'], revoked: 2 },
    { words: ['revoke'], revoked: 1 },
  ])('because it is full: $words needs no room, and makes some', async ({ words, revoked }) => {
    await onSmallDisk(async (folder) => {
      const path = join(folder, 'sessions', sessionFileName(clientAt(server.origin)));
      writeFileSync(path, serializeSession(sessionWith(server)), { mode: 0o600 });
      fill(folder);
      const env = { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: '' };
      const own = words[0] === 'session' ? [] : [...named().slice(0, -1), '--no-last'];
      const { status, stderr } = await runHere([...words, ...own], { env });
      expect(stderr).not.toContain('error');
      expect(status).toBe(0);
      expect(readdirSync(join(folder, 'sessions'))).toEqual([]);
      expect(server.requests.map(({ path: asked }) => asked)).toEqual(Array(revoked).fill('/revoke'));
    });
  });

  it.runIf(mayMount)('because it is full: a revoked access token is struck all the same', async () => {
    await onSmallDisk(async (folder) => {
      const path = join(folder, 'sessions', sessionFileName(clientAt(server.origin)));
      writeFileSync(path, serializeSession(sessionWith(server)), { mode: 0o600 });
      fill(folder);
      const { status } = await runHere(
        ['revoke', '--token-type-hint', 'access_token', ...named().slice(0, -1), '--no-last'],
        { env: { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: '' } },
      );
      expect(status).toBe(0);
      expect(readdirSync(join(folder, 'sessions'))).toHaveLength(1);
      const kept = parseSession(readFileSync(path, 'utf8'));
      expect(kept).toMatchObject({
        session: { tokens: { access_token: '', refresh_token: server.last.refreshToken } },
      });
    });
  });

  it('at the very end: the token is not printed, since its refresh token was not kept: exit 2', async () => {
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const test = createTestContext({ env: home.env });
    const failing: PreparedWrite = {
      commit: async () => {
        throw new ConfigError('Cannot write the session: no space left on device.');
      },
      discard: async () => {},
    };
    const files = { ...test.context.files, prepare: async () => failing };
    const status = await run(['token', ...named()], { ...test.context, files });
    expect(status).toBe(2);
    expect(test.stdout()).toBe('');
    expect(test.stderr()).toContain('The server has issued new tokens, but they could not be kept.');
    expect(test.stderr()).not.toContain(server.last.accessToken);
    expect(home.files()).toHaveLength(1);
  });
});
