// The measurements without much noise, as a gate: what the package weighs, what its fast entry and a login load, which
// requests and connections a login makes, and what very large files cost. Exits 1 with a line for each breach.
// `--no-build` packs what stands in dist/.
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCertificate, startFixture } from './fixture-process.mjs';
import { measureLargeInputs } from './large-input-case.mjs';
import { oauthCodeLogin, runLogin } from './login-run.mjs';
import { cleanEnvironment, readReport, startProcess, withReport } from './measured-process.mjs';
import { installPackage } from './package-under-test.mjs';

const MAX_TARBALL_BYTES = 756_000;
const MAX_BUILTINS = 3;
const LOGIN_REQUESTS = ['/.well-known/openid-configuration', '/jwks', '/token', '/userinfo'];
// Reading and compiling is most of what a login takes of its own.
const MAX_LOGIN_FILES = 20;
const MAX_LOGIN_BYTES = 500_000;
const MAX_REFRESH_FILES = 8;
const MAX_REFRESH_BYTES = 165_000;
const NAMES_SHOWN = 8;
const LOGINS = 3;
// Far above the target of the benchmark, so that a busy machine passes and a process kept alive by the browser's
// connection does not.
const MAX_RESULT_TO_EXIT_MS = 2500;
const MAX_LARGE_INPUT_SECONDS = 3;
const MAX_LARGE_INPUT_MEGABYTES = 400;

let breaches = 0;
function report(ok, text) {
  if (!ok) breaches += 1;
  process.stdout.write(`${ok ? 'ok    ' : 'BREACH'}  ${text}\n`);
}

function checkPackage({ manifest, tarballBytes }) {
  const size = `tarball is ${(tarballBytes / 1000).toFixed(0)} kB, limit ${MAX_TARBALL_BYTES / 1000} kB`;
  report(tarballBytes <= MAX_TARBALL_BYTES, size);
  const required = ['dependencies', 'peerDependencies', 'bundleDependencies', 'bundledDependencies'];
  const names = required.flatMap((field) => Object.keys(manifest[field] ?? {}));
  report(names.length === 0, `runtime dependencies: ${names.join(', ') || 'none'}, limit none`);
}

async function reportOf(args, { env, folder }) {
  const file = join(folder, 'report.json');
  await startProcess(withReport({ command: process.execPath, args, env }, file)).finished;
  return readReport(file);
}

const loadedBuiltins = async (args, place) => (await reportOf(args, place)).builtins;

async function checkFastEntry({ bin, folder }, env) {
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const known = new Set(await loadedBuiltins([empty], { env, folder }));
  for (const option of ['--version', '--help']) {
    const loaded = await loadedBuiltins([bin, option], { env, folder });
    const further = loaded
      .filter((name) => !known.has(name))
      .map((name) => name.replace('NativeModule ', ''));
    const names = further.length > 0 ? ` (${further.slice(0, NAMES_SHOWN).join(', ')})` : '';
    report(
      further.length <= MAX_BUILTINS,
      `${option} loads ${further.length} builtin modules more than an empty file${names}, limit ${MAX_BUILTINS}`,
    );
  }
}

async function checkFiles({ bin, folder }, env, path) {
  const fixture = await startFixture(path);
  try {
    const file = join(folder, 'report.json');
    const invocation = oauthCodeLogin({ node: process.execPath, bin, env, fixture });
    await runLogin(withReport(invocation, file), fixture);
    reportFiles('login', readReport(file).files, MAX_LOGIN_FILES, MAX_LOGIN_BYTES);
  } finally {
    await fixture.close();
  }
  const refresh = join(dirname(bin), '..', 'dist', 'quick-refresh.cjs');
  const { files } = await reportOf(['-e', `require(${JSON.stringify(refresh)})`], { env, folder });
  reportFiles('the refresh of token', files, MAX_REFRESH_FILES, MAX_REFRESH_BYTES);
}

function reportFiles(who, files, maxFiles, maxBytes) {
  const bytes = files.reduce((sum, name) => sum + statSync(name).size, 0);
  report(files.length <= maxFiles, `${who} reads ${files.length} files, limit ${maxFiles}`);
  report(
    bytes <= maxBytes,
    `${who} reads ${(bytes / 1000).toFixed(0)} kB of code, limit ${maxBytes / 1000} kB`,
  );
}

async function checkLogins({ bin }, env, path) {
  const fixture = await startFixture(path);
  const label = `login over ${path.certificate ? 'https' : 'http'}, ${path.roundTripMs} ms round trip:`;
  try {
    const invocation = oauthCodeLogin({ node: process.execPath, bin, env, fixture });
    const runs = [];
    for (let run = 0; run < LOGINS; run += 1) runs.push(await runLogin(invocation, fixture));
    // The keys may be asked for at any time after discovery; all other requests have their order.
    const asked = runs.map(({ requests }) => [...requests].sort().join(' '));
    const wrong = asked.find((requests) => requests !== LOGIN_REQUESTS.join(' '));
    report(wrong === undefined, `${label} requests ${wrong ?? asked[0]}, wanted ${LOGIN_REQUESTS.join(' ')}`);
    const connections = Math.max(...runs.map((run) => run.connections));
    report(connections === 1, `${label} connections ${connections}, limit 1`);
    const exitMs = Math.round(Math.max(...runs.map((run) => run.resultToExitMs)));
    report(
      exitMs <= MAX_RESULT_TO_EXIT_MS,
      `${label} gone ${exitMs} ms after the result, limit ${MAX_RESULT_TO_EXIT_MS} ms`,
    );
  } catch (error) {
    report(false, `${label} ${error.message}`);
  } finally {
    await fixture.close();
  }
}

function checkLargeInputs(subject, env) {
  measureLargeInputs(subject, env, ({ command, problem, seconds, megabytes }) => {
    const fits = seconds <= MAX_LARGE_INPUT_SECONDS && megabytes <= MAX_LARGE_INPUT_MEGABYTES;
    const limits = `limits ${MAX_LARGE_INPUT_SECONDS} s and ${MAX_LARGE_INPUT_MEGABYTES} MB`;
    const cost = `${seconds.toFixed(1)} s and ${megabytes.toFixed(0)} MB, ${limits}`;
    report(fits && problem === undefined, `${command}: ${problem ?? cost}`);
  });
}

const { values: options } = parseArgs({
  options: { build: { type: 'boolean', default: true } },
  allowNegative: true,
});
const subject = installPackage({ build: options.build });
try {
  const env = cleanEnvironment(subject.folder);
  checkPackage(subject);
  await checkFastEntry(subject, env);
  checkLargeInputs(subject, env);
  await checkFiles(subject, env, { roundTripMs: 0 });
  await checkLogins(subject, env, { roundTripMs: 0 });
  await checkLogins(subject, env, { roundTripMs: 30 });
  const certificate = createCertificate(subject.folder);
  if (certificate !== undefined) await checkLogins(subject, env, { roundTripMs: 0, certificate });
} finally {
  subject.remove();
}
process.stdout.write(breaches === 0 ? 'gate passed\n' : `gate failed: ${breaches} breaches\n`);
process.exitCode = breaches === 0 ? 0 : 1;
