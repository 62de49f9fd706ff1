import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../end-to-end/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-large-'));
afterAll(() => rmSync(folder, { recursive: true }));

const preload = join(folder, 'measure.cjs');
writeFileSync(
  preload,
  `process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    process.stderr.write(' spent ' + (userCPUTime + systemCPUTime) + ' peak ' + maxRSS);
  });`,
);

/** Runs the built bin and measures its processor time and memory, which do not grow on a busy machine. */
async function runMeasured(args: readonly string[]) {
  const run = await runCli(args, { env: { NODE_OPTIONS: `--require ${preload}` } });
  const [, spent, peak] = / spent (\d+) peak (\d+)$/.exec(run.stderr) ?? [];
  return { ...run, spentMs: Number(spent) / 1000, peakMegabytes: Number(peak) / 1024 };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('debug', () => {
  it('reads a HAR of 50 MB within 3 seconds of processor time and 400 MB', async () => {
    const file = join(folder, 'large.har');
    await writeLargeHar(file, 50_000_000);
    const { status, stdout, spentMs, peakMegabytes } = await runMeasured([
      'debug',
      file,
      ...['--json', '--fail-on', 'none'],
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).messages.map(({ kind }: { kind: string }) => kind)).toEqual(['token_response']);
    expect(spentMs).toBeLessThan(3000);
    expect(peakMegabytes).toBeLessThan(400);
  });
});

describe('decode', () => {
  it.each([
    [
      'of nearly ten megabytes',
      () => `${encode({ alg: 'RS256' })}.${encode({ text: 'x'.repeat(7_490_000) })}.c2ln`,
    ],
    [
      'nested a hundred thousand deep',
      () =>
        `${encode({ alg: 'RS256' })}.${Buffer.from(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`).toString('base64url')}.c2ln`,
    ],
    [
      'with two hundred thousand claims',
      () =>
        `${encode({ alg: 'RS256' })}.${encode(Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`claim-${index}`, index])))}.c2ln`,
    ],
    [
      'with eight thousand emoji',
      () => `${encode({ alg: 'RS256' })}.${encode({ text: '👩‍👩‍👧 日本 '.repeat(8000) })}.c2ln`,
    ],
  ])('shows a token %s within seconds', async (_, make) => {
    const file = join(folder, 'huge.jwt');
    writeFileSync(file, make());
    let totalMs = 0;
    for (const words of [[file], [file, '--json'], [file, '--as', 'access-token']]) {
      const { status, stdout, spentMs } = await runMeasured(['decode', ...words]);
      totalMs += spentMs;
      expect([0, 6]).toContain(status);
      expect(stdout.length).toBeGreaterThan(1000);
    }
    expect(totalMs).toBeLessThan(30_000);
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
