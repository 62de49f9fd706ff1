import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import {
  authorizationUrl,
  claimsOf,
  listenForCallback,
  postForm,
  redeem,
  signIn,
  visit,
} from './code-flow.ts';

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(() => idp.close());

describe('the extensions', () => {
  it('take a pushed authorization request, offline_access included', async () => {
    const callback = await listenForCallback();
    const parameters = new URL(
      authorizationUrl(idp, callback.redirectUri, { scope: 'openid offline_access' }),
    ).searchParams;
    const pushed = await postForm(`${idp.issuer}/request`, Object.fromEntries(parameters));
    expect(pushed.status).toBe(201);
    const url = `${idp.issuer}/auth?${new URLSearchParams({ client_id: 'demo-public', request_uri: String(pushed.body.request_uri) })}`;
    await visit(idp, url, callback.redirectUri);
    await callback.close();
    const code = callback.seen[0]?.parameters.get('code') ?? '';
    const { body } = await redeem(idp, code, callback.redirectUri, 'demo-public');
    expect(body.scope).toBe('openid offline_access');
    expect(typeof body.refresh_token).toBe('string');
  });

  it('bind a token to a DPoP key without asking for a nonce', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = await exportJWK(publicKey);
    const proof = (htm: string, htu: string, claims: Record<string, string> = {}) =>
      new SignJWT({ htm, htu, jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .setIssuedAt()
        .sign(privateKey);
    const headers = { dpop: await proof('POST', `${idp.issuer}/token`) };
    const { body } = await signIn(idp, {}, { headers });
    expect(body.token_type).toBe('DPoP');
    const token = String(body.access_token);
    expect(claimsOf(token).cnf).toEqual({ jkt: expect.any(String) });
    const ath = createHash('sha256').update(token).digest('base64url');
    const userinfo = (authorization: string, dpop?: string) =>
      fetch(`${idp.issuer}/me`, { headers: { authorization, ...(dpop === undefined ? {} : { dpop }) } });
    expect((await userinfo(`DPoP ${token}`, await proof('GET', `${idp.issuer}/me`, { ath }))).status).toBe(
      200,
    );
    expect((await userinfo(`Bearer ${token}`)).status).toBe(401);
  });

  it('run the device flow with pages of their own', async () => {
    const started = await postForm(`${idp.issuer}/device/auth`, {
      client_id: 'demo-public',
      scope: 'openid',
    });
    expect(started.status).toBe(200);
    expect(started.body).toMatchObject({ verification_uri: `${idp.issuer}/device`, expires_in: 600 });
    const page = await (await fetch(String(started.body.verification_uri))).text();
    expect(page).toContain('Connect a device');
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: 'demo-public',
      device_code: String(started.body.device_code),
    };
    const poll = () => postForm(`${idp.issuer}/token`, form);
    expect((await poll()).body.error).toBe('authorization_pending');
    const complete = String(started.body.verification_uri_complete);
    const { finalPage } = await visit(idp, complete, 'http://127.0.0.1:1/never');
    expect(finalPage).toContain('Device connected');
    expect(claimsOf((await poll()).body.id_token).sub).toBe('alice');
  });
});
