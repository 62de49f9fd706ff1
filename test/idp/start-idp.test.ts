// biome-ignore-all lint/suspicious/noConsole: a test watches what reaches the console
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { getJson, signIn } from './code-flow.ts';

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(() => idp.close());

describe('the discovery document', () => {
  it.each(['openid-configuration', 'oauth-authorization-server'])(
    '%s names the issuer and every endpoint on it',
    async (name) => {
      const metadata = await getJson(`${idp.issuer}/.well-known/${name}`);
      expect(metadata).toMatchObject({
        issuer: idp.issuer,
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ['S256'],
      });
      for (const endpoint of [
        'authorization_endpoint',
        'token_endpoint',
        'userinfo_endpoint',
        'jwks_uri',
        'introspection_endpoint',
        'revocation_endpoint',
        'device_authorization_endpoint',
        'pushed_authorization_request_endpoint',
        'end_session_endpoint',
      ]) {
        expect(String(metadata[endpoint]), endpoint).toMatch(new RegExp(`^${idp.issuer}/`));
      }
      expect(metadata.scopes_supported).toEqual([
        'openid',
        'profile',
        'email',
        'address',
        'phone',
        'offline_access',
        'api:read',
        'api:write',
      ]);
    },
  );

  it('stays the same under another loopback name', async () => {
    const other = idp.issuer.replace('127.0.0.1', 'localhost');
    const metadata = await getJson(`${other}/.well-known/openid-configuration`);
    expect(metadata.token_endpoint).toBe(`${idp.issuer}/token`);
  });

  it('offers public keys for RS256, ES256, EdDSA and encryption, each with a kid', async () => {
    const { keys } = await getJson(`${idp.issuer}/jwks`);
    const use = 'sig';
    expect(keys).toEqual([
      { kty: 'RSA', use, kid: expect.any(String), n: expect.any(String), e: 'AQAB' },
      {
        kty: 'EC',
        use,
        kid: expect.any(String),
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        alg: 'ES256',
      },
      { kty: 'OKP', use, kid: expect.any(String), crv: 'Ed25519', x: expect.any(String) },
      expect.objectContaining({ kty: 'EC', use: 'enc', kid: expect.stringMatching(/^enc-/) }),
    ]);
  });
});

describe('the server', () => {
  it('answers no name but a loopback one', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${idp.issuer}/jwks`, { headers: { host: 'attacker.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('names a taken port and the way out', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const attempt = startIdp({ port });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
    blocker.close();
  });

  it('closes at once under a kept-alive connection and half a request, and its port is free again', async () => {
    const first = await startIdp({ port: 0, hostname: 'localhost' });
    expect(new URL(first.issuer).hostname).toBe('localhost');
    const response = await fetch(`${first.issuer}/jwks`);
    expect(response.headers.get('connection')).toBe('keep-alive');
    // Node waits a minute for the rest of a request, longer than this test may take.
    const half = connect(Number(new URL(first.issuer).port), 'localhost');
    await new Promise<void>((resolve) => half.write('GET /jwks HTTP/1.1\r\n', () => resolve()));
    half.on('error', () => {});
    await first.close();
    const second = await startIdp({ port: Number(new URL(first.issuer).port) });
    await second.close();
  });

  it('prints nothing, and gives the console back', async () => {
    const printed: unknown[] = [];
    const spies = (['log', 'info', 'warn', 'error'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((...values) => void printed.push(values)),
    );
    const warn = console.warn;
    const quiet = await startIdp({ port: 0 });
    await signIn(quiet, { scope: 'openid offline_access' });
    console.warn('from elsewhere');
    await quiet.close();
    expect(console.warn).toBe(warn);
    for (const spy of spies) spy.mockRestore();
    expect(printed).toEqual([['from elsewhere']]);
  });
});
