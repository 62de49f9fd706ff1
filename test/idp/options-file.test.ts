import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { authorizationUrl, claimsOf, getJson, postForm, signIn } from './code-flow.ts';

describe('an options file', () => {
  const withConfig = async <T>(options: object, use: (idp: RunningIdp) => Promise<T>): Promise<T> => {
    const config = readIdpConfig(JSON.stringify(options), 'idp.json');
    const running = await startIdp({ port: 0, config });
    try {
      return await use(running);
    } finally {
      await running.close();
    }
  };

  it('adds clients and users, and changes ready ones', async () => {
    const options = {
      clients: [
        { client_id: 'mine', client_secret: 's', redirect_uris: ['https://app.example/cb'] },
        { client_id: 'demo-public', client_name: 'Renamed' },
      ],
      users: [{ sub: 'carol', email: 'carol@example.net' }],
    };
    await withConfig(options, async (running) => {
      expect(running.users).toEqual(['alice', 'bob', 'carol']);
      expect(running.clients.find(({ client_id }) => client_id === 'mine')).toEqual({
        client_id: 'mine',
        client_secret: 's',
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: ['https://app.example/cb'],
      });
      const start = await fetch(authorizationUrl(running, 'http://127.0.0.1:9/callback'), {
        redirect: 'manual',
      });
      const [cookie = ''] = start.headers.getSetCookie();
      const cookies = start.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      expect(cookie).not.toBe('');
      const page = await fetch(`${running.issuer}${start.headers.get('location')}`, {
        headers: { cookie: cookies },
      });
      expect(await page.text()).toContain('Renamed');
    });
  });

  it('that turns response types off leaves the ready clients', async () => {
    await withConfig({ responseTypes: ['code'] }, async ({ clients }) => {
      expect(clients.map(({ client_id }) => client_id)).toContain('demo-public');
    });
  });

  it.each([
    ['nothing, in the header and in the body', {}, [200, 200]],
    [
      'clientAuthMethods without client_secret_post, in the header alone',
      {
        clientAuthMethods: ['none', 'client_secret_basic'],
        clients: [{ client_id: 'demo-confidential-post', token_endpoint_auth_method: 'client_secret_basic' }],
      },
      [200, 401],
    ],
  ])('takes a secret with %s', async (_, options, expected) => {
    await withConfig(options, async ({ issuer }) => {
      const form = { grant_type: 'client_credentials' };
      const [client_id, client_secret] = ['demo-confidential', 'demo-secret'];
      const inHeader = await postForm(`${issuer}/token`, form, { basic: `${client_id}:${client_secret}` });
      const inBody = await postForm(`${issuer}/token`, { ...form, client_id, client_secret });
      expect([inHeader.status, inBody.status]).toEqual(expected);
    });
  });

  it('signs UserInfo, uses other ID token algorithms and shorter lives', async () => {
    const options = {
      clients: [
        {
          client_id: 'demo-public',
          userinfo_signed_response_alg: 'ES256',
          id_token_signed_response_alg: 'EdDSA',
        },
      ],
      ttl: { AccessToken: 7 },
    };
    await withConfig(options, async (running) => {
      const { body } = await signIn(running);
      expect(body.expires_in).toBe(7);
      expect(JSON.parse(atob(String(body.id_token).split('.')[0] ?? '')).alg).toBe('EdDSA');
      const response = await fetch(`${running.issuer}/me`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
      expect(response.headers.get('content-type')).toContain('application/jwt');
      expect(claimsOf(await response.text())).toMatchObject({ sub: 'alice', aud: 'demo-public' });
    });
  });

  it('makes access tokens opaque', async () => {
    await withConfig({ accessTokenFormat: 'opaque' }, async (running) => {
      const { body } = await signIn(running);
      expect(body.access_token).not.toContain('.');
      const response = await fetch(`${running.issuer}/me`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
      expect(response.status).toBe(200);
    });
  });

  it('brings a private_key_jwt client', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const options = {
      clients: [
        {
          client_id: 'keyed',
          token_endpoint_auth_method: 'private_key_jwt',
          grant_types: ['client_credentials'],
          response_types: [],
          jwks: { keys: [await exportJWK(publicKey)] },
        },
      ],
    };
    await withConfig(options, async (running) => {
      const client_assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer('keyed')
        .setSubject('keyed')
        .setAudience(running.issuer)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
      const { status, body } = await postForm(`${running.issuer}/token`, {
        grant_type: 'client_credentials',
        client_id: 'keyed',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
      });
      expect([status, claimsOf(body.access_token).sub]).toEqual([200, 'keyed']);
    });
  });

  it('turns features off without breaking the ready clients', async () => {
    const options = { features: { deviceFlow: { enabled: false }, introspection: { enabled: false } } };
    await withConfig(options, async (running) => {
      expect(running.clients).toHaveLength(3);
      const metadata = await getJson(`${running.issuer}/.well-known/openid-configuration`);
      expect(metadata.device_authorization_endpoint).toBeUndefined();
      expect(metadata.introspection_endpoint).toBeUndefined();
    });
  });

  it.each([
    [{ features: { nonsense: { enabled: true } } }, 'Unknown feature configuration: nonsense'],
    [{ ttl: { AccessToken: -1 } }, 'ttl.AccessToken must be a positive integer'],
    [
      { clients: [{ client_id: 'x', client_secret: 'hush', redirect_uris: ['not a uri'] }] },
      'the client "x" is refused: redirect_uris',
    ],
    [{ jwks: { keys: [] } }, 'jwks has no key to sign access tokens with'],
  ])('is refused with the place: %j', async (options, message) => {
    const attempt = startIdp({ port: 0, config: readIdpConfig(JSON.stringify(options), 'idp.json') });
    await expect(attempt).rejects.toThrow(ConfigError);
    const error = await attempt.catch((cause: Error) => cause.message);
    expect(error).toContain('idp.json');
    expect(error).toContain(message);
    expect(error).not.toContain('hush');
  });
});
