import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

/** ID tokens, UserInfo and introspection responses that oidc-provider encrypts for the client. */
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-encrypted-'));
const at = (name: string) => join(folder, name);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = 'a-secret-of-more-than-32-characters-for-A256';
const passphrase = 'open sesame';

const clients = [
  {
    client_id: 'by-rsa',
    id_token_encrypted_response_alg: 'RSA-OAEP-256',
    userinfo_encrypted_response_alg: 'RSA-OAEP-256',
    introspection_encrypted_response_alg: 'RSA-OAEP-256',
    args: () => ['--decryption-key', at('rsa.pem'), '--key-passphrase-file', at('passphrase')],
  },
  {
    client_id: 'by-ec',
    id_token_encrypted_response_alg: 'ECDH-ES+A128KW',
    userinfo_encrypted_response_alg: 'ECDH-ES',
    introspection_encrypted_response_alg: 'ECDH-ES',
    args: () => ['--decryption-key', at('set.json')],
  },
  {
    client_id: 'by-secret',
    id_token_encrypted_response_alg: 'dir',
    userinfo_encrypted_response_alg: 'A128KW',
    introspection_encrypted_response_alg: 'A256GCMKW',
    args: () => [],
  },
];

let idp: RunningIdp;

beforeAll(async () => {
  const cipher = { cipher: 'aes-256-cbc', passphrase };
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(at('rsa.pem'), rsa.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
  writeFileSync(at('other.pem'), pem(other.privateKey));
  writeFileSync(at('passphrase'), passphrase);
  writeFileSync(at('secret'), secret);
  const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'enc' });
  writeFileSync(
    at('set.json'),
    JSON.stringify({ keys: [jwk(other.privateKey, 'other'), jwk(ec.privateKey, 'ec')] }),
  );
  const options = {
    clients: clients.map(({ args: _, ...client }) => ({
      ...client,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1:8378/callback'],
      introspection_signed_response_alg: 'RS256',
      userinfo_signed_response_alg: 'RS256',
      jwks: { keys: [jwk(rsa.publicKey, 'rsa'), jwk(ec.publicKey, 'ec')] },
    })),
    enabledJWA: {
      idTokenEncryptionAlgValues: ['RSA-OAEP-256', 'ECDH-ES+A128KW', 'dir'],
      userinfoEncryptionAlgValues: ['RSA-OAEP-256', 'ECDH-ES', 'A128KW'],
      introspectionEncryptionAlgValues: ['RSA-OAEP-256', 'ECDH-ES', 'A256GCMKW'],
    },
  };
  const config = readIdpConfig(JSON.stringify(options), 'the options of this test');
  idp = await startIdp({ port: 0, config });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const about = (clientId: string) => [
  '--issuer',
  idp.issuer,
  '--client-id',
  clientId,
  '--client-secret-file',
  at('secret'),
];
const access = ['--scope', 'openid profile offline_access', '--prompt', 'consent'];
const env = { OAUTH_CODE_STORE: 'file' };
type Checks = readonly { readonly id: string; readonly outcome: string; readonly detail: string }[];
const outcomes = (checks: Checks, pattern: RegExp) =>
  checks.filter(({ id }) => pattern.test(id)).map(({ id, outcome }) => `${id} ${outcome}`);

describe('what a server encrypts', () => {
  it.each(clients)('is opened and judged at every command for $client_id', async ({ client_id, args }) => {
    const common = [...about(client_id), ...args()];
    const login = await loginAsPerson(idp, [...common, ...access, '--json'], { env });
    expect(login, login.stderr).toMatchObject({ status: 0 });
    const document = JSON.parse(login.stdout);
    expect(document).toMatchObject({ userinfo: { sub: 'alice', name: 'Alice Adams' } });
    expect(document.decoded.id_token.claims).toMatchObject({ sub: 'alice', aud: client_id });
    expect(document.token_response.id_token.split('.')).toHaveLength(5);
    const made = outcomes(document.checks, /^jwe-|^id-token-(?:signature|nonce)$|^userinfo-sub$/);
    expect(made.sort()).toEqual([
      'id-token-nonce pass',
      'id-token-signature pass',
      'jwe-decryption pass',
      'jwe-decryption pass',
      'userinfo-sub pass',
    ]);

    const refreshed = await runCli(['refresh', ...common, '--json'], { env });
    expect(refreshed, refreshed.stderr).toMatchObject({ status: 0 });
    expect(outcomes(JSON.parse(refreshed.stdout).checks, /^jwe-|^refreshed-id-token$/)).toEqual([
      'jwe-decryption pass',
      'refreshed-id-token pass',
    ]);
    const token = await runCli(['token', ...common, '--token', 'id_token'], { env });
    expect(token.stdout.split('.')).toHaveLength(3);
    // Where a key opens the answer the client secret is not read.
    const unread = { ...env, OAUTH_CODE_CLIENT_SECRET_FILE: at('nonexistent') };
    const userinfo = await runCli(
      ['userinfo', ...about(client_id).slice(0, args().length === 0 ? undefined : 4), ...args(), '--json'],
      { env: args().length === 0 ? env : unread },
    );
    expect(userinfo, userinfo.stderr).toMatchObject({ status: 0 });
    expect(JSON.parse(userinfo.stdout)).toMatchObject({ userinfo: { sub: 'alice' } });
    const asked = await runCli(['introspect', ...common, '--json'], { env });
    expect(asked, asked.stderr).toMatchObject({ status: 0 });
    expect(outcomes(JSON.parse(asked.stdout).checks, /^jwe-|-signature$/)).toEqual([
      'jwe-decryption pass',
      'introspection-signature pass',
    ]);
  });

  it.each([
    ['without the key', () => [], 'id-token', /--decryption-key FILE/],
    [
      'with another key',
      () => ['--decryption-key', at('other.pem')],
      'jwe-decryption',
      /other\.pem did not decrypt it/,
    ],
  ])('stops a login %s, and nothing secret is shown', async (_, args, check, message) => {
    const run = await loginAsPerson(idp, [...about('by-rsa'), ...args(), ...access, '--json']);
    expect(run.status).toBe(6);
    expect(lastLineAsJson(run)).toMatchObject({ error: { check } });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/eyJ[\w-]{20,}\./);
  });
});

