import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { McpDocument } from '../../src/output/documents.ts';
import { authorizationUrl, startCli } from '../end-to-end/cli.ts';
import { follow } from '../end-to-end/scripted-login.ts';

const run = promisify(execFile);
const minutes = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-fastmcp-'));
afterAll(() => rmSync(folder, { recursive: true }));

it(
  'calls a tool of fastmcp, which is its own authorization server',
  async ({ skip }) => {
    const python = join(folder, 'bin', 'python');
    await run('python3', ['-m', 'venv', folder], { timeout: minutes })
      .then(() => run(python, ['-m', 'pip', 'install', '-q', 'fastmcp==4.2.3'], { timeout: 8 * minutes }))
      .catch((error) => skip(`fastmcp cannot be installed: ${String(error.stderr ?? error).slice(0, 200)}`));
    const server = spawn(python, [join(__dirname, 'fastmcp-server.py')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
      const url = String(line).trim();
      await expect
        .poll(() =>
          fetch(url).then(
            ({ status }) => status,
            () => 0,
          ),
        )
        .toBe(401);
      const call = ['--call', 'add', '--args', '{"a":2,"b":3}'];
      const cli = startCli(['mcp', url, '--port', '0', '--json', ...call]);
      await follow(await authorizationUrl(cli));
      const { status, stdout, stderr } = await cli.finished;
      expect(status, stderr).toBe(0);
      const { verdict, answer }: McpDocument = JSON.parse(stdout);
      expect(verdict.outcome).toBe('works');
      expect(JSON.stringify(answer?.result)).toContain('5');
    } finally {
      server.kill();
      if (server.exitCode === null) await once(server, 'exit');
    }
  },
  12 * minutes,
);
