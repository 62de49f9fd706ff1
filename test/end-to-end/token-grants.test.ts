import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCommand } from './run-command.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-grants-'));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = join(folder, 'key.pem');
let idp: RunningIdp;

beforeAll(async () => {
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const service = {
    client_id: 'service',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    grant_types: [jwtBearer],
    jwks: { keys: [publicKey.export({ format: 'jwk' })] },
    redirect_uris: [],
    response_types: [],
  };
  idp = await startIdp({
    port: 0,
    config: readIdpConfig(JSON.stringify({ clients: [service] }), 'the test'),
  });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const token = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommand(process.execPath, [bin, 'token', '--issuer', idp.issuer, '--json', '--store', 'none', ...args], {
    OAUTH_CODE_HOME: folder,
    SECRET: 'demo-secret',
    ...env,
  });
const job = ['--client-id', 'demo-confidential', '--client-secret-env', 'SECRET'];
const errorIn = (stderr: string) => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error;

it('exchanges a token of oidc-provider, and is told why it does not (RFC 8693)', async () => {
  const first = await token([...job, '--grant-type', 'client_credentials', '--scope', 'api:read']);
  const SUBJECT = JSON.parse(first.stdout).tokens.access_token;
  const ask = (...args: readonly string[]) =>
    token(['--grant-type', exchange, '--subject-token-env', 'SUBJECT', ...args], { SUBJECT });
  const { tokens, checks } = JSON.parse((await ask(...job)).stdout);
  expect(tokens).toMatchObject({ scope: ['api:read'] });
  expect(tokens.access_token).not.toBe(SUBJECT);
  expect(checks).toContainEqual(expect.objectContaining({ id: 'issued-token-type', outcome: 'pass' }));
  for (const [args, error] of [
    [[...job, '--subject-token-type', 'id_token'], 'invalid_request'],
    [[...job, '--requested-token-type', 'saml2'], 'invalid_request'],
    [[...job, '--scope', 'api:write'], 'invalid_scope'],
    // As oidc-provider calls a grant that the client may not use.
    [['--client-id', 'demo-public'], 'invalid_request'],
  ] as const) {
    const { status, stderr } = await ask(...args);
    expect({ status, ...errorIn(stderr).oauth }).toMatchObject({ status: 400, error });
    expect(stderr).not.toContain(SUBJECT);
  }
});

it('gets a token for an assertion that the client signs (RFC 7523 §2.1)', async () => {
  const service = ['--client-id', 'service', '--signing-key', key, '--grant-type', jwtBearer];
  const { status, stdout } = await token([...service, '--assertion-subject', 'alice']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).decoded.access_token.claims).toMatchObject({
    sub: 'alice',
    client_id: 'service',
  });
  const { stderr } = await token([...service, '--assertion-claim', 'aud=https://other.example']);
  expect(errorIn(stderr).oauth).toMatchObject({ error: 'invalid_grant' });
});
