// Runs the tests that take too long for every change: each parser reads 100,000 texts, megabytes are read within their
// limits of processor time and memory, fifty processes ask for one session's token at once, and the
// other tests go through every combination of their cases. Where there is a network, the conformance suite
// of MCP and a server of fastmcp are installed and tried. Counts and times are printed; the status is 1 when a test fails.
// FUZZ_RUNS, STORM_PROCESSES and STORM_ROUNDS set the numbers.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const parts = [
  { project: 'unit', tests: 'test/fuzz', env: { FUZZ_RUNS: '100000' } },
  { project: 'unit', tests: 'test', env: { EVERY_CASE: '1' } },
  { project: 'nightly', tests: 'test/nightly', env: { NIGHTLY: '1' } },
  {
    project: 'end-to-end',
    tests: 'test/end-to-end',
    env: { EVERY_CASE: '1', STORM_PROCESSES: '50', STORM_ROUNDS: '20' },
  },
];

for (const { project, tests, env } of parts) {
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', project, tests], {
    stdio: 'inherit',
    env: { ...env, ...process.env },
  });
  if (status !== 0) process.exitCode = 1;
}
