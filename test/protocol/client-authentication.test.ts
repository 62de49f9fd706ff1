import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { readSigningKey } from '../../src/jose/key-file.ts';
import {
  buildClientAssertion,
  buildClientAuthentication,
  type ClientAuthenticationMethod,
  chooseAuthenticationMethod,
} from '../../src/protocol/client-authentication.ts';
import { inputs } from '../every-case.ts';

const signingKey = readSigningKey(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
const assertion = { audience: 'https://server.example.com', now: new Date('2026-11-20T13:05:12Z') };

const nothing = { hasCertificate: false };
const secret = { hasCertificate: false, clientSecret: 'secret' };
const key = { hasCertificate: false, signingKey };
const certificate = { hasCertificate: true };

describe('choosing the client authentication method', () => {
  it.each<[string, Parameters<typeof chooseAuthenticationMethod>[0], string[] | undefined, string]>([
    ['nothing, no metadata', nothing, undefined, 'none'],
    ['nothing, whatever is advertised', nothing, ['client_secret_basic', 'private_key_jwt'], 'none'],
    ['a secret, no metadata', secret, undefined, 'client_secret_basic'],
    ['a secret, an empty list', secret, [], 'client_secret_basic'],
    ['a secret, basic first', secret, ['client_secret_basic', 'client_secret_post'], 'client_secret_basic'],
    [
      'a secret, post first',
      secret,
      ['none', 'client_secret_post', 'client_secret_basic'],
      'client_secret_basic',
    ],
    ['a secret, only post', secret, ['client_secret_post'], 'client_secret_post'],
    ['a secret, only jwt', secret, ['private_key_jwt', 'client_secret_jwt'], 'client_secret_jwt'],
    ['a secret, jwt before post', secret, ['client_secret_jwt', 'client_secret_post'], 'client_secret_post'],
    ['a secret, nothing that takes one', secret, ['private_key_jwt', 'none'], 'client_secret_basic'],
    ['a secret, names nobody knows', secret, ['attest_jwt_client_auth'], 'client_secret_basic'],
    ['a key, no metadata', key, undefined, 'private_key_jwt'],
    ['a key, advertised last', key, ['client_secret_basic', 'private_key_jwt'], 'private_key_jwt'],
    ['a key, not advertised', key, ['client_secret_basic'], 'private_key_jwt'],
    [
      'a key and a secret, whatever comes first',
      { ...key, ...secret, signingKey },
      ['client_secret_post', 'private_key_jwt'],
      'private_key_jwt',
    ],
    ['a key and a secret, no metadata', { ...secret, signingKey }, undefined, 'private_key_jwt'],
    ['a certificate, no metadata', certificate, undefined, 'tls_client_auth'],
    [
      'a certificate, self-signed advertised',
      certificate,
      ['none', 'self_signed_tls_client_auth'],
      'self_signed_tls_client_auth',
    ],
    [
      'a certificate and a secret, no metadata',
      { ...secret, hasCertificate: true },
      undefined,
      'client_secret_basic',
    ],
    [
      'a certificate and a secret, whatever comes first',
      { ...secret, hasCertificate: true },
      ['tls_client_auth', 'client_secret_basic'],
      'client_secret_basic',
    ],
    [
      'a certificate and a secret, only the certificate advertised',
      { ...secret, hasCertificate: true },
      ['tls_client_auth'],
      'tls_client_auth',
    ],
  ])('with %s', (_, credentials, advertised, method) => {
    expect(chooseAuthenticationMethod(credentials, advertised)).toBe(method);
  });
});

describe('client authentication', () => {
  const build = (method: ClientAuthenticationMethod, credentials: object = {}) =>
    buildClientAuthentication(
      method,
      { clientId: 's6BhdRkqt3', hasCertificate: false, ...credentials },
      assertion,
    );

  it('is HTTP Basic as in the example of RFC 6749 §2.3.1', () => {
    expect(build('client_secret_basic', { clientSecret: 'gX1fBat3bV' })).toEqual({
      headers: [['authorization', 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW']],
      parameters: [],
    });
  });

  it('is in the body as in the example of RFC 6749 §2.3.1', () => {
    expect(build('client_secret_post', { clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw' })).toEqual({
      headers: [],
      parameters: [
        ['client_id', 's6BhdRkqt3'],
        ['client_secret', '7Fjfp0ZBr1KtDRbnfVdmIw'],
      ],
    });
  });

  it.each<ClientAuthenticationMethod>(['none', 'tls_client_auth', 'self_signed_tls_client_auth'])(
    'is the client_id alone with %s (RFC 6749 §3.2.1, RFC 8705 §2)',
    (method) => {
      expect(build(method, { clientSecret: 'not to be sent', signingKey })).toEqual({
        headers: [],
        parameters: [['client_id', 's6BhdRkqt3']],
      });
    },
  );

  it.each<[ClientAuthenticationMethod, object, string]>([
    ['client_secret_jwt', { clientSecret: 'secret', signingKey }, 'HS256'],
    ['private_key_jwt', { clientSecret: 'secret', signingKey }, 'EdDSA'],
  ])('is an assertion with %s (RFC 7523 §2.2)', (method, credentials, alg) => {
    const { headers, parameters } = build(method, credentials);
    expect(headers).toEqual([]);
    expect(parameters).toEqual([
      ['client_id', 's6BhdRkqt3'],
      ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      ['client_assertion', expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)],
    ]);
    const [header = '', claims = ''] = (parameters[2]?.[1] ?? '').split('.');
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decode(header).alg).toBe(alg);
    expect(decode(claims)).toMatchObject({ iss: 's6BhdRkqt3', aud: assertion.audience });
  });

  it('does not sign with the secret where a private key is wanted', () => {
    expect(() => build('private_key_jwt', { clientSecret: 'secret' })).toThrow(TypeError);
  });
});

describe('HTTP Basic', () => {
  const userPass = (clientId: string, clientSecret: string) => {
    const { headers } = buildClientAuthentication(
      'client_secret_basic',
      { clientId, clientSecret, hasCertificate: false },
      assertion,
    );
    return Buffer.from(headers[0]?.[1].replace(/^Basic /, '') ?? '', 'base64').toString('utf8');
  };

  it.each([
    [' %&+£€', 'secret', '+%25%26%2B%C2%A3%E2%82%AC:secret'],
    ['id', ' %&+£€', 'id:+%25%26%2B%C2%A3%E2%82%AC'],
    ['a:b', 'c:d', 'a%3Ab:c%3Ad'],
    ['https://client.example.com/', '', 'https%3A%2F%2Fclient.example.com%2F:'],
  ])('encodes %j and %j as forms first (RFC 6749 §2.3.1, Appendix B)', (clientId, clientSecret, expected) => {
    expect(userPass(clientId, clientSecret)).toBe(expected);
  });

  it('is read back by a server that decodes both parts, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (clientId, clientSecret) => {
          const parts = userPass(clientId, clientSecret).split(':');
          const decoded = parts.map((part) => new URLSearchParams(`x=${part}`).get('x'));
          expect(decoded).toEqual([clientId, clientSecret]);
        },
      ),
      { numRuns: inputs(200) },
    );
  });
});

