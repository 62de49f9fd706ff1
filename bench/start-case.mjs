// The cases that start the CLI without sending anything, against a bare `node -e 0`.
import { delimiter, dirname, join } from 'node:path';
import { cleanEnvironment, timeProcess, withPeakMemory } from './measured-process.mjs';
import { measureInterleaved, summarize, summarizeRatios } from './statistics.mjs';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** An ID token as servers issue them; nobody verifies its signature. */
const ID_TOKEN = [
  encode({ alg: 'RS256', typ: 'JWT', kid: '2026-11' }),
  encode({
    iss: 'https://login.example.com/realms/staff',
    sub: '248289761001',
    aud: 'web-debugger',
    exp: 4102444800,
    iat: 1795168512,
    auth_time: 1795168412,
    nonce: 'n-0S6_WzA2Mj',
    at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
    preferred_username: 'alice',
    email: 'alice@example.com',
    email_verified: true,
  }),
  Buffer.alloc(256, 7).toString('base64url'),
].join('.');

/** Arguments of each case and the ratio to bare Node it is to stay within. */
export const START_CASES = {
  version: { args: ['--version'], maxRatio: 1.1 },
  help: { args: ['--help'], maxRatio: 1.1 },
  decode: { args: ['decode', ID_TOKEN], maxRatio: 3 },
  'login-help': { args: ['login', '--help'], maxRatio: 1.3 },
};

const LAUNCH_ROUNDS = 7;

/** The process every other is compared with. */
export const bareNode = ({ node, env }) => ({ command: node, args: ['-e', '0'], env });

/** Measures the named cases, all in the same rounds. */
export async function measureStart({ node, subject, rounds, warmUps }, names) {
  const env = cleanEnvironment(subject.folder);
  const invocations = { bare: bareNode({ node, env }) };
  for (const name of names)
    invocations[name] = { command: node, args: [subject.bin, ...START_CASES[name].args], env };
  const measurements = Object.entries(invocations).map(([name, invocation]) => [
    name,
    () => timeProcess(invocation),
  ]);
  const walls = await measureInterleaved(Object.fromEntries(measurements), { rounds, warmUps });
  const results = [];
  for (const name of ['bare', ...names]) {
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
      ...(name === 'bare' ? {} : { target: { ratio_to_bare: START_CASES[name].maxRatio } }),
    });
  }
  return results;
}

/** What starting through npx costs; for information, few rounds. */
export async function measureLaunch({ node, subject }) {
  const env = cleanEnvironment(subject.folder);
  env.PATH = `${dirname(node)}${delimiter}${env.PATH}`;
  const launch = {
    command: 'npx',
    args: ['--no-install', 'oauth-code', '--version'],
    env,
    cwd: subject.prefix,
  };
  const walls = await measureInterleaved(
    { bare: () => timeProcess(bareNode({ node, env })), npx: () => timeProcess(launch) },
    { rounds: LAUNCH_ROUNDS, warmUps: 1 },
  );
  return {
    case: 'npx',
    wall_ms: summarize(walls.npx),
    ratio_to_bare: summarizeRatios(walls.npx, walls.bare),
  };
}
