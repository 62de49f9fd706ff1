import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the test run a home in place of the real one, which every worker and every spawned command inherits, and
 * removes it at the end. The run fails when a file of `oauth-code` is in that home: a test that writes has a temporary
 * folder of its own.
 */
export default function giveOwnHome(): () => void {
  const home = mkdtempSync(join(tmpdir(), 'oauth-code-tests-'));
  for (const name of ['HOME', 'USERPROFILE']) process.env[name] = home;
  for (const name of ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'OAUTH_CODE_HOME']) delete process.env[name];

  return () => {
    const written = readdirSync(home, { recursive: true, encoding: 'utf8' });
    const strays = written.filter((file) => file.includes('oauth-code'));
    rmSync(home, { recursive: true, force: true });
    if (strays.length === 0) return;
    // Vitest prints what a tear-down throws, and ends with 0 all the same.
    process.exitCode = 1;
    throw new Error(`A test has written to the home of the user: ${strays.join(', ')}`);
  };
}