describe('debug --decryption-key', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const inside = `${part({ alg: 'RS256' })}.${part({ iss: 'https://as.example', aud: 'app', exp: 1, code: 'c-1', state: 'xyz' })}.c2ln`;
  const sealed = () =>
    new CompactEncrypt(Buffer.from(inside))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT' })
      .encrypt(other.publicKey);
  const debug = async (input: string, ...key: readonly string[]) => {
    const run = await runCli(['debug', '-', '--json', '--fail-on', 'none', ...key], { input });
    expect(run, run.stderr).toMatchObject({ status: 0 });
    return JSON.parse(run.stdout).messages[0];
  };
  const key = () => ['--decryption-key', at('other.pem')];

  it('opens a token, so that its claims are judged', async () => {
    const compact = await sealed();
    expect(await debug(compact)).toMatchObject({ values: { claims: null } });
    const { values, findings } = await debug(compact, ...key());
    expect(values.claims).toMatchObject({ iss: 'https://as.example' });
    expect(findings).toContainEqual(expect.objectContaining({ id: 'jwt-expired' }));
  });

  it('opens the answer of an authorization server', async () => {
    const url = `https://app.example/cb?response=${await sealed()}`;
    expect(await debug(url)).toMatchObject({ outcome: 'jwt' });
    expect(await debug(url, ...key())).toMatchObject({ outcome: 'code', values: { state: 'xyz' } });
  });

  it('leaves alone what another key opens, and refuses a file without a key', async () => {
    const compact = await sealed();
    writeFileSync(at('ec.pem'), ec.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(await debug(compact, '--decryption-key', at('ec.pem'))).toMatchObject({
      values: { claims: null },
    });
    const run = await runCli(['debug', '-', '--decryption-key', at('none.pem')], { input: compact });
    expect(run).toMatchObject({ status: 2, stdout: '' });
  });
});
