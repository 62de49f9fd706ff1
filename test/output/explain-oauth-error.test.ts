import { describe, expect, it } from 'vitest';
import { likelyCauses, type OAuthErrorContext } from '../../src/output/explain-oauth-error.ts';

const registered: Record<OAuthErrorContext['endpoint'], readonly string[]> = {
  // RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, RFC 8707 §2
  authorization: [
    'invalid_request',
    'unauthorized_client',
    'access_denied',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'interaction_required',
    'login_required',
    'account_selection_required',
    'consent_required',
    'invalid_request_uri',
    'invalid_request_object',
    'request_not_supported',
    'request_uri_not_supported',
    'registration_not_supported',
    'invalid_target',
  ],
  // RFC 6749 §5.2, RFC 8707 §2, RFC 9449 §5
  token: [
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_target',
    'invalid_dpop_proof',
    'use_dpop_nonce',
  ],
  // RFC 6750 §3.1
  userinfo: ['invalid_request', 'invalid_token', 'insufficient_scope'],
};

const cases = Object.entries(registered).flatMap(([endpoint, errors]) =>
  errors.map((error) => [endpoint as OAuthErrorContext['endpoint'], error] as const),
);

describe('likelyCauses', () => {
  it.each(cases)('explains %s error %s in sentences', (endpoint, error) => {
    const causes = likelyCauses(error, { endpoint, redirectUri: 'http://127.0.0.1:8378/callback' });
    expect(causes.length).toBeGreaterThan(0);
    for (const cause of causes) expect(cause).toMatch(/^[A-Z].*\.$/);
  });

  it.each([null, 'made_up', 'constructor', '__proto__'])('says nothing of %j', (error) => {
    expect(likelyCauses(error, { endpoint: 'token' })).toEqual([]);
  });

  it.each([
    [
      ['private_key_jwt'],
      'The client authenticated with client_secret_basic, the server takes private_key_jwt: choose one with --auth-method.',
    ],
    [
      ['client_secret_basic', 'client_secret_post'],
      'The client authenticated with client_secret_basic; the server takes client_secret_basic, client_secret_post, but this client may be set to another: try --auth-method.',
    ],
    [
      undefined,
      'The client authenticated with client_secret_basic: try another with --auth-method; the server does not say which it takes.',
    ],
  ])('names the method used and those the server advertises: %j', (advertisedAuthMethods, expected) => {
    const causes = likelyCauses('invalid_client', {
      endpoint: 'token',
      authMethod: 'client_secret_basic',
      advertisedAuthMethods,
    });
    expect(causes[0]).toBe(expected);
  });

  it('asks for a secret when the client sent none', () => {
    expect(likelyCauses('invalid_client', { endpoint: 'token', authMethod: 'none' }).join(' ')).toContain(
      '--client-secret-file',
    );
  });

  it('blames --prompt none for an answer that needs a person', () => {
    expect(likelyCauses('login_required', { endpoint: 'authorization', prompt: 'none' })[0]).toContain(
      'Leave out --prompt none',
    );
    expect(likelyCauses('login_required', { endpoint: 'authorization' })[0]).toContain('--prompt login');
  });

  it('blames missing PKCE only when it was off', () => {
    expect(likelyCauses('invalid_grant', { endpoint: 'token', pkce: 'off' }).join(' ')).toContain(
      '--pkce off',
    );
    expect(likelyCauses('invalid_grant', { endpoint: 'token', pkce: 'S256' }).join(' ')).not.toContain(
      '--pkce off',
    );
  });

  it('names the redirect URI and the scope that were sent', () => {
    const sent = { redirectUri: 'http://127.0.0.1:1/cb', scope: 'openid admin' };
    expect(likelyCauses('invalid_request', { endpoint: 'authorization', ...sent }).join(' ')).toContain(
      sent.redirectUri,
    );
    expect(likelyCauses('invalid_grant', { endpoint: 'token', ...sent }).join(' ')).toContain(
      sent.redirectUri,
    );
    expect(likelyCauses('invalid_scope', { endpoint: 'authorization', ...sent }).join(' ')).toContain(
      sent.scope,
    );
  });
});
