import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdpRequest } from '../../src/idp/bind-server.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { freePort } from '../fakes/free-port.ts';
import { runHere } from '../fakes/run-here.ts';
import { issueCertificates } from '../fakes/test-certificates.ts';
import { runCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

/** Every method at every endpoint, over TLS, against oidc-provider with client certificates on. */
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-client-'));
const at = (name: string) => join(folder, name);
const { server, client, stranger, expired } = issueCertificates();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secret = 'a-secret-of-more-than-32-characters-for-HS256';
const passphrase = 'open sesame';

const files: Readonly<Record<string, string | Buffer>> = {
  'ca.pem': server.cert,
  secret,
  passphrase,
  'rsa.pem': rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
  'ec.pem': ec.privateKey.export({ type: 'sec1', format: 'pem' }),
  'other.pem': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
  'client.pem': `${client.cert}${client.key}`,
  'stranger.pem': `${stranger.cert}${stranger.key}`,
  'expired.pem': `${expired.cert}${expired.key}`,
};

const methods: Readonly<Record<string, readonly string[]>> = {
  client_secret_basic: ['--client-secret-file', at('secret')],
  client_secret_post: ['--client-secret-file', at('secret')],
  client_secret_jwt: ['--client-secret-file', at('secret')],
  private_key_jwt: ['--signing-key', at('rsa.pem'), '--key-passphrase-file', at('passphrase')],
  tls_client_auth: ['--cert', at('client.pem')],
  self_signed_tls_client_auth: ['--cert', at('client.pem')],
};

let idp: RunningIdp;
/** Where clients with a certificate are to go. */
let alias: string;
const requests: IdpRequest[] = [];
const trust = ['--ca-file', at('ca.pem')];

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  const { publicKey, raw } = new X509Certificate(client.cert);
  const jwks = {
    keys: [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' },
      { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] },
    ],
  };
  const clients = Object.keys(methods).map((method) => ({
    client_id: method,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
    redirect_uris: ['http://127.0.0.1:8378/callback'],
    ...(method.startsWith('client_secret') ? { client_secret: secret } : { jwks }),
    ...(method === 'tls_client_auth' ? { tls_client_auth_san_dns: 'client.example' } : {}),
    ...(method.endsWith('tls_client_auth') ? { tls_client_certificate_bound_access_tokens: true } : {}),
  }));
  const port = await freePort();
  alias = `https://localhost:${port}`;
  const aliases = {
    token_endpoint: `${alias}/token`,
    introspection_endpoint: `${alias}/token/introspection`,
    userinfo_endpoint: '',
  };
  const mTLS = {
    enabled: true,
    certificateBoundAccessTokens: true,
    tlsClientAuth: true,
    selfSignedTlsClientAuth: true,
  };
  const options = {
    clients,
    clientAuthMethods: Object.keys(methods),
    enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'ES256', 'HS512'] },
    features: { mTLS },
    discovery: { mtls_endpoint_aliases: aliases },
  };
  idp = await startIdp({
    port,
    tls: server,
    config: readIdpConfig(JSON.stringify(options), 'the options of this test'),
    onRequest: (request) => requests.push(request),
  });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const grant = ['--grant-type', 'client_credentials', '--scope', 'api:read'];
const about = (clientId: string) => ['--issuer', idp.issuer, '--client-id', clientId, ...trust];

describe('a client proves itself', () => {
  it.each(Object.entries(methods))(
    'by %s where it gets, asks about and revokes a token',
    async (method, args) => {
      const common = [...about(method), ...args, '--auth-method', method];
      const issued = await runCli(['token', ...common, ...grant, '--json']);
      expect(issued, issued.stderr).toMatchObject({ status: 0 });
      const { tokens, checks } = JSON.parse(issued.stdout);
      const isBound = method.endsWith('tls_client_auth');
      expect(checks.filter(({ id }: { id: string }) => /certificate/.test(id))).toMatchObject(
        isBound
          ? [
              { id: 'client-certificate', outcome: 'pass' },
              { id: 'certificate-binding', outcome: 'pass' },
            ]
          : [],
      );
      const input = tokens.access_token;
      const asked = await runHere(['introspect', '-', ...common, '--json'], { stdin: input });
      expect(asked, asked.stderr).toMatchObject({ status: 0 });
      expect(JSON.parse(asked.stdout)).toMatchObject({ active: true });
      const revoked = await runHere(['revoke', '-', ...common], { stdin: input });
      expect(revoked, revoked.stderr).toMatchObject({ status: 0 });
      const after = await runHere(['introspect', '-', ...common, '--json'], { stdin: input });
      expect(JSON.parse(after.stdout)).toMatchObject({ active: false });
    },
  );

  it.each(['private_key_jwt', 'client_secret_jwt', 'tls_client_auth'])(
    'by %s where a person logs in, and the session is refreshed',
    async (method) => {
      const store = { OAUTH_CODE_STORE: 'file' };
      const common = [...about(method), ...(methods[method] ?? []), '--auth-method', method];
      const access = ['--scope', 'openid offline_access', '--prompt', 'consent'];
      const run = await loginAsPerson(idp, [...common, ...access, '--json'], { env: store });
      expect(run, run.stderr).toMatchObject({ status: 0 });
      const refreshed = await runCli(['refresh', ...common, '--json'], { env: store });
      expect(refreshed, refreshed.stderr).toMatchObject({ status: 0 });
      const asked = await runCli(['userinfo', ...common, '--json'], { env: store });
      expect(JSON.parse(asked.stdout)).toMatchObject({ userinfo: { sub: 'alice' } });
    },
  );
});

