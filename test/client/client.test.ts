import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ClientPlace, clientAt } from '../../src/client/client.ts';
import { UsageError } from '../../src/errors.ts';
import { readSigningKey } from '../../src/jose/key-file.ts';
import { buildTokenRequest } from '../../src/protocol/token-request.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const pem = (key: typeof rsa) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = (key: typeof rsa, members: object) => ({ ...key.export({ format: 'jwk' }), ...members });
const set = JSON.stringify({ keys: [jwk(rsa, { kid: 'r', alg: 'RS256' }), jwk(ec, { kid: 'e' })] });

/** The header of the assertion that a client sends to a server with this metadata. */
function headerOf(credentials: object, members: object, place: Partial<ClientPlace> = {}): unknown {
  const issuer = 'https://a.example';
  const metadata = { token_endpoint: `${issuer}/token`, ...members };
  const method = 'clientSecret' in credentials ? 'client_secret_jwt' : 'private_key_jwt';
  const settings = {
    credentials: { clientId: 'app', hasCertificate: false, ...credentials },
    method,
  } as const;
  const client = clientAt(settings, { issuer, metadata, endpoint: metadata.token_endpoint, ...place });
  const { body } = buildTokenRequest('https://a.example/token', [], client, [], new Date());
  const [header = ''] = new URLSearchParams(body).get('client_assertion')?.split('.') ?? [];
  return JSON.parse(Buffer.from(header, 'base64url').toString());
}

const listed = (...algs: string[]) => ({ token_endpoint_auth_signing_alg_values_supported: algs });

describe('the algorithm of a client assertion', () => {
  it.each([
    ['an RSA key, nothing listed', pem(rsa), {}, { alg: 'RS256' }],
    ['an RSA key, an empty list', pem(rsa), listed(), { alg: 'RS256' }],
    ['an RSA key where PS256 is taken alone', pem(rsa), listed('PS256', 'ES256'), { alg: 'PS256' }],
    ['an RSA key where the usual one is taken too', pem(rsa), listed('PS256', 'RS256'), { alg: 'RS256' }],
    ['an Ed25519 key by its newer name', pem(ed25519), listed('Ed25519'), { alg: 'Ed25519' }],
    ['a set, nothing listed', set, {}, { alg: 'RS256', kid: 'r' }],
    ['a set whose second key is taken', set, listed('PS256', 'ES256'), { alg: 'ES256', kid: 'e' }],
  ])('is of the key and of what the server lists: %s', (_, file, members, expected) => {
    expect(headerOf({ signingKey: readSigningKey(file) }, members)).toEqual({ typ: 'JWT', ...expected });
  });

  it.each([
    [{}, 'HS256'],
    [listed('RS256', 'HS512', 'HS384'), 'HS384'],
  ])('with a secret is the first HMAC that is listed: %j', (members, alg) => {
    expect(headerOf({ clientSecret: 'secret' }, members)).toEqual({ typ: 'JWT', alg });
  });

  it('is what the endpoint lists, before what the token endpoint does', () => {
    const members = { ...listed('RS256'), revocation_endpoint_auth_signing_alg_values_supported: ['PS384'] };
    const signingKey = readSigningKey(pem(rsa));
    expect(headerOf({ signingKey }, members, { kind: 'revocation' })).toMatchObject({ alg: 'PS384' });
    expect(headerOf({ signingKey }, members, { kind: 'introspection' })).toMatchObject({ alg: 'RS256' });
  });

  it('is the one of the option, whatever is listed', () => {
    const given = { signingKey: readSigningKey(pem(rsa)), signingAlg: 'PS512' };
    expect(headerOf(given, listed('RS256'))).toMatchObject({ alg: 'PS512' });
    expect(headerOf({ clientSecret: 's', signingAlg: 'HS512' }, listed('HS256'))).toMatchObject({
      alg: 'HS512',
    });
  });

  it.each([
    [
      'a key',
      { signingKey: readSigningKey(pem(ed25519)) },
      listed('PS256', 'ES256'),
      /EdDSA, Ed25519;.* PS256, ES256\.$/,
    ],
    ['a secret', { clientSecret: 'secret' }, listed('RS256'), /HS512; .* RS256\.$/],
    [
      'an option that the key does not fit',
      { signingKey: readSigningKey(pem(ec)), signingAlg: 'RS256' },
      {},
      /^--signing-alg is RS256, but the key signs with ES256\.$/,
    ],
    [
      'an option that the secret does not fit',
      { clientSecret: 's', signingAlg: 'ES384' },
      {},
      /^--signing-alg is ES384, but the client secret signs with HS256, HS384, HS512\.$/,
    ],
  ])('that cannot be had is refused before anything is sent: %s', (_, credentials, members, message) => {
    expect(() => headerOf(credentials, members)).toThrow(UsageError);
    expect(() => headerOf(credentials, members)).toThrow(message);
  });
});
