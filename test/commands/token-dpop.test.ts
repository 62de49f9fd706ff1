import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { Provider } from 'oidc-provider';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The library itself on a socket; it binds tokens to keys and, if asked, takes only proofs with its nonce. */
async function startProvider({ requiresNonce, dpop }: { requiresNonce: boolean; dpop: boolean }) {
  const requests: { path: string; dpop: string | undefined; body: string }[] = [];
  let handle: ReturnType<Provider['callback']> | undefined;
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    const entry = { path: request.url ?? '', dpop: request.headers.dpop as string | undefined, body: '' };
    request.on('end', () => {
      entry.body = body;
    });
    requests.push(entry);
    void handle?.(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const features = {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: dpop, nonceSecret: randomBytes(32), requireNonce: () => requiresNonce },
  };
  const client = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const publicKey = signing.publicKey.export({ format: 'jwk' });
  const provider = new Provider(issuer, {
    features,
    clients: [
      { ...client, client_id: 'job', client_secret: 'job-secret-0123456789' },
      {
        ...client,
        client_id: 'signer',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [publicKey] },
      },
    ] as never,
  } as never);
  handle = provider.callback();
  const proofs = () => requests.flatMap(({ dpop: proof }) => (proof === undefined ? [] : [decodeJwt(proof)]));
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { issuer, requests, proofs, close };
}

type Running = Awaited<ReturnType<typeof startProvider>>;

let provider: Running;
let home: TestHome;

async function restart(options: { requiresNonce: boolean; dpop: boolean }): Promise<void> {
  await provider.close();
  provider = await startProvider(options);
}

beforeEach(async () => {
  // The library prints what is not fit for production.
  vi.spyOn(console, 'info').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  provider = await startProvider({ requiresNonce: true, dpop: true });
  home = createTestHome();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await provider.close();
  home.remove();
});

const saved = () => home.read({ type: 'client', issuer: provider.issuer, clientId: 'job' });
const asJob = () => ['--client-id', 'job', '--client-secret-env', 'JOB_SECRET'];
const token = (...args: readonly string[]) =>
  runHere(['token', '--issuer', provider.issuer, '--grant-type', 'client_credentials', ...args], {
    env: { ...home.env, JOB_SECRET: 'job-secret-0123456789' },
  });

describe('token --dpop against oidc-provider', () => {
  it('proves its key, again with the nonce that the server demands, and gets a bound token', async () => {
    const { status, stdout, stderr } = await token(...asJob(), '--dpop', '-o', 'json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const document = JSON.parse(stdout);
    expect(document.tokens).toMatchObject({ token_type: 'DPoP', access_token: expect.any(String) });
    expect(document.checks).toContainEqual(expect.objectContaining({ id: 'dpop-binding', outcome: 'pass' }));
    const [first, second, ...more] = provider.proofs();
    expect(more).toEqual([]);
    expect(first?.nonce).toBeUndefined();
    expect(second?.nonce).toEqual(expect.any(String));
    expect(second?.jti).not.toBe(first?.jti);
    expect(second?.htu).toBe(`${provider.issuer}/token`);
  });

  it('binds the token of a profile that keeps to FAPI 2.0', async () => {
    const profile = { issuer: provider.issuer, client_id: 'job', fapi: '2' };
    writeFileSync(
      join(home.folder, 'config.json'),
      JSON.stringify({ version: 1, profiles: { bank: profile } }),
    );
    const { status, stdout, stderr } = await runHere(
      ['token', '-p', 'bank', '--grant-type', 'client_credentials', '--client-secret-env', 'S', '-o', 'json'],
      { env: { ...home.env, S: 'job-secret-0123456789' } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).tokens.token_type).toBe('DPoP');
  });

  it('asks once when no nonce is demanded', async () => {
    await restart({ requiresNonce: false, dpop: true });
    const { status, stdout } = await token(...asJob(), '--dpop', '-o', 'json');
    expect([status, JSON.parse(stdout).tokens.token_type]).toEqual([0, 'DPoP']);
    expect(provider.proofs()).toHaveLength(1);
  });

  it('signs a new client assertion for the second request: the first is spent', async () => {
    const file = join(home.folder, 'signer.pem');
    writeFileSync(file, signing.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { status, stderr } = await token('--client-id', 'signer', '--signing-key', file, '--dpop');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const assertions = provider.requests
      .map(({ body }) => new URLSearchParams(body).get('client_assertion'))
      .filter((assertion) => assertion !== null);
    expect(new Set(assertions.map((assertion) => decodeJwt(assertion).jti)).size).toBe(2);
  });

  it('tells in a trace why it asked twice, and shows neither the key nor a proof', async () => {
    const trace = join(home.folder, 'run.json');
    const { status } = await token(...asJob(), '--dpop', '--trace', trace);
    expect(status).toBe(0);
    const text = readFileSync(trace, 'utf8');
    const { events } = JSON.parse(text);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'retry', step: 'token', reason: 'the server demands a DPoP nonce' }),
    );
    for (const { dpop } of provider.requests) if (dpop !== undefined) expect(text).not.toContain(dpop);
  });
});

describe('a saved token that is bound to a key', () => {
  it('is handed out again with --dpop, and its session keeps the key', async () => {
    const first = await token(...asJob(), '--dpop');
    const asked = provider.requests.length;
    const second = await token(...asJob(), '--dpop');
    expect(second.stdout).toBe(first.stdout);
    expect(provider.requests).toHaveLength(asked);
    expect(saved()).toMatchObject({
      dpop_jkt: expect.stringMatching(/^[\w-]{43}$/),
      tokens: { token_type: 'DPoP', dpop_key: { kty: 'EC', crv: 'P-256', d: expect.any(String) } },
    });
  });

  it('keeps its key when a new one is asked for', async () => {
    const jkt = () => saved().dpop_jkt;
    await token(...asJob(), '--dpop');
    const before = jkt();
    const { status } = await token(...asJob(), '--dpop', '--max-age', '0');
    expect([status, jkt()]).toEqual([0, before]);
  });

  it.each(['header', 'curl-config', 'exec-credential'])(
    'is never printed as a Bearer token: -o %s',
    async (format) => {
      const run = await token(...asJob(), '--dpop', '-o', format);
      expect(run).toMatchObject({ status: 2, stdout: '' });
      expect(run.stderr).toContain('bound to a key (DPoP)');
    },
  );

  it('does not stand in for the Bearer token that a run without --dpop wants', async () => {
    await token(...asJob(), '--dpop');
    const { status, stdout } = await token(...asJob(), '-o', 'header');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Authorization: Bearer /);
  });
});

describe('a server that takes no notice of the proof', () => {
  it('ends the run: the token would be anybody’s', async () => {
    await restart({ requiresNonce: false, dpop: false });
    const run = await token(...asJob(), '--dpop', '--json');
    expect(run).toMatchObject({ status: 6, stdout: '' });
    expect(errorOf(run)).toMatchObject({ code: 'validation_failed', check: 'dpop-binding' });
    expect(home.files()).toEqual([]);
  });

  it('is put up with when the check is waived', async () => {
    await restart({ requiresNonce: false, dpop: false });
    const { status, stdout } = await token(
      ...asJob(),
      '--dpop',
      '--no-verify',
      'dpop-binding',
      '-o',
      'header',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Authorization: Bearer /);
  });
});
