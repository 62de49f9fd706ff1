import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  const command = join(folder, 'oauth-code');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(command, 0o755);
  const config = { version: 1, profiles: { 'my-ci': { issuer: 'https://a.example', client_id: 'a' } } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function candidates(...words: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await runCli(['__complete', '--', ...words], {
    env: { OAUTH_CODE_HOME: folder },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('what may stand at the cursor', () => {
  it.each([
    { words: ['logi'], expected: ['login'] },
    { words: ['login', '--issu'], expected: ['--issuer'] },
    { words: ['login', '--pkce', ''], expected: ['S256', 'plain', 'off'] },
    { words: ['login', '-p', 'my'], expected: ['my-ci'] },
    { words: ['token', '--profile', ''], expected: ['my-ci'] },
    { words: ['login', '--ca-file', ''], expected: [] },
    { words: ['no-such-command', '--'], expected: [] },
    { words: ['__comp'], expected: [] },
    { words: ['hel'], expected: ['help'] },
    { words: ['help', 'keyc'], expected: ['keycloak'] },
    { words: ['help', 'logi'], expected: ['login', 'login.md'] },
    { words: ['help', 'session', 'sh'], expected: ['show'] },
    { words: ['completion', ''], expected: ['bash', 'zsh', 'fish', 'powershell'] },
    { words: ['report', ''], expected: ['last'] },
    { words: ['diff', 'last', ''], expected: [] },
    { words: ['profile', 'show', ''], expected: ['my-ci'] },
    { words: ['session', 'remove', 'my'], expected: ['my-ci'] },
    { words: ['init', 'keyc'], expected: ['keycloak'] },
  ])('$words', async ({ words, expected }) => {
    expect(await candidates(...words)).toEqual(expected);
  });
});

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;

describe.skipIf(!hasBash || process.platform === 'win32')('the script for bash', () => {
  const complete = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '--norc',
        '--noprofile',
        '-c',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash that expands it.
        'source <(oauth-code completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oauth_code; printf "%s\\n" "${COMPREPLY[@]}"',
        'bash',
        'oauth-code',
        ...words,
      ],
      {
        encoding: 'utf8',
        env: { PATH: `${folder}${delimiter}${process.env.PATH}`, OAUTH_CODE_HOME: folder },
      },
    ).trim();

  it('offers options and profile names', () => {
    expect(complete('login', '--redirect')).toBe('--redirect-uri');
    expect(complete('login', '-p', '')).toBe('my-ci');
  });

  it('runs nothing that stands in a word', () => {
    const trap = join(folder, 'trap');
    complete('login', `$(touch ${trap})`, '');
    expect(() => execFileSync('ls', [trap], { stdio: 'ignore' })).toThrow();
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { status, stdout } = await runCli(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('__complete');
  });

  it.each(['csh', 'constructor'])('refuses %s and names the shells there are', async (shell) => {
    const { status, stdout, stderr } = await runCli(['completion', shell]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/bash, zsh, fish, powershell/);
  });
});
