import { describe, expect, it } from 'vitest';
import { authorizationCodeGrant } from '../../src/client/grants.ts';
import { type ParameterOverride, readParameterOverride } from '../../src/protocol/parameters.ts';
import { buildTokenRequest, type TokenRequestClient } from '../../src/protocol/token-request.ts';

const endpoint = 'https://server.example.com/token';
const now = new Date('2026-11-20T13:05:12Z');
const client: TokenRequestClient = {
  method: 'client_secret_basic',
  credentials: { clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV', hasCertificate: false },
  audience: 'https://server.example.com',
};
const publicClient: TokenRequestClient = { ...client, method: 'none' };
const grant = authorizationCodeGrant({
  code: 'SplxlOBeZQQYbYS6WxSbIA',
  redirectUri: 'https://client.example.com/cb',
  resources: [],
});

describe('the grant of an authorization code', () => {
  it('has what was sent before, and what proves who asked', () => {
    expect(
      authorizationCodeGrant({
        code: 'c',
        redirectUri: 'http://127.0.0.1:8378/callback',
        codeVerifier: 'v',
        resources: ['https://cal.example.com/', 'https://contacts.example.com/'],
      }),
    ).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'c'],
      ['redirect_uri', 'http://127.0.0.1:8378/callback'],
      ['code_verifier', 'v'],
      ['resource', 'https://cal.example.com/'],
      ['resource', 'https://contacts.example.com/'],
    ]);
  });

  it('leaves out what the authorization request did not have (RFC 6749 §4.1.3)', () => {
    expect(authorizationCodeGrant({ code: 'c', resources: [] })).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'c'],
    ]);
  });
});

describe('the token request', () => {
  it('is that of the example in RFC 6749 §4.1.3', () => {
    expect(buildTokenRequest(endpoint, grant, client, [], now)).toEqual({
      method: 'POST',
      url: endpoint,
      headers: [
        ['accept', 'application/json'],
        ['content-type', 'application/x-www-form-urlencoded'],
        ['authorization', 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW'],
      ],
      body:
        'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA' +
        '&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb',
    });
  });

  it('names a public client in the body', () => {
    const { body, headers } = buildTokenRequest(endpoint, grant, publicClient, [], now);
    expect(body?.endsWith('&client_id=s6BhdRkqt3')).toBe(true);
    expect(headers.map(([name]) => name)).not.toContain('authorization');
  });

  it('asks for the resources of the example in RFC 8707 §2.2', () => {
    const one = authorizationCodeGrant({ code: 'c', resources: ['https://cal.example.com/'] });
    expect(buildTokenRequest(endpoint, one, client, [], now).body).toBe(
      'grant_type=authorization_code&code=c&resource=https%3A%2F%2Fcal.example.com%2F',
    );
  });

  it.each<[string, string]>([
    ['code_verifier=x', 'grant_type=authorization_code&code=c&client_id=s6BhdRkqt3&code_verifier=x'],
    ['code=other', 'grant_type=authorization_code&code=other&client_id=s6BhdRkqt3'],
    ['client_id', 'grant_type=authorization_code&code=c'],
    ['code=', 'grant_type=authorization_code&code=&client_id=s6BhdRkqt3'],
  ])('lets --token-param %s have the last word', (text, body) => {
    const override = readParameterOverride(text) as ParameterOverride;
    const code = authorizationCodeGrant({ code: 'c', resources: [] });
    expect(buildTokenRequest(endpoint, code, publicClient, [override], now).body).toBe(body);
  });
});
