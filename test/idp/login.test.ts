import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdpRequest } from '../../src/idp/bind-server.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { authorizationUrl, claimsOf, listenForCallback, redeem, signIn, visit } from './code-flow.ts';

let idp: RunningIdp;
const requests: IdpRequest[] = [];

beforeAll(async () => {
  idp = await startIdp({ port: 0, onRequest: (request) => requests.push(request) });
});
afterAll(() => idp.close());

describe('the authorization code flow', () => {
  it.each(['demo-public', 'demo-confidential', 'demo-confidential-post'])(
    'signs in through %s',
    async (client_id) => {
      const { status, body } = await signIn(idp, { client_id, scope: 'openid profile email' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile email' });
      expect(body.refresh_token).toBeUndefined();
      expect(claimsOf(body.id_token)).toMatchObject({
        iss: idp.issuer,
        sub: 'alice',
        aud: client_id,
        nonce: 'nonce-1',
      });
    },
  );

  it('answers with code, state and iss', async () => {
    const callback = await listenForCallback();
    const { steps, reachedRedirectUri } = await visit(
      idp,
      authorizationUrl(idp, callback.redirectUri),
      callback.redirectUri,
    );
    await callback.close();
    expect(reachedRedirectUri).toBe(true);
    expect([...(callback.seen[0]?.parameters.keys() ?? [])].sort()).toEqual(['code', 'iss', 'state']);
    expect(callback.seen[0]?.parameters.get('iss')).toBe(idp.issuer);
    expect(steps).toEqual([
      `opens ${idp.issuer}/auth`,
      'signs in as alice',
      'allows access',
      `is sent to ${callback.redirectUri}`,
    ]);
  });

  it('signs in by one click on a named user', async () => {
    const page = await fetch(authorizationUrl(idp, 'http://127.0.0.1:8378/callback'), { redirect: 'manual' });
    const place = new URL(page.headers.get('location') ?? '', idp.issuer);
    const cookie = page.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const html = await (await fetch(place, { headers: { cookie } })).text();
    const actions = [...html.matchAll(/name="action" value="(login [^"]+)"/g)].map(([, action]) => action);
    expect(actions).toEqual(idp.users.map((user) => `login ${user}`));
    const [, bob = ''] = actions;
    const answer = await fetch(place, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: new URL(idp.issuer).origin },
      body: new URLSearchParams({ action: bob }),
    });
    expect([answer.status, new URL(answer.headers.get('location') ?? '', idp.issuer).pathname]).toEqual([
      303,
      expect.stringMatching(/^\/auth\//),
    ]);
  });

  it('answers access_denied when the person denies', async () => {
    const callback = await listenForCallback();
    await visit(idp, authorizationUrl(idp, callback.redirectUri), callback.redirectUri, 'deny');
    await callback.close();
    expect(Object.fromEntries(callback.seen[0]?.parameters ?? [])).toEqual({
      error: 'access_denied',
      error_description: 'The person denied access.',
      state: 'state-1',
      iss: idp.issuer,
    });
  });

  /** A browser that keeps its cookies, signs in as alice and allows all, up to the redirect URI. */
  function openBrowser() {
    const cookies = new Map<string, string>();
    return async function follow(url: string, body?: URLSearchParams): Promise<string | null> {
      if (!url.startsWith(idp.issuer)) {
        const answer = new URL(url).searchParams;
        return answer.get('error') ?? (answer.has('code') ? 'code' : null);
      }
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const method = body === undefined ? 'GET' : 'POST';
      const headers = { cookie, origin: idp.issuer };
      const response = await fetch(url, { redirect: 'manual', method, headers, body: body ?? null });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      const place = response.headers.get('location');
      if (place !== null) return follow(new URL(place, idp.issuer).href);
      const isLogin = (await response.text()).includes('value="login alice"');
      return follow(url, new URLSearchParams({ action: isLogin ? 'login alice' : 'allow' }));
    };
  }

  it('answers prompt=none by what the sign-in would lack, or with a code', async () => {
    const silent = openBrowser();
    const ask = (scope: string | undefined, given: Record<string, string> = {}) => {
      const nonce = scope?.includes('openid') ? 'nonce-1' : undefined;
      return silent(authorizationUrl(idp, 'http://127.0.0.1:8378/callback', { scope, nonce, ...given }));
    };
    const none = { prompt: 'none' };
    expect(await ask('openid', none)).toBe('login_required');
    expect(await ask('openid')).toBe('code');
    const outcomes = {
      same: await ask('openid', none),
      'with an unknown scope': await ask('openid unknown', none),
      'of another client': await ask('openid', { ...none, client_id: 'demo-confidential' }),
      'with another scope': await ask('openid api:read', none),
      'for a resource': await ask('api:read', { ...none, resource: 'https://api.example.com/' }),
      'with no known scope': await ask('unknown', none),
      'with no scope': await ask(undefined, none),
      'with an older sign-in': await ask('openid', { ...none, max_age: '0' }),
    };
    expect(outcomes).toEqual({
      same: 'code',
      'with an unknown scope': 'code',
      'of another client': 'consent_required',
      'with another scope': 'consent_required',
      'for a resource': 'consent_required',
      'with no known scope': 'invalid_scope',
      'with no scope': 'invalid_scope',
      'with an older sign-in': 'login_required',
    });
    expect(await ask('api:read', { resource: 'https://api.example.com/' })).toBe('code');
    expect(await ask('api:read', { ...none, resource: 'https://api.example.com/' })).toBe('code');
  });

  it('posts the answer with response_mode=form_post', async () => {
    const callback = await listenForCallback();
    const url = authorizationUrl(idp, callback.redirectUri, { response_mode: 'form_post' });
    const { finalStatus, finalPage } = await visit(idp, url, callback.redirectUri);
    await callback.close();
    expect([finalStatus, finalPage]).toEqual([200, '<p>signed in</p>']);
    expect(callback.seen[0]?.method).toBe('POST');
    expect(callback.seen[0]?.parameters.get('state')).toBe('state-1');
  });

  it('demands PKCE of the public client', async () => {
    const callback = await listenForCallback();
    const url = authorizationUrl(idp, callback.redirectUri, {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    await visit(idp, url, callback.redirectUri);
    await callback.close();
    expect(callback.seen[0]?.parameters.get('error')).toBe('invalid_request');
  });

  it.each(['http://localhost:65000/callback', 'https://127.0.0.1:65000/callback', 'http://[::1]/callback'])(
    'takes the loopback redirect URI %s',
    async (redirect_uri) => {
      const response = await fetch(authorizationUrl(idp, redirect_uri), { redirect: 'manual' });
      expect(response.status).toBe(303);
    },
  );

  it.each([
    'http://127.0.0.1:8378/other',
    'http://example.com:8378/callback',
    'http://127.0.0.1.example.com/callback',
  ])('shows an error page for the redirect URI %s', async (redirect_uri) => {
    const response = await fetch(authorizationUrl(idp, redirect_uri), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('invalid_redirect_uri');
  });

  it('refuses a code twice', async () => {
    const callback = await listenForCallback();
    await visit(idp, authorizationUrl(idp, callback.redirectUri), callback.redirectUri);
    await callback.close();
    const code = callback.seen[0]?.parameters.get('code') ?? '';
    expect((await redeem(idp, code, callback.redirectUri, 'demo-public')).status).toBe(200);
    const again = await redeem(idp, code, callback.redirectUri, 'demo-public');
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('tells onRequest why a request was refused, and never a query', async () => {
    requests.length = 0;
    await redeem(idp, 'no-such-code', 'http://127.0.0.1:8378/callback', 'demo-public');
    await expect.poll(() => requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/token', status: 400 });
    expect(requests[0]?.reason).toContain('authorization code not found');
    await fetch(`${idp.issuer}/jwks?code=secret`);
    await expect.poll(() => requests[1]?.path).toBe('/jwks');
  });
});

describe('the pages', () => {
  it('escape what the client put into the request and refuse an unknown user', async () => {
    const jar = new Map<string, string>();
    const go = async (url: string, init: RequestInit = {}) => {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        headers: { ...init.headers, cookie },
      });
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
        jar.set(name, value);
      }
      return response;
    };
    const started = await go(authorizationUrl(idp, 'http://127.0.0.1:8378/callback', { login_hint: 'bob' }));
    const page = `${idp.issuer}${started.headers.get('location')}`;
    const shown = await (await go(page)).text();
    expect(shown).toContain('value="bob"');
    const body = new URLSearchParams({ username: '<script>', password: 'x', action: 'login' });
    const refused = await go(page, { method: 'POST', body });
    const text = await refused.text();
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
    const foreign = await go(page, { method: 'POST', body, headers: { origin: 'https://example.com' } });
    expect(foreign.status).toBe(403);
  });

  it('say so when an interaction is unknown', async () => {
    const response = await fetch(`${idp.issuer}/interaction/unknown`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('sign-in is over');
  });
});
