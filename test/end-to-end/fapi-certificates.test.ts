import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { issueCertificates } from '../fakes/test-certificates.ts';
import { runCli } from './cli.ts';
import { fapiClient } from './fapi-server.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';
import { loginAgainst, refusalOf, resultOf } from './scripted-login.ts';

/** FAPI 2.0 with a certificate of the client: to authenticate with, to bind tokens to, or both (RFC 8705). */
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-fapi-mtls-'));
const at = (name: string) => join(folder, name);
const { server, client, stranger, expired } = issueCertificates();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const asked: string[] = [];
let idp: RunningIdp;

/** The methods, each with what the client brings besides its certificate. */
const methods: Readonly<Record<string, readonly string[]>> = {
  tls_client_auth: [],
  self_signed_tls_client_auth: [],
  private_key_jwt: ['--signing-key', at('ec.pem')],
};
const certificate = ['--cert', at('client.pem'), '--key', at('client.key')];

beforeAll(async () => {
  for (const [name, one] of Object.entries({ client, stranger, expired })) {
    writeFileSync(at(`${name}.pem`), one.cert);
    writeFileSync(at(`${name}.key`), one.key, { mode: 0o600 });
  }
  writeFileSync(at('ca.pem'), server.cert);
  writeFileSync(at('ec.pem'), ec.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const { publicKey, raw } = new X509Certificate(client.cert);
  const keys = [
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' },
    { ...publicKey.export({ format: 'jwk' }), kid: 'cert', x5c: [raw.toString('base64')] },
  ];
  const options = {
    clients: Object.keys(methods).map((method) => ({
      client_id: method,
      redirect_uris: ['http://127.0.0.1/callback'],
      application_type: 'native',
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: method,
      id_token_signed_response_alg: 'ES256',
      tls_client_certificate_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      jwks: { keys },
      ...(method === 'tls_client_auth' ? { tls_client_auth_san_dns: 'client.example' } : {}),
    })),
    clientAuthMethods: Object.keys(methods),
    features: {
      fapi: { enabled: true, profile: '2.0' },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
      },
    },
  };
  idp = await startIdp({
    port: 0,
    tls: server,
    config: readIdpConfig(JSON.stringify(options), 'the options of this test'),
    onRequest: ({ path, status }) => asked.push(`${path} ${status}`),
  });
});
afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const clientArgs = (method: string, shown: readonly string[] = certificate) => [
  ...['--client-id', method, '--ca-file', at('ca.pem')],
  ...['--auth-method', method, ...shown, ...(methods[method] ?? [])],
];
const fapi = ['--fapi', '2', '--scope', 'openid offline_access', '--prompt', 'consent', '--json'];

describe('login --fapi 2 with a certificate', () => {
  it.each(Object.keys(methods))(
    'and %s pushes, gets a token bound to it, and uses and refreshes the token with it',
    async (method) => {
      asked.length = 0;
      const env = { OAUTH_CODE_STORE: 'file' };
      const run = await loginAsPerson(idp, [...clientArgs(method), ...fapi], { env });
      expect(run, run.stderr).toMatchObject({ status: 0 });
      const { checks, tokens, decoded, userinfo } = JSON.parse(run.stdout);
      const thumbprint = new X509Certificate(client.cert).fingerprint256.replaceAll(':', '').toLowerCase();
      expect([tokens.token_type, userinfo.sub, decoded.access_token.claims.cnf]).toEqual([
        'Bearer',
        'alice',
        { 'x5t#S256': Buffer.from(thumbprint, 'hex').toString('base64url') },
      ]);
      for (const id of ['fapi-server', 'fapi-algorithm', 'client-certificate', 'certificate-binding', 'iss'])
        expect(checks).toContainEqual(expect.objectContaining({ id, outcome: 'pass' }));
      const places = asked.filter((line) => /^\/(?:request|token|me) /.test(line));
      expect(places).toEqual(['/request 201', '/token 200', '/me 200']);
      const words = ['--issuer', idp.issuer, ...clientArgs(method)];
      const refreshed = await runCli(['refresh', ...words, '--json'], { env });
      expect(refreshed, refreshed.stderr).toMatchObject({ status: 0 });
      const called = await runCli(['request', `${idp.issuer}/me`, ...words], { env });
      expect(JSON.parse(called.stdout)).toMatchObject({ sub: 'alice' });
      const { status, stderr } = await runCli(
        [
          'request',
          `${idp.issuer}/me`,
          '--issuer',
          idp.issuer,
          '--client-id',
          method,
          '--ca-file',
          at('ca.pem'),
        ],
        { env },
      );
      expect([status, stderr.replace(/\s+/g, ' ')]).toEqual([3, expect.stringContaining('--cert FILE')]);
    },
  );

  it.each([
    ['expired', 'tls_client_auth', 'The client certificate is not in force.'],
    ['stranger', 'tls_client_auth', 'The server does not accept the certificate of the client.'],
    ['stranger', 'self_signed_tls_client_auth', 'The server does not accept the certificate of the client.'],
  ])('that is %s is refused by the server for %s before the browser opens', async (name, method, cause) => {
    asked.length = 0;
    const shown = ['--cert', at(`${name}.pem`), '--key', at(`${name}.key`)];
    const words = ['--issuer', idp.issuer, '--port', '0', ...clientArgs(method, shown), ...fapi];
    const run = await runCli(['login', ...words]);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(lastLineAsJson(run)).toHaveProperty('diagnosis.0.cause', cause);
    expect(asked.filter((line) => line.startsWith('/request'))).toEqual(['/request 401']);
    expect(run.stderr).not.toContain('/auth?');
  });

  it('that has the key of another is refused before anything is sent', async () => {
    asked.length = 0;
    const shown = ['--cert', at('client.pem'), '--key', at('stranger.key')];
    const words = ['--issuer', idp.issuer, ...clientArgs('tls_client_auth', shown), ...fapi];
    expect(await runCli(['login', ...words])).toMatchObject({ status: 2, stdout: '' });
    expect(asked).toEqual([]);
  });
});

describe('a token that is not bound to the certificate', () => {
  const own = fapiClient();
  afterAll(own.remove);
  const variant = { auth: 'mtls', sender: 'mtls', type: 'oidc', jarm: false } as const;
  const against = (claims: JsonObject | null) => {
    const access_token =
      claims === null ? 'opaque' : signedToken({ alg: 'ES256' }, claims, testKey('ES256', 'key-1'));
    const script = {
      ...own.script(variant),
      token: (sound: JsonObject) => json(200, { ...sound, access_token }),
    };
    return loginAgainst(script, { args: own.args(variant) });
  };

  it.each<[string, JsonObject]>([
    ['nothing', { sub: 'user-1' }],
    [
      'another certificate',
      { sub: 'user-1', cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } },
    ],
    ['a key', { sub: 'user-1', cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } }],
  ])('but to %s ends the login before UserInfo', async (_, claims) => {
    const login = await against(claims);
    expect(refusalOf(login)).toMatchObject({ status: 6, check: 'certificate-binding', step: 'token' });
    expect(login.seen).not.toContain('userinfo');
  });

  it('as far as can be seen, since it is opaque, is used', async () => {
    expect(resultOf(await against(null)).checks).toContainEqual(
      expect.objectContaining({ id: 'certificate-binding', outcome: 'skipped' }),
    );
  });
});
