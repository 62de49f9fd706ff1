// One measured login: starts a client, plays the browser, and notes when what happened.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from './measured-process.mjs';

const CLIENT_ID = 'benchmark';
const BASELINE = fileURLToPath(new URL('./openid-client-login.mjs', import.meta.url));

const BROWSER_HEADERS = {
  accept: 'text/html,application/xhtml+xml',
  'user-agent': 'Mozilla/5.0 (benchmark)',
};

/** A browser in so far as it keeps its connections open until it is closed. */
function createBrowser(ca) {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true, ca }),
  };
  return {
    get(url) {
      const { protocol } = new URL(url);
      const send = protocol === 'https:' ? httpsRequest : httpRequest;
      return new Promise((resolve, reject) => {
        send(url, { agent: agents[protocol], headers: BROWSER_HEADERS }, (response) => {
          response.resume();
          response.once('end', () => resolve(response));
          response.once('error', reject);
        })
          .once('error', reject)
          .end();
      });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Waits until the client printed the authorization URL, alone on a line of stderr. */
function authorizationUrlOf(running, prefix) {
  return new Promise((resolve, reject) => {
    running.child.stderr.on('data', () => {
      const lines = running.stderr.split(/\r?\n/).slice(0, -1);
      const url = lines.find((line) => line.startsWith(prefix));
      if (url !== undefined) resolve({ url, atMs: performance.now() });
    });
    running.finished.then(() => reject(new Error(`no line on stderr starts with ${prefix}`)), reject);
  });
}

function assertTokens(stdout) {
  const { tokens } = JSON.parse(stdout);
  if (!tokens?.access_token || !tokens.id_token) throw new Error(`no tokens in the result:\n${stdout}`);
}

/** How oauth-code is asked to log in at the fixture; with a key as FAPI 2.0 demands. */
export function oauthCodeLogin({ node, bin, env, fixture, keyFile }) {
  const { issuer, certificate } = fixture;
  const client = ['--issuer', issuer, '--client-id', CLIENT_ID, '--scope', 'openid profile offline_access'];
  const listener = [
    '--redirect-uri',
    'http://127.0.0.1:0/callback',
    '--no-browser',
    // The baseline keeps nothing either.
    '--store',
    'none',
    '--json',
  ];
  const trust = certificate === undefined ? [] : ['--ca-file', certificate.caFile];
  const fapi = keyFile === undefined ? [] : ['--fapi', '2', '--signing-key', keyFile];
  return { command: node, args: [bin, 'login', ...client, ...listener, ...trust, ...fapi], env };
}

/**
 * How the baseline is asked to log in at the fixture. With TLS its certificate check is switched off: Node 20 has
 * no other way to trust one more certificate that would not slow the start of the process down.
 */
export function openidClientLogin({ node, env, fixture }) {
  const trust = fixture.certificate === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  return { command: node, args: [BASELINE, fixture.issuer, CLIENT_ID], env: { ...env, ...trust } };
}

/**
 * Runs a login and returns its durations in milliseconds, with the time of the browser (from the URL on stderr
 * to the callback being sent) taken out of `totalMs`, and what the server counted.
 */
export async function runLogin(invocation, fixture, { personMs = 0 } = {}) {
  await fixture.takeCounts();
  const running = startProcess(invocation);
  const browser = createBrowser(fixture.certificate?.cert);
  try {
    const shown = await authorizationUrlOf(running, `${fixture.issuer}/authorize?`);
    if (personMs > 0) await sleep(personMs);
    const { statusCode, headers } = await browser.get(shown.url);
    if (headers.location === undefined) throw new Error(`the authorization endpoint answered ${statusCode}`);
    const calledBackAtMs = performance.now();
    // The page may come after the result and its connection may be cut; neither is the measurement's business.
    browser.get(headers.location).catch(() => {});
    const { startedAtMs, lastOutputAtMs, exitedAtMs, stdout } = await running.finished;
    assertTokens(stdout);
    const counts = await fixture.takeCounts();
    return {
      totalMs: lastOutputAtMs - startedAtMs - (calledBackAtMs - shown.atMs),
      startToUrlMs: shown.atMs - startedAtMs,
      callbackToResultMs: lastOutputAtMs - calledBackAtMs,
      resultToExitMs: exitedAtMs - lastOutputAtMs,
      ...counts,
      requestCount: counts.requests.length,
    };
  } finally {
    browser.close();
    if (running.child.exitCode === null) running.child.kill('SIGKILL');
  }
}
