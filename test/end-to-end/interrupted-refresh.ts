import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { type FinishedRun, type RunningCli, startCli } from './cli.ts';

const key = testKey('RS256', 'key-1');

/** The ways to a refresh: with the options of the last, the answer brings an ID token, for which keys are fetched. */
export const doors = [
  { door: 'the quick door', args: [], openid: false },
  { door: 'the whole program', args: ['--min-validity', '60'], openid: false },
  { door: 'the validation of an ID token', args: [], openid: true },
] as const;

type Door = (typeof doors)[number];

/** A server that takes each refresh token once and answers late, and a home for sessions with it. */
export interface InterruptionPlace {
  readonly server: RotatingServer;
  readonly home: TestHome;
  /** Saves an expired session, as after a new login. */
  begin(door: Door): void;
  close(): Promise<void>;
}

/** Starts them. @param delayMs between the server's use of a refresh token and its answer */
export async function startInterruptions(delayMs: number): Promise<InterruptionPlace> {
  let isOpenId = false;
  const server: RotatingServer = await startRotatingServer({
    delayMs,
    answer(sound, { path, form }) {
      if (path === '/jwks') return { status: 200, body: { keys: [key.jwk] } };
      if (sound.status !== 200 || form.get('client_id') !== 'client-1') return sound;
      const iat = Math.floor(Date.now() / 1000);
      const claims = { iss: server.origin, sub: 'alice', aud: 'client-1', iat, exp: iat + 600 };
      const id_token = signedToken({ alg: 'RS256', kid: 'key-1' }, claims, key);
      return isOpenId ? { status: 200, body: { ...(sound.body as JsonObject), id_token } } : sound;
    },
  });
  const home = createTestHome();
  return {
    server,
    home,
    begin({ openid }) {
      isOpenId = openid;
      server.begin();
      const session = sessionWith(server, { validForSeconds: -1, account: { sub: 'alice', name: null } });
      home.save({ ...session, server: { ...session.server, jwks_uri: `${server.origin}/jwks` } });
    },
    async close() {
      await server.close();
      home.remove();
    },
  };
}

function token({ server, home }: InterruptionPlace, { args }: Door): RunningCli {
  return startCli(['token', '--issuer', server.origin, '--client-id', 'client-1', ...args], {
    env: home.env,
  });
}

/** What became of a session whose refresher got a signal. */
export interface Interruption {
  readonly status: number | null;
  /** Whether the refresh token that is saved is the one that the server would take. */
  readonly isKept: boolean;
  /** The next run, which nothing interrupts. */
  readonly next: FinishedRun;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends a signal to a process that refreshes: SIGKILL at any point of its life, every other one while the answer is
 * awaited.
 * @param lifeMs how long the run takes when nothing interrupts it
 */
async function interrupt(
  place: InterruptionPlace,
  door: Door,
  signal: NodeJS.Signals,
  lifeMs: number,
  times: number,
): Promise<Interruption> {
  const { server, home } = place;
  place.begin(door);
  const before = server.requests.length;
  const run = token(place, door);
  const startedMs = performance.now();
  if (signal !== 'SIGKILL') {
    while (server.requests.length === before) await pause(2);
    await pause(Math.random() * Math.max(0, lifeMs - (performance.now() - startedMs)));
  } else await pause(Math.random() * lifeMs);
  run.child.kill(signal);
  for (let time = 1; time < times; time += 1) {
    await pause(20);
    run.child.kill(signal);
  }
  const { status } = await run.finished;
  const saved = home.read(clientAt(server.origin)).tokens?.refresh_token ?? '';
  const isKept = server.honours(saved);
  return { status, isKept, next: await token(place, door).finished };
}

/** How long a refresh takes that nothing interrupts. */
async function lifeOfRefresh(place: InterruptionPlace, door: Door): Promise<number> {
  place.begin(door);
  const startedMs = performance.now();
  await token(place, door).finished;
  return performance.now() - startedMs;
}

/** Has many processes ask at once for the token of an expired session. */
export async function storm(place: InterruptionPlace, door: Door, processes: number) {
  place.begin(door);
  const before = place.server.requests.length;
  const begun: Promise<FinishedRun>[] = [];
  for (let count = 0; count < processes; count += 1) {
    begun.push(token(place, door).finished);
    // The server, which is in this process, has to answer meanwhile.
    await pause(0);
  }
  const runs = await Promise.all(begun);
  return {
    refreshes: place.server.requests.slice(before).filter(({ path }) => path === '/token').length,
    said: new Set(runs.map(({ status, stdout, stderr }) => JSON.stringify({ status, stdout, stderr }))),
  };
}

const statuses = { SIGKILL: null, SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The tests of a refresh that gets each signal so many times. */
export function describeInterruptions(rounds: number): void {
  let place: InterruptionPlace;
  beforeAll(async () => {
    place = await startInterruptions(250);
  });
  afterAll(() => place.close());

  describe.skipIf(process.platform === 'win32').each(doors)('through $door', (door) => {
    it.each([
      ['SIGHUP', 1],
      ['SIGINT', 1],
      ['SIGTERM', 1],
      ['SIGINT', 3],
      ['SIGTERM', 3],
    ] as const)(
      'a refresh that gets %s brings its answer home, %i times',
      async (signal, times) => {
        const lifeMs = await lifeOfRefresh(place, door);
        for (let round = 0; round < rounds; round += 1) {
          const { status, isKept, next } = await interrupt(place, door, signal, lifeMs, times);
          // A signal in the last moments, when all is done, ends the process by itself.
          expect([statuses[signal], 0, null]).toContain(status);
          expect(isKept).toBe(true);
          expect(next).toMatchObject({ status: 0, stdout: `${place.server.last.accessToken}\n`, stderr: '' });
        }
      },
      60_000 + rounds * 10_000,
    );

    it(
      'a refresh that is killed loses a session only when the server has replaced its token and was not heard',
      async () => {
        const lifeMs = await lifeOfRefresh(place, door);
        let unheard = 0;
        for (let round = 0; round < rounds; round += 1) {
          const before = place.server.requests.length;
          const { isKept, next } = await interrupt(place, door, 'SIGKILL', lifeMs, 1);
          if (isKept) expect(next).toMatchObject({ status: 0, stderr: '' });
          else {
            unheard += 1;
            expect(place.server.requests.length).toBeGreaterThan(before);
            expect(next.stderr.replace(/\s+/g, ' ')).toMatch(/A refresh at \S+ was interrupted: most likely/);
            expect(next.status).toBe(4);
          }
          // Neither a lock nor half a file is left.
          expect(place.home.files().filter((name) => !name.endsWith('.json'))).toEqual([]);
        }
        process.stdout.write(`${door.door}: ${rounds} killed, ${unheard} of them unheard\n`);
      },
      60_000 + rounds * 10_000,
    );
  });
}
