// The cases that log in: oauth-code against openid-client, or against its own plain login, at the same server and in
// the same rounds.
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFixture } from './fixture-process.mjs';
import { oauthCodeLogin, openidClientLogin, runLogin } from './login-run.mjs';
import { cleanEnvironment, timeProcess, withPeakMemory } from './measured-process.mjs';
import { bareNode } from './start-case.mjs';
import { measureInterleaved, summarize, summarizeRatios } from './statistics.mjs';

/** The path to the server in each case, and how long the login may take against openid-client. */
export const LOGIN_CASES = {
  'login-http-0ms': { tls: false, roundTripMs: 0, maxRatio: 1 },
  'login-http-30ms': { tls: false, roundTripMs: 30, maxRatio: 0.85 },
  'login-https-0ms': { tls: true, roundTripMs: 0, maxRatio: 1 },
  'login-https-30ms': { tls: true, roundTripMs: 30, maxRatio: 0.85 },
  // PAR, private_key_jwt and DPoP, against a plain login of our own.
  'login-fapi-0ms': { tls: false, roundTripMs: 0, maxRatio: 1.5, fapi: true },
};

const MAX_RESULT_TO_EXIT_MS = 150;
const MAX_MEGABYTES = 110;
const MAX_OWN_MS_AFTER_CALLBACK = 25;
const MEMORY_RUNS = 3;

/** The most that a few runs needed: memory varies little, and a limit is about the worst. */
async function measurePeakMemory(invocation, fixture, folder) {
  const { invocation: wrapped, readMegabytes } = withPeakMemory(invocation, join(folder, 'peak-memory'));
  const values = [];
  for (let run = 0; run < MEMORY_RUNS; run += 1) {
    await runLogin(wrapped, fixture);
    values.push(readMegabytes());
  }
  return Number(Math.max(...values).toFixed(1));
}

/** A new key of the client that signs: its file, and its public half. */
function createClientKey(folder) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = join(folder, 'client-key.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return { keyFile, clientKey: publicKey.export({ format: 'jwk' }) };
}

function summarizeLogins(runs, bareWalls) {
  const of = (field) => summarize(runs.map((run) => run[field]));
  const counts = (field) => [...new Set(runs.map((run) => run[field]))].sort((a, b) => a - b);
  return {
    total_ms: of('totalMs'),
    ratio_to_bare: summarizeRatios(
      runs.map((run) => run.totalMs),
      bareWalls,
    ),
    start_to_url_ms: of('startToUrlMs'),
    callback_to_result_ms: of('callbackToResultMs'),
    result_to_exit_ms: of('resultToExitMs'),
    requests: counts('requestCount'),
    connections: counts('connections'),
  };
}

/** Measures one login case. */
export async function measureLogin({ node, subject, rounds, warmUps, personMs }, name, certificate) {
  const { tls, roundTripMs, maxRatio, fapi } = LOGIN_CASES[name];
  const { keyFile, clientKey } = fapi ? createClientKey(subject.folder) : {};
  const fixture = await startFixture({ certificate: tls ? certificate : undefined, roundTripMs, clientKey });
  try {
    const env = cleanEnvironment(subject.folder);
    const own = { node, bin: subject.bin, env, fixture };
    const ours = oauthCodeLogin({ ...own, keyFile });
    const baseline = fapi ? oauthCodeLogin(own) : openidClientLogin({ node, env, fixture });
    const results = await measureInterleaved(
      {
        bare: () => timeProcess(bareNode({ node, env })),
        ours: () => runLogin(ours, fixture, { personMs }),
        baseline: () => runLogin(baseline, fixture, { personMs }),
      },
      { rounds, warmUps },
    );
    const totals = (runs) => runs.map((run) => run.totalMs);
    return {
      case: name,
      baseline: fapi ? 'plain login' : 'openid-client',
      ours: {
        ...summarizeLogins(results.ours, results.bare),
        peak_megabytes: await measurePeakMemory(ours, fixture, subject.folder),
      },
      against: {
        ...summarizeLogins(results.baseline, results.bare),
        peak_megabytes: await measurePeakMemory(baseline, fixture, subject.folder),
      },
      ratio: summarizeRatios(totals(results.ours), totals(results.baseline)),
      target: {
        ratio: maxRatio,
        callback_to_result_ms: 2 * roundTripMs + MAX_OWN_MS_AFTER_CALLBACK * (fapi ? maxRatio : 1),
        result_to_exit_ms: MAX_RESULT_TO_EXIT_MS,
        peak_megabytes: MAX_MEGABYTES,
      },
    };
  } finally {
    await fixture.close();
  }
}
