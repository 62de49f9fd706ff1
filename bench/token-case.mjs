// The cases of `token`: from the session file, with one refresh over http, and many processes at once on an expired
// session; against a bare `node -e 0`, and for the storm against as many of them at once.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, startProcess, timeProcess, withPeakMemory } from './measured-process.mjs';
import { bareNode } from './start-case.mjs';
import { measureInterleaved, summarize, summarizeRatios } from './statistics.mjs';

const STORM_PROCESSES = 50;
const STORM_DELAY_MS = 50;
const MANY_SESSIONS = 10_000;
const ACCESS_TOKEN = Buffer.alloc(600, 7).toString('base64url');

/** Each case and the ratio to bare Node it is to stay within; the major version of Node decides for the refresh. */
export const TOKEN_CASES = {
  'token-cached': { maxRatio: () => 1.1, sessions: 1 },
  'token-cached-10000': { maxRatio: () => 1.1, sessions: MANY_SESSIONS },
  'token-cached-kubectl': { maxRatio: () => 1.1, args: ['-o', 'exec-credential'] },
  'token-cached-json': { maxRatio: () => 1.1, args: ['--json'] },
  'token-cached-options': {
    maxRatio: () => 1.1,
    args: ['-o', 'header', '--scope', 'read', '--min-validity', '300', '-q'],
  },
  'token-refresh': { maxRatio: (major) => (major <= 20 ? 5 : 3.5) },
  'token-storm': { maxRatio: () => 1.6 },
};

/** Measures the named cases; all but the storm in the same rounds. */
export async function measureToken(run, names) {
  const server = await startTokenServer();
  try {
    const single = names.filter((name) => name !== 'token-storm');
    const results = single.length === 0 ? [] : await measureSingle(run, single, server);
    return names.includes('token-storm') ? [...results, await measureStorm(run, server)] : results;
  } finally {
    await server.close();
  }
}

async function measureSingle({ node, subject, rounds, warmUps, major }, names, server) {
  const homes = Object.fromEntries(
    names.map((name) => [name, createHome(subject.folder, server.port, TOKEN_CASES[name].sessions ?? 1)]),
  );
  const bare = bareNode({ node, env: cleanEnvironment(subject.folder) });
  const invocations = Object.fromEntries(
    names.map((name) => [name, homes[name].invocation(node, subject.bin, TOKEN_CASES[name].args)]),
  );
  const prepare = async (name) => {
    if (name === 'token-refresh')
      homes[name].save({ expired: true, refreshToken: (await server.ask({})).last });
  };
  for (const name of names) homes[name].save({ expired: false });
  const measurements = {
    bare: () => timeProcess(bare),
    ...Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          await prepare(name);
          return timeProcess(invocations[name]);
        },
      ]),
    ),
  };
  const walls = await measureInterleaved(measurements, { rounds, warmUps });
  const results = [];
  for (const name of names) {
    await prepare(name);
    const { invocation, readMegabytes } = withPeakMemory(
      invocations[name],
      join(subject.folder, 'peak-memory'),
    );
    await timeProcess(invocation);
    results.push({
      case: name,
      wall_ms: summarize(walls[name]),
      ratio_to_bare: summarizeRatios(walls[name], walls.bare),
      peak_megabytes: Number(readMegabytes().toFixed(1)),
      target: { ratio_to_bare: TOKEN_CASES[name].maxRatio(major) },
    });
    homes[name].remove();
  }
  return results;
}

async function measureStorm({ node, subject, rounds, warmUps, major }, server) {
  const home = createHome(subject.folder, server.port, 1);
  const bare = bareNode({ node, env: cleanEnvironment(subject.folder) });
  const token = home.invocation(node, subject.bin);
  const counts = { refreshes: new Set(), reused: 0, lost: 0 };
  const together = async (invocation) => {
    const startedAtMs = performance.now();
    const runs = await Promise.all(
      Array.from({ length: STORM_PROCESSES }, () => startProcess(invocation).finished),
    );
    return { wallMs: performance.now() - startedAtMs, said: new Set(runs.map(({ stdout }) => stdout)) };
  };
  const walls = await measureInterleaved(
    {
      bare: async () => (await together(bare)).wallMs,
      storm: async () => {
        home.save({ expired: true, refreshToken: (await server.ask({ delayMs: STORM_DELAY_MS })).last });
        const { wallMs, said } = await together(token);
        const { refreshes, reused, last } = await server.ask({ delayMs: 0 });
        counts.refreshes.add(refreshes);
        counts.reused += reused;
        if (home.refreshToken() !== last || said.size !== 1) counts.lost += 1;
        return wallMs;
      },
    },
    // A storm is as long as fifty processes.
    { rounds: Math.max(5, Math.ceil(rounds / 4)), warmUps: Math.min(warmUps, 1) },
  );
  home.remove();
  return {
    case: 'token-storm',
    processes: STORM_PROCESSES,
    wall_ms: summarize(walls.storm),
    ratio_to_bare: summarizeRatios(walls.storm, walls.bare),
    refreshes_per_storm: [...counts.refreshes],
    refresh_tokens_reused: counts.reused,
    storms_with_a_lost_token: counts.lost,
    target: { ratio_to_bare: TOKEN_CASES['token-storm'].maxRatio(major) },
  };
}

async function startTokenServer() {
  const child = fork(new URL('./token-server.mjs', import.meta.url), { execArgv: [] });
  await once(child, 'message');
  const ask = async (message) => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const { port } = await ask({});
  return {
    port,
    ask,
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** A home with a profile, its session, and as many others as wanted. */
function createHome(folder, port, sessions) {
  const home = mkdtempSync(join(folder, 'home-'));
  const issuer = `http://127.0.0.1:${port}`;
  const configFile = join(home, 'config.json');
  writeFileSync(
    configFile,
    JSON.stringify({ version: 1, profiles: { bench: { issuer, client_id: 'client' } } }),
    { mode: 0o600 },
  );
  const { mtimeMs, size } = statSync(configFile);
  mkdirSync(join(home, 'sessions'), { mode: 0o700 });
  const path = (name) => join(home, 'sessions', `profile-${name}.json`);
  const save = ({ expired, refreshToken = 'refresh-token' }, name = 'bench') => {
    const endMs = Date.now() + (expired ? -1000 : 3_600_000);
    const session = {
      version: 1,
      kind: 'oauth-code session',
      owner: { type: 'profile', name },
      issuer,
      client_id: 'client',
      account: null,
      grant_type: 'authorization_code',
      requested: { scope: ['read'], resource: [], audience: null },
      scope: ['read'],
      refreshable: true,
      plain: true,
      quick: true,
      settings: `${configFile} ${mtimeMs} ${size}`,
      server: { token_endpoint: `${issuer}/token`, auth_method: 'none', assertion_audience: issuer },
      clock_skew_seconds: 0,
      obtained_at: new Date(endMs - 3_600_000).toISOString(),
      expires_at: new Date(endMs).toISOString(),
      tokens: {
        access_token: ACCESS_TOKEN,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        token_response: { access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: refreshToken },
      },
    };
    writeFileSync(path(name), `${JSON.stringify(session)}\n`, { mode: 0o600 });
  };
  for (let count = 1; count < sessions; count += 1) save({ expired: false }, `other-${count}`);
  return {
    save,
    refreshToken: () => JSON.parse(readFileSync(path('bench'), 'utf8')).tokens.refresh_token,
    invocation: (node, bin, more = []) => ({
      command: node,
      args: [bin, 'token', '-p', 'bench', ...more],
      env: cleanEnvironment(folder, { OAUTH_CODE_HOME: home }),
      cwd: home,
    }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