describe('the endpoints for clients with a certificate', () => {
  const bySecret = ['--client-secret-file', at('secret')];
  /** Where the requests of a run went, by its trace. */
  const placesOf = async (args: readonly string[]) => {
    const file = at(`trace-${Math.random()}.json`);
    const run = await runCli(['token', ...args, ...trust, ...grant, '--trace', file]);
    expect(run, run.stderr).toMatchObject({ status: 0 });
    const { events } = JSON.parse(readFileSync(file, 'utf8'));
    const urls: string[] = events.flatMap(({ request }: { request?: { url: string } }) => request?.url ?? []);
    return { urls: urls.filter((url) => !url.includes('.well-known')), stderr: run.stderr };
  };
  const common = (method: string) => [
    '--issuer',
    idp.issuer,
    '--client-id',
    method,
    ...(methods[method] ?? []),
  ];

  it('are used by such a client, whatever it proves itself with', async () => {
    expect((await placesOf(common('tls_client_auth'))).urls).toEqual([`${alias}/token`]);
    const both = [...common('client_secret_basic'), ...bySecret, '--cert', at('client.pem')];
    expect((await placesOf(both)).urls).toEqual([`${alias}/token`]);
  });

  it('are not used by another client, nor before an endpoint that is given', async () => {
    const { issuer } = idp;
    expect((await placesOf(common('client_secret_basic'))).urls).toEqual([`${issuer}/token`]);
    const given = ['--token-endpoint', `${issuer}/token`];
    expect((await placesOf([...common('tls_client_auth'), ...given])).urls).toEqual([`${issuer}/token`]);
  });

  it('are passed over where they are empty, which is told', async () => {
    const run = await loginAsPerson(idp, [
      ...about('tls_client_auth'),
      '--cert',
      at('client.pem'),
      '--scope',
      'openid',
    ]);
    expect(run, run.stderr).toMatchObject({ status: 0 });
    expect(run.stderr).toContain(
      'for such clients the server names: token_endpoint, introspection_endpoint.',
    );
    expect(run.stdout.replace(/\s+/g, ' ')).toContain(
      'mtls_endpoint_aliases.userinfo_endpoint is not an absolute URL',
    );
    expect(run.stdout).toMatch(/^UserInfo {2}✓ verified/m);
  });
});

describe('a token that is bound to a certificate', () => {
  it('is of use only with that certificate, which is told', async () => {
    const env = { OAUTH_CODE_STORE: 'file' };
    const access = ['--scope', 'openid', '--no-userinfo'];
    const args = [...about('self_signed_tls_client_auth'), '--cert', at('client.pem')];
    const run = await loginAsPerson(idp, [...args, ...access], { env });
    expect(run, run.stderr).toMatchObject({ status: 0 });
    const url = `${idp.issuer}/me`;
    const asked = await runCli(['request', url, ...args], { env });
    expect(JSON.parse(asked.stdout)).toMatchObject({ sub: 'alice' });
    for (const command of [['request', url], ['userinfo']]) {
      const refused = await runCli([...command, ...about('self_signed_tls_client_auth')], { env });
      expect(refused.status).toBe(3);
      expect(refused.stderr.replace(/\s+/g, ' ')).toMatch(/bound to a certificate.*--cert FILE/);
    }
  });
});

describe('a client that cannot prove itself', () => {
  it.each<[string, string, readonly string[], object]>([
    [
      'another key',
      'private_key_jwt',
      ['--signing-key', at('other.pem')],
      { cause: 'The server does not accept the key of the client assertion.', confidence: 'medium' },
    ],
    [
      'another audience',
      'private_key_jwt',
      ['--signing-key', at('ec.pem'), '--assertion-audience', 'https://other.example'],
      {
        cause: 'The client assertion is for another audience.',
        confidence: 'high',
        received: 'https://other.example',
      },
    ],
    [
      'a certificate that has expired',
      'tls_client_auth',
      ['--cert', at('expired.pem')],
      {
        cause: 'The client certificate is not in force.',
        confidence: 'high',
        expected: '2020-01-01 00:00:00 UTC to 2021-01-01 00:00:00 UTC',
      },
    ],
    [
      'another certificate',
      'tls_client_auth',
      ['--cert', at('stranger.pem')],
      { cause: 'The server does not accept the certificate of the client.', confidence: 'medium' },
    ],
    [
      'an unregistered certificate',
      'self_signed_tls_client_auth',
      ['--cert', at('stranger.pem')],
      { cause: 'The server does not accept the certificate of the client.', confidence: 'medium' },
    ],
  ])('is told why: %s', async (_, method, args, cause) => {
    const run = await runCli([
      'token',
      ...about(method),
      ...args,
      '--auth-method',
      method,
      ...grant,
      '--json',
    ]);
    expect(run.status).toBe(3);
    const { diagnosis } = lastLineAsJson(run) as { diagnosis: readonly object[] };
    expect(diagnosis[0]).toMatchObject(cause);
  });

  it('is told before anything is sent that no algorithm fits', async () => {
    const before = requests.length;
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(at('ed.pem'), ed25519);
    const args = ['--signing-key', at('ed.pem'), '--json'];
    const run = await runCli(['login', ...about('private_key_jwt'), ...args, '--port', '0', '--no-browser']);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/EdDSA, Ed25519; a client assertion has to be signed with PS256, ES256/);
    expect(run.stderr).not.toContain('/auth?');
    expect(requests.slice(before).map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
  });
});
