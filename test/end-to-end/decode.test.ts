import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rs256 } from '../jose/token-vectors.ts';
import { runCli } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-decode-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const hostile = `${encode({ alg: 'RS256\u001b[2J', kid: '\u202eevil\n\u0007', '\u001b]0;x\u0007': 1 })}.${encode(
  {
    'a\u001b[31m': 'b\u001b[0m\r\nfake line',
    c: '\u009b31m\u2028\ud800',
    aud: ['\u001b]8;;http://evil.example\u0007'],
  },
)}.c2ln`;

/** Whatever a terminal obeys, but the line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028]/;

describe('decode', () => {
  it('reads a file', async () => {
    const file = join(folder, 'response.json');
    writeFileSync(file, JSON.stringify({ access_token: 'opaque-token', id_token: rs256.token }));
    const run = await runCli(['decode', file]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^access_token \(Opaque token\)[\s\S]*^id_token \(JWT\)/m);
  });

  it('reads a file in UTF-16', async () => {
    const file = join(folder, 'utf-16.jwt');
    writeFileSync(file, Buffer.from(`\uFEFF${rs256.token}\r\n`, 'utf16le'));
    expect(await runCli(['decode', file])).toMatchObject({ status: 0, stderr: '' });
  });

  it('reads stdin', async () => {
    const { status, stdout } = await runCli(['decode', '-'], { input: `Bearer ${rs256.token}\n` });
    expect(status).toBe(0);
    expect(stdout).toContain('iss                         joe');
  });
});

describe('decode in a terminal', () => {
  it('is inert, whatever is in the token', async () => {
    for (const words of [[hostile], [hostile, '--as', 'id-token'], [hostile, '--json']]) {
      const { stdout, stderr } = await runCli(['decode', ...words]);
      expect(`${stdout}${stderr}`).not.toMatch(obeyed);
    }
  });

  it('ends quietly when its reader goes away', async () => {
    const file = join(folder, 'large.jwt');
    writeFileSync(
      file,
      `${encode({ alg: 'RS256' })}.${encode({ text: 'lorem ipsum '.repeat(300_000) })}.c2ln`,
    );
    const child = spawn(
      process.execPath,
      [join(__dirname, '..', '..', 'bin', 'oauth-code.js'), 'decode', file],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
