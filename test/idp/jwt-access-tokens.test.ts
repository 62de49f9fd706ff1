import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { claimsOf, postForm, signIn } from './code-flow.ts';

const basic = 'demo-confidential:demo-secret';

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(() => idp.close());

describe('tokens', () => {
  it('are verifiable: a JWT access token and an ID token under the published keys', async () => {
    const { body } = await signIn(idp, { scope: 'openid api:read' });
    const keys = createRemoteJWKSet(new URL(`${idp.issuer}/jwks`));
    const access = await jwtVerify(String(body.access_token), keys, {
      issuer: idp.issuer,
      audience: idp.issuer,
      typ: 'at+jwt',
    });
    expect(access.payload).toMatchObject({
      sub: 'alice',
      client_id: 'demo-public',
      scope: 'openid api:read',
    });
    const id = await jwtVerify(String(body.id_token), keys, {
      issuer: idp.issuer,
      audience: 'demo-public',
    });
    expect(id.protectedHeader.alg).toBe('RS256');
  });

  it('open UserInfo, with the claims of the granted scope', async () => {
    const { body } = await signIn(idp, { scope: 'openid email phone address' });
    const response = await fetch(`${idp.issuer}/me`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(response.status).toBe(200);
    const claims = (await response.json()) as Record<string, unknown>;
    expect(Object.keys(claims).sort()).toEqual([
      'address',
      'email',
      'email_verified',
      'phone_number',
      'phone_number_verified',
      'sub',
    ]);
    expect(claims).toMatchObject({ sub: 'alice', email: 'alice@example.com', email_verified: true });
  });

  it.each([
    ['an altered token', (token: string) => `${token.slice(0, -8)}AAAAAAAA`],
    ['the bare jti', (token: string) => String(claimsOf(token).jti)],
    ['an ID token', (_token: string, idToken: string) => idToken],
  ])('do not let %s in', async (_what, make) => {
    const { body } = await signIn(idp);
    const token = make(String(body.access_token), String(body.id_token));
    const response = await fetch(`${idp.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
    const introspected = await postForm(`${idp.issuer}/token/introspection`, { token }, { basic });
    expect(introspected.body).toEqual({ active: false });
  });

  it('for a resource carry it as audience and stay out of UserInfo', async () => {
    const resource = 'https://api.example.com/';
    const { body } = await signIn(idp, { scope: 'openid api:read', resource }, { form: { resource } });
    expect(claimsOf(body.access_token)).toMatchObject({ aud: resource, scope: 'api:read' });
    const response = await fetch(`${idp.issuer}/me`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(response.status).toBe(403);
  });

  it('come from client_credentials too, for confidential clients only', async () => {
    const form = { grant_type: 'client_credentials', scope: 'api:write' };
    const { body } = await postForm(`${idp.issuer}/token`, form, { basic });
    expect(claimsOf(body.access_token)).toMatchObject({ sub: 'demo-confidential', scope: 'api:write' });
    const refused = await postForm(`${idp.issuer}/token`, { ...form, client_id: 'demo-public' });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  });

  it('are introspected until they are revoked', async () => {
    const { body } = await signIn(idp, { client_id: 'demo-confidential', scope: 'openid api:read' });
    const token = String(body.access_token);
    const introspect = () => postForm(`${idp.issuer}/token/introspection`, { token }, { basic });
    expect((await introspect()).body).toMatchObject({
      active: true,
      sub: 'alice',
      client_id: 'demo-confidential',
      scope: 'openid api:read',
      token_type: 'Bearer',
      jti: claimsOf(token).jti,
    });
    const revoked = await postForm(`${idp.issuer}/token/revocation`, { token }, { basic });
    expect(revoked.status).toBe(200);
    expect((await introspect()).body).toEqual({ active: false });
    const userinfo = await fetch(`${idp.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(userinfo.status).toBe(401);
  });

  it('are refreshed and rotated after offline_access, and a used refresh token ends them all', async () => {
    const { body } = await signIn(idp, { scope: 'openid offline_access' });
    expect(body.scope).toBe('openid offline_access');
    const refresh = (refresh_token: unknown) =>
      postForm(`${idp.issuer}/token`, {
        grant_type: 'refresh_token',
        client_id: 'demo-public',
        refresh_token: String(refresh_token),
      });
    const second = await refresh(body.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(body.refresh_token);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant');
  });
});
