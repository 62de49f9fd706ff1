import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { es512, hs256, rs256, rsaOaep, sdJwtPresentation, unsecured } from '../jose/token-vectors.ts';
import { type CliOptions, type FinishedRun, runCli } from './cli.ts';

const main = join(__dirname, '..', '..', 'dist', 'main.cjs');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-decode-'));
const inUtf16 = join(folder, 'utf-16.jwt');
writeFileSync(inUtf16, Buffer.from(`\uFEFF${rs256.token}\r\n`, 'utf16le'));
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

const inputs: readonly (readonly [what: string, words: readonly string[]])[] = [
  ['a JWT', [hs256.token]],
  ['a JWT as JSON', [rs256.token, '--json']],
  ['an unsigned JWT', [unsecured]],
  ['a payload that is not JSON', [es512.token]],
  ['a file in UTF-16', [inUtf16]],
  ['a JWE', [rsaOaep.token]],
  ['an SD-JWT', [sdJwtPresentation]],
  ['Bearer and a token as two words', ['Bearer', rs256.token]],
  ['an opaque token', ['SplxlOBeZQQYbYS6WxSbIA']],
  ['a hostile token', [hostile]],
  ['a sentence', ['there is none in here']],
  ['a file that is not there', ['./nowhere.jwt']],
  ['another option', [hs256.token, '--as', 'id-token']],
];

/** What the whole program says, without the small one in front. */
const runMain = (words: readonly string[], options: CliOptions = {}) =>
  runCli(words, { ...options, bin: main });

/** The two runs are not at the same moment. */
const timeless = ({ stdout, stderr, status }: FinishedRun) => {
  const without = (text: string) =>
    text.replace(/\d\d:\d\d:\d\d UTC \(now\)/g, '(now)').replace(/\([^()]* ago\)/g, '(ago)');
  return { status, stdout: without(stdout), stderr: without(stderr) };
};

describe('the two doors of decode', () => {
  it.each(inputs)('say the same of %s, with and without colour', async (_, words) => {
    for (const env of [{}, { FORCE_COLOR: '1' }, { NO_COLOR: '1' }, { LANG: 'C' }]) {
      const [quick, whole] = [
        await runCli(['decode', ...words], { env }),
        await runMain(['decode', ...words], { env }),
      ];
      expect(timeless(quick)).toEqual(timeless(whole));
    }
  });

  it('say the same of a file', async () => {
    const file = join(folder, 'response.json');
    writeFileSync(file, JSON.stringify({ access_token: 'opaque-token', id_token: rs256.token }));
    const quick = await runCli(['decode', file]);
    expect(timeless(quick)).toEqual(timeless(await runMain(['decode', file])));
    expect(quick).toMatchObject({ status: 0, stderr: '' });
    expect(quick.stdout).toMatch(/^access_token \(Opaque token\)[\s\S]*^id_token \(JWT\)/m);
  });

  it('read stdin', async () => {
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
