import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import cases from '../fixtures/provider-responses.json';
import { runCli } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-debug-'));
afterAll(() => rmSync(folder, { recursive: true }));

const chosen = ['github-token-form', 'entra-error-crlf', 'keycloak-discovery-mixed'];

describe('debug', () => {
  it.each(cases.filter(({ id }) => chosen.includes(id)).map((given) => [given.id, given] as const))(
    'reads %s from a file and from stdin alike',
    async (id, given) => {
      const file = join(folder, `${id}.json`);
      writeFileSync(file, JSON.stringify(given));
      const fromFile = await runCli(['debug', file, '--json']);
      const fromStdin = await runCli(['debug', '--json'], { input: JSON.stringify(given) });
      expect(fromStdin).toEqual(fromFile);
      const [message] = JSON.parse(fromFile.stdout).messages;
      const { outcome, deviations, ...values } = given.expect;
      expect(message).toMatchObject({ outcome, values });
      const ids: string[] = message.findings.map((finding: { id: string }) => finding.id);
      expect(ids.toSorted()).toEqual(deviations.map((one) => one.replaceAll('_', '-')).toSorted());
      expect(fromFile.status).toBe(
        message.findings.some(({ severity }: { severity: string }) => severity === 'violation') ? 7 : 0,
      );
    },
  );

  it('shows its help with the inputs it takes', async () => {
    const { status, stdout } = await runCli(['debug', '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/--as <kind>/);
    expect(stdout.split('\n').filter((line) => line.length > 90)).toEqual([]);
  });
});
