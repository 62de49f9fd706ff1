// Starts the processes that are measured, in an environment that holds nothing which would flatter or slow them
// (NODE_EXTRA_CA_CERTS alone makes a bare Node 20 take 2.7 times as long).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEPT_VARIABLES = ['PATH', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'PATHEXT'];
const REPORT_HOOK = fileURLToPath(new URL('./report-on-exit.cjs', import.meta.url));
const GNU_TIME = '/usr/bin/time';
const LIMIT_MS = 30_000;

/** The environment of every measured process; `home` keeps it away from the user's own files. */
export function cleanEnvironment(home, extra = {}) {
  const kept = KEPT_VARIABLES.filter((name) => process.env[name] !== undefined);
  const env = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  return { ...env, HOME: home, USERPROFILE: home, OAUTH_CODE_HOME: join(home, 'oauth-code'), ...extra };
}

/** Starts a process and notes when it was started and when it was gone (`performance.now()` milliseconds). */
export function startProcess({ command, args, env, cwd, shell }) {
  const startedAtMs = performance.now();
  const child = spawn(command, args, { env, cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  const seen = { startedAtMs, child, stdout: '', stderr: '', lastOutputAtMs: undefined };
  child.stdout.on('data', (chunk) => {
    seen.lastOutputAtMs = performance.now();
    seen.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    seen.stderr += chunk;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let exitedAtMs;
  child.once('exit', () => {
    exitedAtMs = performance.now();
    clearTimeout(limit);
  });
  // The streams may end after the process: only then is all output known.
  seen.finished = once(child, 'close').then(([status, signal]) => {
    if (status === 0) return { ...seen, exitedAtMs };
    throw new Error(
      `${command} ${args.join(' ')} ended with ${signal ?? status}:\n${seen.stdout}${seen.stderr}`,
    );
  });
  seen.finished.catch(() => {});
  return seen;
}

/** Runs to the end and returns the wall time in milliseconds. */
export async function timeProcess(invocation) {
  const { startedAtMs, exitedAtMs } = await startProcess(invocation).finished;
  return exitedAtMs - startedAtMs;
}

const hasGnuTime = () =>
  existsSync(GNU_TIME) && spawnSync(GNU_TIME, ['-f', '%M', process.execPath, '--version']).status === 0;

/**
 * Wraps an invocation so that its peak memory can be read after it ended: by GNU time, which sees the whole life
 * of the process, else by a preloaded hook, which ends with the script.
 */
export function withPeakMemory({ command, args, env, ...rest }, reportFile) {
  if (hasGnuTime()) {
    return {
      invocation: { ...rest, command: GNU_TIME, args: ['-o', reportFile, '-f', '%M', command, ...args], env },
      // Above the number it says when the status was another than 0.
      readMegabytes: () => (Number(readFileSync(reportFile, 'utf8').trim().split('\n').at(-1)) * 1024) / 1e6,
    };
  }
  return {
    invocation: withReport({ ...rest, command, args, env }, reportFile),
    readMegabytes: () => (readReport(reportFile).maxRssKibibytes * 1024) / 1e6,
  };
}

/** Wraps the invocation of a Node program so that it leaves what report-on-exit.cjs notes. */
export function withReport({ args, env, ...rest }, reportFile) {
  return {
    ...rest,
    args: ['--require', REPORT_HOOK, ...args],
    env: { ...env, BENCH_REPORT_FILE: reportFile },
  };
}

/** Reads what report-on-exit.cjs noted. */
export function readReport(reportFile) {
  return JSON.parse(readFileSync(reportFile, 'utf8'));
}
