import { checkResult } from '../../src/checks/check-result.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import type { View } from '../../src/output/view.ts';
import { own } from '../../src/say.ts';

/** 2026-11-20 13:05:12 UTC, the moment at which every example is rendered. */
export const now = new Date('2026-11-20T13:05:12Z');
const seconds = now.getTime() / 1000;

/** A view as a test wants it: fixed clock, one hour ahead of UTC, no colour. */
export function view(changes: Partial<View> = {}): View {
  return { columns: 80, color: false, now, showSecrets: false, ...changes };
}

const issuer = 'https://login.example.com/realms/staff';

const idTokenClaims = {
  iss: issuer,
  sub: '248289761001',
  aud: 'web-debugger',
  exp: seconds + 295,
  iat: seconds - 5,
  auth_time: seconds - 3725,
  nonce: 'n-0S6_WzA2Mj',
  at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
  acr: '1',
  amr: ['pwd', 'otp'],
  sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
  preferred_username: 'alice',
  email: 'alice@example.com',
  email_verified: true,
  address: {
    street_address: '1 Rue de la Paix',
    locality: 'Paris',
    postal_code: '75002',
    country: 'France',
  },
  'https://example.com/claims/tenant_of_the_person': 'east',
};

const header = { alg: 'RS256', typ: 'JWT', kid: '2026-10-signing' };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT in compact form with a signature nobody made. */
export function jwt(claims: object, jwtHeader: object = header): string {
  return `${encode(jwtHeader)}.${encode(claims)}.${Buffer.alloc(256, 7).toString('base64url')}`;
}

const accessTokenClaims = {
  iss: issuer,
  sub: '248289761001',
  aud: 'https://api.example.com',
  client_id: 'web-debugger',
  exp: seconds + 3595,
  iat: seconds - 5,
  jti: 'fd7a1d42-6d4c-4d8c-8b4e-94a2a6cf1d4c',
  scope: 'openid profile email orders:read',
  cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
};
const accessTokenHeader = { alg: 'RS256', typ: 'at+jwt', kid: '2026-10-signing' };

const accessToken = jwt(accessTokenClaims, accessTokenHeader);
const idToken = jwt(idTokenClaims);
const refreshToken = 'Zr4u7x!A%D*G-KaPdRgUkXp2s5v8y/B?E(H+MbQeThWmYq3t6w9z$C&F)J@NcRfUj';

const passed = (id: Parameters<typeof checkResult>[0], detail: string) =>
  checkResult(id, 'pass', own(detail));

/** A login with a confidential client that went well but for two remarks. */
export const exampleLogin: LoginDocument = {
  version: 1,
  issuer,
  client_id: 'web-debugger',
  tokens: {
    access_token: accessToken,
    token_type: 'Bearer',
    scope: ['openid', 'profile', 'email', 'orders:read'],
    expires_at: '2026-11-20T14:05:07Z',
    refresh_token: refreshToken,
    id_token: idToken,
  },
  token_response: {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'openid profile email orders:read',
    refresh_token: refreshToken,
    id_token: idToken,
    refresh_expires_in: 1800,
    device_secret: 'WJFqNFTGuZCnKVUpRq5g7V4sPcTbkHxLmBnYw2d8',
  },
  decoded: {
    access_token: { header: accessTokenHeader, claims: accessTokenClaims },
    id_token: { header, claims: idTokenClaims },
  },
  userinfo: {
    sub: '248289761001',
    name: '愛麗絲 Alice 👩🏽‍🚀',
    given_name: 'Alice',
    email: 'alice@example.com',
    email_verified: 'true',
    updated_at: seconds - 86_400 * 40,
  },
  checks: [
    passed('metadata-issuer', 'The issuer is the one that was asked for, octet by octet.'),
    passed('jwks', 'The key set holds 3 keys.'),
    passed('pkce', 'S256, advertised by the server.'),
    passed('state', 'The answer carries the state that was sent.'),
    passed('iss', 'The answer names the issuer that was asked.'),
    passed('token-response', 'Status 200, a JSON object with an access token.'),
    passed('token-type', 'Bearer.'),
    checkResult(
      'granted-scope',
      'warn',
      'The server granted less than was asked for: orders:write is missing.',
      {
        expected: 'openid profile email orders:read orders:write',
        received: 'openid profile email orders:read',
      },
    ),
    checkResult('cache-control', 'warn', 'A cache between here and the server may keep the tokens.', {
      expected: 'Cache-Control: no-store',
      received: 'no Cache-Control',
    }),
    passed('clock-skew', 'The clocks differ by less than 1 s.'),
    passed('id-token-alg', 'RS256, as the metadata offers.'),
    passed('id-token-signature', 'The signature fits the key 2026-10-signing.'),
    passed('id-token-iss', 'The ID token comes from the issuer that was asked.'),
    passed('id-token-aud', 'The only audience is this client.'),
    checkResult('id-token-azp', 'skipped', 'The ID token names no authorized party.'),
    passed('id-token-exp', 'Valid for another 4 min 55 s.'),
    passed('id-token-nonce', 'The nonce is the one that was sent.'),
    passed('id-token-at-hash', 'The hash fits the access token.'),
    passed('userinfo-sub', 'The subject is that of the ID token.'),
  ],
};
