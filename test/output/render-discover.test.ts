import { describe, expect, it } from 'vitest';
import { renderDiscover } from '../../src/output/render-discover.ts';
import { exampleDiscover } from './example-discover.ts';

const looks = { columns: 80, color: false };

describe('renderDiscover', () => {
  it('shows endpoints, capabilities, keys and checks on 80 columns', () => {
    expect(renderDiscover(exampleDiscover, looks)).toMatchInlineSnapshot(`
      "! https://login.example.com/realms/staff

      Metadata
        OIDC Discovery
          https://login.example.com/realms/staff/.well-known/openid-configuration
        tried  (404 Not Found)
         https://login.example.com/.well-known/oauth-authorization-server/realms/staff

      Endpoints
        Authorization
          https://login.example.com/realms/staff/protocol/openid-connect/auth
        Token
          https://login.example.com/realms/staff/protocol/openid-connect/token
        UserInfo
          https://login.example.com/realms/staff/protocol/openid-connect/userinfo
        Keys
          https://login.example.com/realms/staff/protocol/openid-connect/certs
        Revocation
          https://login.example.com/realms/staff/protocol/openid-connect/revoke
        Token (mTLS)
          https://mtls.example.com/realms/staff/protocol/openid-connect/token

      Requests
        Response types  code, none, id_token, code id_token
        Response modes  query, fragment (by default)
        Grant types     authorization_code, refresh_token, client_credentials
        Scopes          openid, profile, email, offline_access

      Client authentication
        Token endpoint  client_secret_basic, client_secret_post, private_key_jwt

      Security
        PKCE              plain, S256
        DPoP              not advertised
        iss in responses  not advertised
        Request objects   yes
        Pushed requests   not advertised

      ID token and UserInfo
        ID token signed  PS384, ES384, RS384, HS256, HS512, ES256, RS256
        Subject types    public, pairwise

      Keys  ! 3 keys, 1 with problems
          key ID                                       type      alg    use  size
        ✓ 2026-10-signing                              RSA       RS256  sig  2048 bits
        ✓ Zr4u7xIqLBKt1eEgOUW3dQf0nTQ9kvMPQ3JYbU2nqgE  EC P-256  any    any  256 bits
        ! (none)                                       RSA       RS256  sig  1024 bits
            The modulus has 1024 bits; RFC 7518 §3.3 demands 2048.
            Without a kid it can only be guessed.

      Checks  3 checks: 1 warning, 2 passed
        ! Keys are usable                                   RFC 7517 §4; RFC 7518 §3.3
          1 of 3 keys has problems.
      "
    `);
  });

  it('puts what no longer fits beside each other below each other on 40 columns', () => {
    const narrow = renderDiscover({ ...exampleDiscover, checks: [] }, { ...looks, columns: 40 });
    expect(narrow.slice(narrow.indexOf('Client authentication'))).toMatchInlineSnapshot(`
      "Client authentication
        Token endpoint
          client_secret_basic,
          client_secret_post, private_key_jwt

      Security
        PKCE  plain, S256
        DPoP  not advertised
        iss in responses  not advertised
        Request objects  yes
        Pushed requests  not advertised

      ID token and UserInfo
        ID token signed
          PS384, ES384, RS384, HS256, HS512,
          ES256, RS256
        Subject types  public, pairwise

      Keys  ! 3 keys, 1 with problems
        ✓ 2026-10-signing
            type  RSA
            alg  RS256
            use  sig
            size  2048 bits
        ✓ Zr4u7xIqLBKt1eEgOUW3dQf0nTQ9kvMPQ3JY
          bU2nqgE
            type  EC P-256
            alg  any
            use  any
            size  256 bits
        ! (none)
            type  RSA
            alg  RS256
            use  sig
            size  1024 bits
            The modulus has 1024 bits; RFC
            7518 §3.3 demands 2048.
            Without a kid it can only be
            guessed.
      "
    `);
  });

  it('says when no key could be read, and shows a server without metadata', () => {
    const text = renderDiscover({ ...exampleDiscover, documents: [], metadata: {}, keys: null }, looks);
    expect(text).toContain('Keys  none: the metadata has no jwks_uri\n');
    expect(text).not.toContain('Endpoints');
    const metadata = { jwks_uri: 'https://op.example/keys' };
    expect(renderDiscover({ ...exampleDiscover, metadata, keys: null }, looks)).toContain(
      'Keys  ! none could be read',
    );
  });

  it('says nothing of a server where a resource leads to none', () => {
    const text = renderDiscover(
      { ...exampleDiscover, issuer: '', documents: [], attempts: [], metadata: {}, keys: null, checks: [] },
      looks,
    );
    expect(text).not.toMatch(/PKCE|Client authentication|Keys/);
  });

  it.each([
    [{ pushed_authorization_request_endpoint: 'https://op/par' }, 'Pushed requests   offered'],
    [{ require_pushed_authorization_requests: true }, 'Pushed requests   required'],
    [{}, 'Pushed requests   not advertised'],
    [{ dpop_signing_alg_values_supported: ['ES256', 'EdDSA'] }, 'DPoP              ES256, EdDSA'],
    [{ scopes_supported: [] }, 'Scopes          none'],
    [{ scopes_supported: 'openid' }, 'Scopes          openid'],
    [{ response_types_supported: ['a\u001b[2J'] }, 'Response types  a\\u{1b}[2J'],
    [{ 'x\u202e': true }, 'x\\u{202e}  yes'],
  ])('shows %j as "%s"', (metadata, expected) => {
    expect(renderDiscover({ ...exampleDiscover, metadata }, looks)).toContain(expected);
  });
});
