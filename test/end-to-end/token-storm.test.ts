import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSession } from '../../src/storage/session-file.ts';
import {
  type RotatingServer,
  type RotatingServerOptions,
  startRotatingServer,
} from '../fakes/rotating-server.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { type FinishedRun, type RunningCli, startCli } from './cli.ts';

/** The nightly run makes these larger. */
const processes = Number(process.env.STORM_PROCESSES ?? 8);
const rounds = Number(process.env.STORM_ROUNDS ?? 1);

let server: RotatingServer;
let home: TestHome;

beforeEach(() => {
  home = createTestHome();
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const start = (options: RotatingServerOptions) =>
  startRotatingServer(options).then((started) => {
    server = started;
  });
const owner = () => clientAt(server.origin);
const token = (...args: readonly string[]): RunningCli =>
  startCli(['token', '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });
const storm = (...args: readonly string[]): readonly RunningCli[] =>
  Array.from({ length: processes }, () => token(...args));
const said = ({ status, stdout, stderr }: FinishedRun) => ({ status, stdout, stderr });

function savedRefreshToken(): string | undefined {
  const parsed = parseSession(readFileSync(home.path(owner()), 'utf8'));
  return parsed.type === 'session' ? parsed.session.tokens?.refresh_token : undefined;
}

describe(`${processes} processes at once on an expired session`, () => {
  it.each([
    { door: 'the quick door', args: [] },
    { door: 'the whole program', args: ['--min-validity', '60'] },
  ])(
    'refresh it exactly once through $door, and all print the new token',
    async ({ args }) => {
      await start({ delayMs: 50 });
      for (let round = 0; round < rounds; round += 1) {
        server.begin();
        home.save(sessionWith(server, { validForSeconds: -1 }));
        const before = server.requests.length;
        const runs = await Promise.all(storm(...args).map(({ finished }) => finished));
        expect(new Set(runs.map((run) => JSON.stringify(said(run))))).toEqual(
          new Set([JSON.stringify({ status: 0, stdout: `${server.last.accessToken}\n`, stderr: '' })]),
        );
        expect(server.requests).toHaveLength(before + 1);
        expect(savedRefreshToken()).toBe(server.last.refreshToken);
        expect(home.files()).toHaveLength(1);
      }
    },
    60_000 + rounds * 20_000,
  );

  it('ask once for a token that takes no person', async () => {
    await start({ delayMs: 50 });
    const args = ['--grant-type', 'client_credentials', '--client-secret-env', 'S'];
    const runs = await Promise.all(
      Array.from({ length: processes }, () => {
        const env = { ...home.env, S: 's3cret' };
        return startCli(['token', '--issuer', server.origin, '--client-id', 'client-1', ...args], { env })
          .finished;
      }),
    );
    expect(new Set(runs.map(({ stdout }) => stdout))).toEqual(new Set([`${server.last.accessToken}\n`]));
    expect(server.requests).toHaveLength(1);
  }, 60_000);
});

describe('a refresher that is killed', () => {
  it(
    'loses no session that the server still honours, and nobody waits in vain',
    async () => {
      // The leeway is what many servers give: the answer that was lost can be had again.
      await start({ delayMs: 40, leewayMs: 20_000 });
      for (let round = 0; round < rounds * 2; round += 1) {
        server.begin();
        home.save(sessionWith(server, { validForSeconds: -1 }));
        const runs = storm();
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 600));
        const killed = runs[Math.floor(Math.random() * runs.length)];
        killRefresher(runs, killed);
        const finished = await Promise.all(runs.map((run) => run.finished));
        const survivors = finished.filter(({ status }) => status !== null);
        expect(survivors.map(({ stderr }) => stderr).filter((text) => text !== '')).toEqual([]);
        expect(survivors.every(({ status }) => status === 0)).toBe(true);
        expect(server.isAlive()).toBe(true);
        expect(server.honours(savedRefreshToken() ?? '')).toBe(true);
        const next = await token().finished;
        expect(next).toMatchObject({ status: 0, stderr: '' });
      }
    },
    60_000 + rounds * 40_000,
  );

  it(
    'leaves nobody waiting, and no dead session behind, where the server gives no second answer',
    async () => {
      await start({ delayMs: 40 });
      for (let round = 0; round < rounds * 2; round += 1) {
        server.begin();
        home.save(sessionWith(server, { validForSeconds: -1 }));
        const runs = storm();
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        killRefresher(runs, runs[0]);
        const finished = await Promise.all(runs.map((run) => run.finished));
        const statuses = new Set(finished.map(({ status }) => status).filter((status) => status !== null));
        const isKept = home.files().some((name) => name.endsWith('.json'));
        // Either nothing was lost, or the session is gone from here as it is from the server.
        expect([...statuses].every((status) => status === 0 || (status === 4 && !isKept))).toBe(true);
        expect(isKept).toBe(server.isAlive());
        if (isKept) expect(server.honours(savedRefreshToken() ?? '')).toBe(true);
      }
    },
    60_000 + rounds * 40_000,
  );

  it('after the server has answered, where the server gives no second answer, is said to have lost the session', async () => {
    await start({ delayMs: 3000 });
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const first = token();
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    first.child.kill('SIGKILL');
    await first.finished;
    const { status, stdout, stderr } = await token().finished;
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /The session was dropped\. A refresh at \S+ was interrupted: most likely the server replaced the token then, and its answer was lost\./,
    );
    // Of what the killed process had begun nothing is left.
    expect(home.files()).toEqual([]);
  }, 60_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s while it waits still saves the answer', async (signal, status) => {
    await start({ delayMs: 800 });
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const first = token();
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    first.child.kill(signal);
    expect((await first.finished).status).toBe(status);
    expect(savedRefreshToken()).toBe(server.last.refreshToken);
    expect(await token().finished).toMatchObject({ status: 0, stdout: `${server.last.accessToken}\n` });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a lock that nobody gives back', () => {
  // Its holder keeps it for as long as the test runs.
  it('is waited for no longer than the time-out: exit 5', async () => {
    await start({});
    home.save(sessionWith(server, { validForSeconds: -1 }));
    const { tryFileLock } = await import('../../src/adapters/file-lock.ts');
    const attempt = tryFileLock(`${home.path(owner())}.lock`);
    if (attempt.type !== 'acquired') throw new Error('The lock is held.');
    const touching = setInterval(() => attempt.lock.touch(), 1000);
    try {
      const { status, stderr } = await token('--timeout', '0.5', '--min-validity', '60').finished;
      expect(status).toBe(5);
      expect(stderr).toContain(`Process ${process.pid} has been busy with this session for`);
    } finally {
      clearInterval(touching);
      attempt.lock.release();
    }
    expect(server.requests).toEqual([]);
  });
});

/** Kills who holds the lock; when nobody does, anybody. */
function killRefresher(runs: readonly RunningCli[], fallback: RunningCli | undefined): void {
  let pid: number | undefined;
  try {
    pid = Number(readFileSync(`${home.path(owner())}.lock`, 'utf8').split('\n')[0]);
  } catch {}
  const refresher = runs.find(({ child }) => child.pid === pid) ?? fallback;
  refresher?.child.kill('SIGKILL');
}
