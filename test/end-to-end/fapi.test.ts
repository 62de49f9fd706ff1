import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCli } from './cli.ts';
import { loginAsPerson } from './person-login.ts';
import { failureOf, loginAgainst } from './scripted-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-fapi-'));
const asked: string[] = [];
let idp: RunningIdp;

function keyFile(name: string, privateKey: ReturnType<typeof generateKeyPairSync>['privateKey']): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    (privateKey as never as { export(o: object): string }).export({ type: 'pkcs8', format: 'pem' }),
    { mode: 0o600 },
  );
  return path;
}
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = keyFile('ec.pem', ec.privateKey as never);

beforeAll(async () => {
  const client = (client_id: string, alg: string, jwk: object) => ({
    client_id,
    redirect_uris: ['http://127.0.0.1/callback'],
    application_type: 'native',
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    id_token_signed_response_alg: client_id === 'old' ? 'RS256' : 'ES256',
    authorization_signed_response_alg: client_id === 'old' ? 'RS256' : 'ES256',
    request_object_signing_alg: alg,
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: true,
    jwks: { keys: [jwk] },
  });
  const options = {
    features: { fapi: { enabled: true, profile: '2.0' }, dPoP: { requireNonce: true } },
    clients: [
      client('bank', 'ES256', ec.publicKey.export({ format: 'jwk' })),
      client('bank-rsa', 'PS256', rsa.publicKey.export({ format: 'jwk' })),
      client('old', 'ES256', ec.publicKey.export({ format: 'jwk' })),
    ],
  };
  idp = await startIdp({
    port: 0,
    config: readIdpConfig(JSON.stringify(options), 'the options of this test'),
    onRequest: ({ path, status }) => asked.push(`${path} ${status}`),
  });
});
afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

const login = (clientId: string, ...args: readonly string[]) =>
  loginAsPerson(idp, ['--client-id', clientId, '--fapi', '2', '--scope', 'openid', '--json', ...args]);

