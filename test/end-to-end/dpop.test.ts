import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, decodeJwt, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCli } from './cli.ts';
import { loginAsPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-dpop-'));
const env = { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: 'file' };

let idp: RunningIdp;
let strict: RunningIdp;
/** What the strict server was asked, with the status of its answers. */
const asked: string[] = [];

beforeAll(async () => {
  const config = readIdpConfig('{"features":{"dPoP":{"requireNonce":true}}}', 'the options of this test');
  const onRequest = ({ path, status }: { path: string; status: number }) => asked.push(`${path} ${status}`);
  [idp, strict] = await Promise.all([startIdp({ port: 0 }), startIdp({ port: 0, config, onRequest })]);
});
afterAll(async () => {
  await Promise.all([idp.close(), strict.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const login = (server: RunningIdp, ...args: readonly string[]) =>
  loginAsPerson(server, ['--scope', 'openid offline_access', '--json', ...args], { env });
const use = (command: string, ...args: readonly string[]) =>
  runCli([command, '-p', 'bound', ...args], { env });
const saved = () => JSON.parse(readFileSync(join(folder, 'sessions', 'profile-bound.json'), 'utf8'));

describe('login --dpop against oidc-provider', () => {
  it('proves a new key, binds the code to it, and asks UserInfo with a proof', async () => {
    const { status, stdout, stderr, url } = await login(idp, '--dpop', '--save', 'bound');
    expect({ status, stderr: stderr.includes('warn') }).toEqual({ status: 0, stderr: false });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ tokens: { token_type: 'DPoP' }, userinfo: { sub: 'alice' } });
    const jkt = url.searchParams.get('dpop_jkt');
    expect(document.decoded.access_token.claims.cnf).toEqual({ jkt });
    expect(document.checks).toContainEqual(
      expect.objectContaining({ id: 'dpop-binding', outcome: 'pass', expected: jkt, received: jkt }),
    );
    expect(saved()).toMatchObject({ dpop_jkt: jkt, tokens: { dpop_key: { kty: 'EC', alg: 'ES256' } } });
    expect(stdout + stderr).not.toContain(saved().tokens.dpop_key.d);
    const shown = await runCli(['session', 'show', 'bound'], { env });
    expect(shown.stdout).toContain(`${jkt} (DPoP)`);
    expect(shown.stdout).not.toContain(saved().tokens.dpop_key.d);
  });

  it('is kept up by refresh, request and userinfo', async () => {
    const before = saved();
    const refreshed = await use('refresh', '--json');
    expect(refreshed).toMatchObject({ status: 0 });
    const document = JSON.parse(refreshed.stdout);
    expect(document.tokens.token_type).toBe('DPoP');
    expect(document.decoded.access_token.claims.cnf).toEqual({ jkt: before.dpop_jkt });
    expect(saved().tokens.dpop_key).toEqual(before.tokens.dpop_key);
    for (const [command, ...args] of [
      ['userinfo', '--json'],
      ['request', `${idp.issuer}/me`],
    ]) {
      const { status, stdout, stderr } = await use(command ?? '', ...args);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('"alice"');
    }
  });

  it('gives scripts a proof for one request, with the token that it is for', async () => {
    const wanted = ['--for', `GET ${idp.issuer}/me?x=1`];
    const { status, stdout } = await use('token', '-o', 'header', ...wanted);
    expect(status).toBe(0);
    const headers = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]);
    expect(headers.map(([name]) => name)).toEqual(['Authorization', 'DPoP']);
    const answer = await fetch(`${idp.issuer}/me`, { headers });
    expect([answer.status, await answer.json()]).toMatchObject([200, { sub: 'alice' }]);
    const proof = await use('token', '-o', 'dpop-proof', ...wanted, '--dpop-nonce', 'n-1');
    expect(decodeJwt(proof.stdout.trim())).toMatchObject({
      htm: 'GET',
      htu: `${idp.issuer}/me`,
      nonce: 'n-1',
    });
    const { stdout: config } = await use('token', '-o', 'curl-config', ...wanted);
    expect(config).toMatch(/^header = "Authorization: DPoP \S+"\nheader = "DPoP: \S+"\n$/);
  });

  it.each([
    [['-o', 'dpop-proof'], 'A DPoP proof is made for one request'],
    [['--dpop-nonce', 'x'], 'A DPoP proof is made for one request'],
    [['-o', 'dpop-proof', '--for', 'GET /me'], 'is not a method and an http or https URL'],
    [
      ['-o', 'dpop-proof', '--for', 'GET https://u:p4ssw0rd@api.example.com/'],
      'holds a user name or password',
    ],
    [['-o', 'json', '--for', 'GET https://api.example.com/'], '--for has no effect with -o json'],
    [['-o', 'header'], 'token -o header --for "GET URL"'],
    [['-o', 'exec-credential', '--token', 'access_token'], 'bound to a key (DPoP)'],
    [['-o', 'dpop-proof', '--token', 'id_token', '--for', 'https://api.example.com/'], 'not bound to a key'],
  ])('token %j is refused with the way out', async (args, says) => {
    const { status, stdout, stderr } = await use('token', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toContain(says);
  });

  it('tells programs that the token needs proofs', async () => {
    const script =
      'console.log(process.env.OAUTH_CODE_TOKEN_TYPE, process.env.OAUTH_CODE_ACCESS_TOKEN.length)';
    const { status, stdout } = await use('exec', '--', process.execPath, '-e', script);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^DPoP \d+\n$/);
  });

  it('takes the key of a file, and no session of another key', async () => {
    const file = join(folder, 'ed25519.pem');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { status, stdout } = await login(idp, '--dpop-key', file);
    expect(status).toBe(0);
    const jkt = await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as JWK);
    expect(JSON.parse(stdout).decoded.access_token.claims.cnf).toEqual({ jkt });
    const other = await use('token', '--dpop-key', file);
    expect(other).toMatchObject({ status: 4, stdout: '' });
    expect(other.stderr).toContain('bound to another key');
    const hint = other.stderr.replace(/\s+/g, ' ');
    expect(hint).toMatch(/Log in for it: oauth-code login .*--dpop-key \S*ed25519\.pem/);
    const own = ['--issuer', idp.issuer, '--client-id', 'demo-public'];
    expect(await runCli(['token', ...own, '--dpop-key', file], { env })).toMatchObject({ status: 0 });
  });

  it.each([
    ['broken', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['empty', ''],
    ['public', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })],
    ['oct', '{"kty":"oct","k":"AAAA"}'],
    ['x25519', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('says of a file that is %s how to make a key for proofs', async (name, text) => {
    const file = join(folder, `${name}.key`);
    writeFileSync(file, text, { mode: 0o600 });
    const { status, stderr } = await use('token', '--dpop-key', file);
    expect(status).toBe(2);
    const told = stderr.replace(/\s+/g, ' ');
    expect(told).toContain('A DPoP proof is signed with a private key.');
    expect(told).toContain('openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
    expect(told).not.toMatch(/client assertion|algorithm RSA/);
  });

  it('prints the ID token for kubectl, which is bound to no key', async () => {
    const { status, stdout } = await use('token', '-o', 'exec-credential');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).status.token).toBe(saved().tokens.id_token);
  });

  it('names --dpop in the login that a session without a key needs', async () => {
    expect(await login(idp, '--save', 'bearer')).toMatchObject({ status: 0 });
    const { status, stderr } = await runCli(['token', '-p', 'bearer', '--dpop'], { env });
    expect(status).toBe(4);
    expect(stderr.replace(/\s+/g, ' ')).toContain('Log in for it: oauth-code login -p bearer --dpop');
  });

  it('refuses a key that the server takes no signature of, before the browser opens', async () => {
    const file = join(folder, 'p521.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const words = ['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0'];
    const { status, stderr } = await runCli([...words, '--dpop-key', file], { env });
    expect(status).toBe(2);
    expect(stderr).toContain('The DPoP key signs with ES512; the server takes');
  });

  it('asks twice where a nonce is demanded, once at the server and once at UserInfo', async () => {
    const { status, stderr } = await login(strict, '--dpop', '--save', 'strict');
    expect(status).toBe(0);
    expect(stderr.match(/^.*sent again: the (?:server|API) demands a DPoP nonce$/gm)).toHaveLength(2);
    expect(stderr.match(/^– (?:Token|UserInfo) .* 40[01] /gm)).toHaveLength(2);
    expect(stderr).not.toContain('✗');
    const about = asked.filter((line) => /^\/(token|me) /.test(line));
    expect(about).toEqual(['/token 400', '/token 200', '/me 401', '/me 200']);
    asked.length = 0;
    const { status: called } = await runCli(['request', '-p', 'strict', `${strict.issuer}/me`], { env });
    expect([called, ...asked]).toEqual([0, '/me 401', '/me 200']);
  });

  it('proves the key at the pushed request too, and sends its nonce on with the token request', async () => {
    asked.length = 0;
    const { status, url } = await login(strict, '--dpop', '--par');
    expect([status, url.searchParams.get('dpop_jkt')]).toEqual([0, null]);
    const about = asked.filter((line) => /^\/(request|token) /.test(line));
    expect(about).toEqual(['/request 400', '/request 201', '/token 200']);
  });
});
