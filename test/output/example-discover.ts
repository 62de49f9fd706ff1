import { checkResult } from '../../src/checks/check-result.ts';
import type { DiscoverDocument } from '../../src/output/documents.ts';

const issuer = 'https://login.example.com/realms/staff';

const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/protocol/openid-connect/auth`,
  token_endpoint: `${issuer}/protocol/openid-connect/token`,
  userinfo_endpoint: `${issuer}/protocol/openid-connect/userinfo`,
  jwks_uri: `${issuer}/protocol/openid-connect/certs`,
  revocation_endpoint: `${issuer}/protocol/openid-connect/revoke`,
  response_types_supported: ['code', 'none', 'id_token', 'code id_token'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  code_challenge_methods_supported: ['plain', 'S256'],
  id_token_signing_alg_values_supported: ['PS384', 'ES384', 'RS384', 'HS256', 'HS512', 'ES256', 'RS256'],
  subject_types_supported: ['public', 'pairwise'],
  request_parameter_supported: true,
  require_pushed_authorization_requests: false,
  mtls_endpoint_aliases: {
    token_endpoint: 'https://mtls.example.com/realms/staff/protocol/openid-connect/token',
  },
};

/** A server with one weak key and one metadata document of the two. */
export const exampleDiscover: DiscoverDocument = {
  version: 1,
  issuer,
  documents: [
    { url: `${issuer}/.well-known/openid-configuration`, specification: 'OIDC Discovery', metadata },
  ],
  attempts: [
    { url: `${issuer}/.well-known/openid-configuration`, result: 'found' },
    {
      url: 'https://login.example.com/.well-known/oauth-authorization-server/realms/staff',
      result: '404 Not Found',
    },
  ],
  metadata,
  keys: [
    {
      kid: '2026-10-signing',
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      crv: null,
      size: 2048,
      thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
      problems: [],
    },
    {
      kid: 'Zr4u7xIqLBKt1eEgOUW3dQf0nTQ9kvMPQ3JYbU2nqgE',
      kty: 'EC',
      alg: null,
      use: null,
      crv: 'P-256',
      size: 256,
      thumbprint: 'Zr4u7xIqLBKt1eEgOUW3dQf0nTQ9kvMPQ3JYbU2nqgE',
      problems: [],
    },
    {
      kid: null,
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      crv: null,
      size: 1024,
      thumbprint: '3ZfBmS7pNzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkx',
      problems: [
        'The modulus has 1024 bits; RFC 7518 §3.3 demands 2048.',
        'Without a kid it can only be guessed.',
      ],
    },
  ],
  checks: [
    checkResult('metadata-issuer', 'pass', 'The issuer is the one that was asked for, octet by octet.'),
    checkResult('metadata-required', 'pass', 'All required members are there.'),
    checkResult('jwks-keys', 'warn', '1 of 3 keys has problems.'),
  ],
};