describe('login --fapi 2', () => {
  it('pushes the request, signs, proves a key and takes the answer, with two requests for the nonces', async () => {
    asked.length = 0;
    const { status, stdout, stderr, url } = await login('bank', '--signing-key', key);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const document = JSON.parse(stdout);
    expect(document.tokens.token_type).toBe('DPoP');
    for (const id of ['fapi-server', 'fapi-algorithm', 'dpop-binding', 'iss'])
      expect(document.checks).toContainEqual(expect.objectContaining({ id, outcome: 'pass' }));
    expect(asked.filter((line) => /^\/(request|token|me) /.test(line))).toEqual([
      '/request 400',
      '/request 201',
      '/token 200',
      '/me 401',
      '/me 200',
    ]);
  });

  it('signs with PS256 where the key is for RSA', async () => {
    const path = keyFile('rsa.pem', rsa.privateKey as never);
    expect(await login('bank-rsa', '--signing-key', path)).toMatchObject({ status: 0 });
  });

  it('signs the request and takes a signed answer for Message Signing', async () => {
    const { status, stdout, stderr } = await login(
      'bank',
      '--signing-key',
      key,
      '--fapi',
      '2-message-signing',
    );
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const { checks } = JSON.parse(stdout);
    for (const id of ['fapi-server', 'jarm-signature', 'jarm-iss'])
      expect(checks).toContainEqual(expect.objectContaining({ id, outcome: 'pass' }));
    expect(checks.filter(({ id }: { id: string }) => id === 'fapi-algorithm')).toHaveLength(2);
  });

  it('refuses a signed answer whose algorithm is forbidden, and redeems nothing', async () => {
    asked.length = 0;
    const { status } = await login('old', '--signing-key', key, '--fapi', '2-message-signing');
    expect([status, asked.filter((line) => line.startsWith('/token'))]).toEqual([6, []]);
  });

  it('refuses an ID token whose algorithm is forbidden', async () => {
    const words = ['--client-id', 'old', '--signing-key', key];
    const { status, stderr } = await loginAsPerson(idp, [
      ...words,
      '--fapi',
      '2',
      '--scope',
      'openid',
      '--json',
    ]);
    expect(status).toBe(6);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error).toMatchObject({
      check: 'fapi-algorithm',
      hint: expect.stringMatching(/Register the client for ES256 or PS256 \(id_token_signed.*--no-verify/),
    });
  });

  const ed448 = keyFile('ed448.pem', generateKeyPairSync('ed448').privateKey as never);
  const p384 = keyFile('p384.pem', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey as never);
  const short = keyFile('short.pem', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey as never);
  const unbound = join(folder, 'unbound.json');
  writeFileSync(unbound, JSON.stringify({ version: 1, profiles: { unbound: { dpop: false } } }));
  const secret = ['--client-secret-env', 'SECRET'];
  it.each<[string, string, readonly string[]]>([
    ['a secret', '5.3.3.1', secret],
    ['no credentials', '5.3.3.1', []],
    ['client_secret_jwt', '5.3.3.1', [...secret, '--auth-method', 'client_secret_jwt']],
    ['another audience', '5.3.3.1', ['--signing-key', key, '--assertion-audience', 'token-endpoint']],
    [
      'an endpoint by hand',
      '5.3.3.1',
      ['--signing-key', key, '--token-endpoint', 'https://as.example/token'],
    ],
    ['an issuer over http', '5.2.1', ['--signing-key', key, '--issuer', 'http://as.example']],
    ['a request that is not pushed', '5.3.3.2', ['--signing-key', key, '--no-par']],
    ['tokens that are not bound', '5.3.3.1', ['--signing-key', key, '--config', unbound, '-p', 'unbound']],
    ['PKCE plain', '5.3.3.2', ['--signing-key', key, '--pkce', 'plain']],
    ['a changed response_type', '5.3.3.2', ['--signing-key', key, '--param', 'response_type=code token']],
    ['iss that only warns', '5.3.3', ['--signing-key', key, '--no-verify', 'iss']],
    ['a signature that only warns', '5.3.3', ['--signing-key', key, '--no-verify', 'jarm-signature']],
    ['a key for ES384', '5.4.1', ['--signing-key', p384]],
    ['a key for Ed448', '5.4.1', ['--signing-key', ed448]],
    ['a short key', '5.4.1', ['--signing-key', short]],
    ['a DPoP key for ES384', '5.4.1', ['--signing-key', key, '--dpop-key', p384]],
    ['a DPoP key for Ed448', '5.4.1', ['--signing-key', key, '--dpop-key', ed448]],
    ['a short DPoP key', '5.4.1', ['--signing-key', key, '--dpop-key', short]],
    ['ID tokens with RS256', '5.4.1', ['--signing-key', key, '--id-token-alg', 'RS256']],
  ])('refuses %s with its section %s, and sends nothing', async (_name, section, args) => {
    const words = ['login', '--issuer', 'https://as.example', '--client-id', 'bank', '--fapi', '2', ...args];
    const { status, stderr } = await runCli(words, { env: { SECRET: 'a secret that is long enough 01' } });
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`(FAPI 2.0 Security Profile §${section}).`);
  });

  it.each([
    ['--pkce', 'off', '--pkce off changes PKCE, which has to use S256'],
    ['--param', 'request_uri=x', '--param request_uri changes a parameter that the profile fixes'],
  ])('names what was changed: %s %s', async (option, value, told) => {
    const words = ['--issuer', 'https://as.example', '--client-id', 'bank', '--fapi', '2'];
    const { stderr } = await runCli(['login', ...words, '--signing-key', key, option, value]);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`FAPI 2.0 does not allow this: ${told} (FAPI 2.0`);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'parameters that are not signed',
      '5.3.2',
      ['--signing-key', key, '--request-object-encryption', 'auto'],
    ],
    ['an answer that is no JWT', '5.4.2', ['--signing-key', key, '--response-mode', 'query']],
  ])('refuses %s for Message Signing with its section %s', async (_name, section, args) => {
    const own = ['--issuer', 'https://as.example', '--client-id', 'bank', '--fapi', '2-message-signing'];
    const env: Record<string, string> = section === '5.3.2' ? { OAUTH_CODE_REQUEST_OBJECT: '0' } : {};
    const { status, stderr } = await runCli(['login', ...own, ...args], { env });
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`(FAPI 2.0 Message Signing §${section}).`);
  });

  it('stops at a server that does not offer what it demands, before the browser opens', async () => {
    const run = await loginAgainst(
      {
        metadata: (sound) => ({ ...sound, authorization_response_iss_parameter_supported: false }),
        token: () => json(200, {}),
      },
      { args: ['--fapi', '2', '--signing-key', key], afterKeys: false },
    );
    expect(run.status).toBe(6);
    expect(failureOf(run)).toMatchObject({ error: { check: 'fapi-server' } });
    expect(run.browserOpened).toBe(false);
  });
});
