import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { runCli } from './cli.ts';

const main = join(__dirname, '..', '..', 'dist', 'main.cjs');

describe('the two doors', () => {
  it.each(['--help', '-h', '--version', '-V'])(
    '%s says the same through the entry and the program',
    async (flag) => {
      const full = execFileSync(process.execPath, [main, flag], { encoding: 'utf8' });
      expect(await runCli([flag])).toEqual({ status: 0, stdout: full, stderr: '' });
    },
  );

  it('prints the version of the package', async () => {
    expect((await runCli(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('usage', () => {
  it('shows the help of a command on stdout', async () => {
    const { status, stdout, stderr } = await runCli(['login', '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--issuer <url>');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('names a mistyped option and the one that was meant, with status 2', async () => {
    const { status, stdout, stderr } = await runCli(['login', '--isuer', 'https://a.example']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/unknown option '--isuer'/i);
    expect(stderr).toMatch(/Did you mean --issuer\?/);
  });

  it('tells a mistyped command as one JSON line when asked to', async () => {
    const { status, stdout, stderr } = await runCli(['lgoin', '--json']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      version: 1,
      error: { code: 'usage', exit_code: 2, hint: expect.stringContaining('login') },
      checks: [],
    });
  });

  it('explains the exit statuses', async () => {
    expect((await runCli(['help', 'exit-codes'])).stdout).toMatch(/^ {2}6 {4}an answer came/m);
  });
});
