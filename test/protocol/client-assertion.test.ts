import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { readSigningKey } from '../../src/jose/signing-key.ts';
import { buildClientAssertion } from '../../src/protocol/client-assertion.ts';

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
