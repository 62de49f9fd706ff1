import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/checks/catalogue.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-login-'));
const secretFile = join(folder, 'secret');
const keyFile = join(folder, 'key.pem');
const confidential = ['--client-id', 'demo-confidential', '--client-secret-file', secretFile];
const demoSecret = 'demo-secret';

let idp: RunningIdp;

beforeAll(async () => {
  writeFileSync(secretFile, `${demoSecret}\n`);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const client = {
    client_id: 'demo-key',
    token_endpoint_auth_method: 'private_key_jwt',
    redirect_uris: ['http://127.0.0.1:8378/callback'],
    jwks: { keys: [publicKey.export({ format: 'jwk' })] },
  };
  idp = await startIdp({
    port: 0,
    config: readIdpConfig(JSON.stringify({ clients: [client] }), 'the options of this test'),
  });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const clients = [
  { client: 'a public client', args: [] },
  { client: 'a confidential client with client_secret_basic', args: confidential },
  {
    client: 'a confidential client with client_secret_post',
    args: [...confidential, '--client-id', 'demo-confidential-post', '--auth-method', 'client_secret_post'],
  },
  {
    client: 'a client with private_key_jwt',
    args: ['--client-id', 'demo-key', '--signing-key', keyFile],
  },
];

describe('a login against the embedded server', () => {
  it.each(clients)('shows $client verified tokens, shortened', async ({ args }) => {
    const { status, stdout, page } = await loginAsPerson(idp, ['--scope', 'openid profile', ...args]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^✓ Signed in as alice at http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/^ {2}Checks .* \d+ checks: \d+ passed/m);
    expect(stdout).toMatch(/^ID token {2}✓ verified$/m);
    expect(stdout).toMatch(/^Access token {2}\? decoded, NOT verified/m);
    expect(stdout).toMatch(/^UserInfo {2}✓ verified/m);
    expect(stdout).not.toMatch(/ey[\w-]{12,}\.|demo-secret/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(page).toContain('<h1 dir="auto">Signed in</h1>');
    expect(page).not.toMatch(/ey[\w-]{20,}|demo-secret/);
  });

  it.each(clients)('prints $client one JSON document and nothing else', async ({ args }) => {
    const { status, stdout, url } = await loginAsPerson(idp, ['--scope', 'openid email', '--json', ...args]);
    expect(status).toBe(0);
    const document: LoginDocument = JSON.parse(stdout);
    const text = expect.any(String);
    const { tokens } = document;
    expect(document).toEqual({
      version: 1,
      issuer: idp.issuer,
      client_id: url.searchParams.get('client_id'),
      tokens: {
        access_token: text,
        token_type: 'Bearer',
        scope: ['openid', 'email'],
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        id_token: text,
      },
      token_response: {
        access_token: tokens.access_token,
        id_token: tokens.id_token,
        token_type: 'Bearer',
        scope: 'openid email',
        expires_in: 3600,
      },
      decoded: {
        access_token: {
          header: { alg: 'RS256', typ: 'at+jwt', kid: text },
          claims: expect.objectContaining({ iss: idp.issuer, client_id: document.client_id, sub: 'alice' }),
        },
        id_token: {
          header: { alg: 'RS256', kid: text },
          claims: {
            iss: idp.issuer,
            sub: 'alice',
            aud: document.client_id,
            nonce: url.searchParams.get('nonce'),
            exp: expect.any(Number),
            iat: expect.any(Number),
          },
        },
      },
      userinfo: { sub: 'alice', email: 'alice@example.com', email_verified: true },
      checks: expect.any(Array),
    });
    const lifetimeMs = new Date(tokens.expires_at ?? '').getTime() - Date.now();
    expect(lifetimeMs).toBeGreaterThan(3_500_000);
    expect(lifetimeMs).toBeLessThanOrEqual(3_600_000);
  });

  it('lists every check once, as the catalogue has it, none failed', async () => {
    const { stdout } = await loginAsPerson(idp, ['--json']);
    const { checks }: LoginDocument = JSON.parse(stdout);
    for (const { id, title, spec, outcome, detail, ...compared } of checks) {
      expect({ title, spec }, id).toEqual({ title: catalogue[id].title, spec: catalogue[id].spec });
      expect(outcome, id).toMatch(/^(?:pass|warn|skipped)$/);
      expect(detail, id).toMatch(/\S.*[.)]$/);
      expect(Object.keys(compared).filter((key) => !/^(?:expected|received)$/.test(key))).toEqual([]);
    }
    const ids = checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(['metadata-issuer', 'state', 'iss', 'pkce', 'token-type', 'id-token-signature']),
    );
    expect(ids).toEqual(expect.arrayContaining(['id-token-nonce', 'id-token-aud', 'userinfo-sub']));
  });
});

describe('a denial', () => {
  const deny = { decision: 'deny' } as const;

  it('ends with status 3, the error unaltered, and nothing on stdout', async () => {
    const { status, stdout, stderr, page } = await loginAsPerson(idp, [], deny);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(/^error: The authorization server refused: access_denied\.$/m);
    expect(stderr).toMatch(/^likely causes:$/m);
    expect(page).toContain('<h1 dir="auto">The login failed</h1>');
    expect(page).toContain('<dd dir="auto">access_denied</dd>');
  });

  it('is one JSON document as the last line of stderr with --json', async () => {
    const run = await loginAsPerson(idp, ['--json'], deny);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(lastLineAsJson(run)).toEqual({
      version: 1,
      error: {
        code: 'authorization_error',
        step: 'authorization',
        message: 'The authorization server refused: access_denied.',
        hint: expect.stringContaining('declined'),
        exit_code: 3,
        oauth: {
          error: 'access_denied',
          error_description: expect.any(String),
          error_uri: null,
          status: null,
        },
      },
      diagnosis: expect.arrayContaining([
        expect.objectContaining({ cause: expect.stringContaining('declined') }),
      ]),
      ruled_out: [],
      checks: expect.arrayContaining([expect.objectContaining({ id: 'state', outcome: 'pass' })]),
    });
  });
});

describe('--scope', () => {
  it('is openid by default, as the server speaks OpenID Connect', async () => {
    const { url } = await loginAsPerson(idp);
    expect(url.searchParams.get('scope')).toBe('openid');
  });

  it('without openid asks for no nonce, and gets neither ID token nor UserInfo', async () => {
    const { status, stdout, stderr, url } = await loginAsPerson(idp, ['--scope', 'api:read', '--json']);
    const document: LoginDocument = JSON.parse(stdout);
    expect({ status, userinfo: document.userinfo }).toEqual({ status: 0, userinfo: null });
    expect([...url.searchParams.keys()]).not.toContain('nonce');
    expect(document.tokens).not.toHaveProperty('id_token');
    expect(document.decoded.id_token).toBeNull();
    expect(document.checks.filter(({ id }) => /^(?:id-token|userinfo)/.test(id))).toEqual([]);
    expect(stderr).not.toMatch(/Keys|UserInfo/);
  });

  it('is merged when repeated, each value once', async () => {
    const { url } = await loginAsPerson(idp, ['--scope', 'openid  email', '--scope', 'email profile']);
    expect(url.searchParams.get('scope')).toBe('openid email profile');
  });

  it('with offline_access brings a refresh token', async () => {
    const { stdout } = await loginAsPerson(idp, [
      '--scope',
      'openid offline_access',
      '--prompt',
      'consent',
      '--json',
    ]);
    const { tokens, token_response }: LoginDocument = JSON.parse(stdout);
    expect(tokens.refresh_token).toMatch(/^.{20,}$/);
    expect(token_response.refresh_token).toBe(tokens.refresh_token);
  });

  it('reports what the server did not grant', async () => {
    const { status, stdout } = await loginAsPerson(idp, ['--scope', 'openid galaxy:read', '--json']);
    const { checks }: LoginDocument = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(checks.find(({ id }) => id === 'granted-scope')).toMatchObject({
      outcome: 'warn',
      detail: expect.stringContaining('galaxy:read'),
    });
  });
});