const now = new Date('2026-11-20T13:05:12.999Z');
const audience = 'https://server.example.com';
const about = { audience, now };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const ec = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' });
const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });

describe('a client assertion', () => {
  it.each<[string, object]>([
    ['RS256', rsa],
    ['RS384', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['PS512', rsa],
    ['ES256', ec('P-256')],
    ['ES384', ec('P-384')],
    ['ES512', ec('P-521')],
    ['EdDSA', ed25519],
    ['Ed25519', ed25519],
  ])('signed with %s is accepted by another implementation', async (alg, jwk) => {
    const key = readSigningKey(JSON.stringify({ ...jwk, alg, kid: 'key-1' }));
    const { d: _, dp, dq, p, q, qi, ...publicJwk } = jwk as Record<string, string>;
    const assertion = buildClientAssertion('s6BhdRkqt3', key, about);
    const { protectedHeader, payload } = await jwtVerify(assertion, await importJWK(publicJwk as JWK, alg), {
      currentDate: now,
      audience,
      issuer: 's6BhdRkqt3',
    });
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: 'key-1' });
    expect(payload).toEqual({
      iss: 's6BhdRkqt3',
      sub: 's6BhdRkqt3',
      aud: audience,
      jti: expect.stringMatching(/^[\w-]{22,}$/),
      iat: 1795179912,
      exp: 1795179972,
    });
  });

  it('signed with ES256K is the concatenation of both numbers (RFC 8812 §3.2)', () => {
    const key = readSigningKey(JSON.stringify(ec('secp256k1')));
    const [header, claims, signature = ''] = buildClientAssertion('client', key, about).split('.');
    const fits = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: createPublicKey(key.key), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(fits).toBe(true);
  });

  it.each(['short', 'ünïcode £€', 'a-client-secret-of-more-than-32-octets'])(
    'made with the client secret %s is an HS256 over its UTF-8 octets',
    async (secret) => {
      const assertion = buildClientAssertion('client', secret, about);
      expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'HS256', typ: 'JWT' });
      await expect(
        jwtVerify(assertion, new TextEncoder().encode(secret), { currentDate: now }),
      ).resolves.toBeDefined();
    },
  );

  it('never has the same jti twice (RFC 7523 §3)', () => {
    const jti = () => {
      const [, claims = ''] = buildClientAssertion('client', 'secret', about).split('.');
      return JSON.parse(Buffer.from(claims, 'base64url').toString()).jti;
    };
    expect(new Set([jti(), jti(), jti()]).size).toBe(3);
  });
});
