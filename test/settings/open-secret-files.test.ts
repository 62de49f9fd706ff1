import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../fakes/run-here.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const certified = issueCertificate({ name: 'client' });
const files: Readonly<Record<string, string>> = {
  secret: 'a-secret-of-the-client\n',
  'key.pem': pem,
  'key.jwk': JSON.stringify(privateKey.export({ format: 'jwk' })),
  'public.pem': String(publicKey.export({ type: 'spki', format: 'pem' })),
  'both.pem': `${certified.cert}${certified.key}`,
  assertion: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'open-secrets-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const token = [
  'token',
  '--store',
  'none',
  '--client-id',
  'c',
  '--token-endpoint',
  'http://127.0.0.1:9/token',
];
const grant = [...token, '--grant-type', 'client_credentials'];
const exchange = [...token, '--grant-type', 'urn:ietf:params:oauth:grant-type:token-exchange'];

/** What names the file, and the rest of the command line. */
const uses: readonly (readonly [option: string, file: string, argv: readonly string[]])[] = [
  ['--client-secret-file', 'secret', grant],
  ['--signing-key', 'key.pem', grant],
  ['--signing-key', 'key.jwk', grant],
  ['--cert', 'both.pem', grant],
  ['--signing-key', 'key.pem', [...grant, '--dpop-key', 'key.pem']],
  ['--assertion-from', 'assertion', grant],
  ['--subject-token-file', 'assertion', exchange],
  ['--access-token-file', 'secret', ['userinfo', '--userinfo-endpoint', 'http://127.0.0.1:9/me']],
  ['--tls-key', 'key.pem', ['login', '--client-id', 'c', '--issuer', 'http://127.0.0.1:9', '--port', '0']],
  ['--key', 'key.pem', ['decode', files.assertion ?? '']],
];

async function warningsOf([option, file, argv]: (typeof uses)[number], mode: number, more: string[] = []) {
  const path = join(folder, file);
  chmodSync(path, mode);
  const value = option === '--assertion-from' ? `file:${path}` : path;
  const cert = option === '--tls-key' ? ['--tls-cert', join(folder, 'public.pem')] : [];
  const given = argv.map((word) => (word in files ? join(folder, word) : word));
  const { stderr } = await runHere([...given, option, value, ...cert, ...more]);
  return stderr.split('can be read by other users').length - 1;
}

describe.skipIf(process.platform === 'win32')('a file with a secret in it', () => {
  it.each(uses)('that others can read is warned of: %s %s', async (...use) => {
    expect(await warningsOf(use, 0o644)).toBe(1);
    expect(await warningsOf(use, 0o600)).toBe(0);
    if (use[2][0] !== 'decode') expect(await warningsOf(use, 0o644, ['-q'])).toBe(0);
  });

  it.each([
    [0o400, 0],
    [0o640, 1],
    [0o604, 1],
    [0o666, 1],
  ])('has the mode %o', async (mode, warnings) => {
    expect(await warningsOf(['--client-secret-file', 'secret', grant], mode)).toBe(warnings);
  });

  it('that others can replace is warned of', async () => {
    chmodSync(folder, 0o777);
    const path = join(folder, 'secret');
    chmodSync(path, 0o600);
    const told = await runHere([...grant, '--client-secret-file', path]);
    expect(told.stderr.replace(/\s+/g, ' ')).toContain(`who can write to ${folder}: chmod o-w ${folder}`);
    chmodSync(folder, 0o1777);
    expect((await runHere([...grant, '--client-secret-file', path])).stderr).not.toContain('replaced');
    chmodSync(folder, 0o700);
  });

  it('has to be one: a public key may be open', async () => {
    const decode = ['decode', files.assertion ?? ''];
    expect(await warningsOf(['--key', 'public.pem', decode], 0o644)).toBe(0);
  });
});
