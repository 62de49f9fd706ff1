import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
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

  it('reads a HAR of 50 MB within 3 seconds of computing and 400 MB', async () => {
    const file = join(folder, 'large.har');
    await writeLargeHar(file, 50_000_000);
    const preload = join(folder, 'usage.cjs');
    writeFileSync(
      preload,
      'process.on("exit", () => process.stderr.write("usage " + JSON.stringify(process.resourceUsage())));',
    );
    const { status, stdout, stderr } = await runCli(['debug', file, '--json', '--fail-on', 'none'], {
      env: { NODE_OPTIONS: `--require ${preload}` },
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).messages.map(({ kind }: { kind: string }) => kind)).toEqual(['token_response']);
    const usage = JSON.parse(/usage (.*)/.exec(stderr)?.[1] ?? '');
    // Wall time would depend on what else the machine does; bench/gate.mjs measures it.
    expect((usage.userCPUTime + usage.systemCPUTime) / 1e6).toBeLessThan(3);
    expect(usage.maxRSS / 1024).toBeLessThan(400);
  });
});

async function writeLargeHar(file: string, size: number): Promise<void> {
  const entry = (url: string, text: string) =>
    JSON.stringify({
      startedDateTime: '2026-11-20T10:00:00Z',
      time: 1,
      request: { method: 'GET', url, headers: [] },
      response: { status: 200, headers: [], content: { size: text.length, text } },
    });
  const page = entry('https://cdn.example/app.js', `état Ω "{[\\" ${'lorem ipsum {} '.repeat(4000)}`);
  const out = createWriteStream(file);
  out.write('{"log":{"version":"1.2","entries":[');
  for (let written = 0; written < size; written += page.length) out.write(`${page},`);
  out.end(`${entry('https://as.example/token?grant_type=x', '{"error":"invalid_grant"}')}]}}`);
  await finished(out);
}
