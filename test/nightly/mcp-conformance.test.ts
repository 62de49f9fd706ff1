import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const run = promisify(execFile);
/** The suite needs a newer Node than we do, and is too large for every installation of ours. */
const packages = ['@modelcontextprotocol/conformance@0.2.0-alpha.12', 'node@24.21.0'];
const client = `${process.execPath} ${join(__dirname, 'conformance-client.mjs')}`;
const minutes = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-mcp-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the suite, whatever its status. */
async function conformance(...args: readonly string[]): Promise<string> {
  const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
  const options = { cwd: folder, timeout: minutes };
  const { stdout, stderr } = await run(bin('node'), [bin('conformance'), ...args], options).catch(
    (error) => error,
  );
  return `${stdout}${stderr}`;
}

it(
  'passes the authorization scenarios of the conformance suite of MCP',
  async ({ skip }) => {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...packages], {
      timeout: 5 * minutes,
    }).catch((error) => skip(`The suite cannot be installed: ${String(error.stderr).trim().split('\n')[0]}`));
    const listed = await conformance('list');
    const scenarios = [...listed.matchAll(/^ {2}- (auth\/\S+) \[(.*)\]$/gm)].flatMap(
      ([, name = '', versions]) =>
        // The version of 2025-03-26 guesses endpoints where there is no metadata.
        versions === '2025-03-26' ? [] : [name],
    );
    expect(scenarios.length).toBeGreaterThan(30);
    const results: Record<string, string> = {};
    for (const scenario of scenarios) {
      const chosen = ['--scenario', scenario, '--spec-version', '2026-07-28', '--force'];
      const output = await conformance('client', '--command', client, ...chosen);
      results[scenario] = /OVERALL: (\w+)/.exec(output)?.[1] ?? output.slice(-1000);
    }
    expect(results).toEqual(Object.fromEntries(scenarios.map((scenario) => [scenario, 'PASSED'])));
  },
  20 * minutes,
);
