import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSigningKey } from '../../src/jose/key-file.ts';
import { inputs } from '../every-case.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed25519 = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const x25519 = generateKeyPairSync('x25519');
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const pss384 = generateKeyPairSync('rsa-pss', {
  modulusLength: 2048,
  hashAlgorithm: 'sha384',
  mgf1HashAlgorithm: 'sha384',
});

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString();
const jwk = (key: KeyObject, members: object = {}) => ({ ...key.export({ format: 'jwk' }), ...members });
const json = (value: unknown) => JSON.stringify(value);

describe('a signing key in PEM', () => {
  it.each([
    ['RSA in PKCS#8', pem(rsa.privateKey), 'RS256', rsa.privateKey],
    ['RSA in PKCS#1', pem(rsa.privateKey, 'pkcs1'), 'RS256', rsa.privateKey],
    ['RSA for PSS alone', pem(pss.privateKey), 'PS256', pss.privateKey],
    ['RSA for PSS with SHA-384 alone', pem(pss384.privateKey), 'PS384', pss384.privateKey],
    ['P-256 in PKCS#8', pem(p256.privateKey), 'ES256', p256.privateKey],
    ['P-256 in SEC1', pem(p256.privateKey, 'sec1'), 'ES256', p256.privateKey],
    ['P-384', pem(p384.privateKey), 'ES384', p384.privateKey],
    ['P-521', pem(p521.privateKey), 'ES512', p521.privateKey],
    ['secp256k1', pem(k1.privateKey), 'ES256K', k1.privateKey],
    ['Ed25519', pem(ed25519.privateKey), 'EdDSA', ed25519.privateKey],
    ['Ed448', pem(ed448.privateKey), 'EdDSA', ed448.privateKey],
  ])('%s signs with its usual algorithm', (_, text, algorithm, key) => {
    const read = readSigningKey(text);
    expect(read.algorithm.name).toBe(algorithm);
    expect(read.key.equals(key)).toBe(true);
    expect(read).not.toHaveProperty('kid');
  });

  it.each([
    [
      'behind what openssl ecparam writes',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem(p256.privateKey, 'sec1')}`,
    ],
    [
      'behind its public key',
      `${p256.publicKey.export({ type: 'spki', format: 'pem' })}${pem(p256.privateKey)}`,
    ],
    ['behind a byte order mark', `\uFEFF${pem(p256.privateKey)}`],
    ['with line ends of Windows', pem(p256.privateKey).replaceAll('\n', '\r\n')],
    ['between other text', `Bag Attributes\n    friendlyName: x\n${pem(p256.privateKey)}\n\n`],
  ])('is found %s', (_, text) => {
    expect(readSigningKey(text).key.equals(p256.privateKey)).toBe(true);
  });
});

describe('a signing key as JWK', () => {
  it.each([
    ['an RSA key without alg', jwk(rsa.privateKey), 'RS256'],
    ['an RSA key for RS512', jwk(rsa.privateKey, { alg: 'RS512' }), 'RS512'],
    ['an RSA key for PS256', jwk(rsa.privateKey, { alg: 'PS256' }), 'PS256'],
    ['an RSA key for PS384', jwk(rsa.privateKey, { alg: 'PS384' }), 'PS384'],
    ['a P-256 key', jwk(p256.privateKey, { alg: 'ES256', use: 'sig' }), 'ES256'],
    ['a P-521 key', jwk(p521.privateKey), 'ES512'],
    ['a secp256k1 key', jwk(k1.privateKey, { alg: 'ES256K' }), 'ES256K'],
    ['an Ed25519 key', jwk(ed25519.privateKey, { key_ops: ['sign'] }), 'EdDSA'],
    ['an Ed25519 key with its newer name', jwk(ed25519.privateKey, { alg: 'Ed25519' }), 'Ed25519'],
  ])('signs as its alg says, else as is usual: %s', (_, key, algorithm) => {
    expect(readSigningKey(json(key)).algorithm.name).toBe(algorithm);
  });

  it('brings its kid along', () => {
    expect(readSigningKey(json(jwk(p256.privateKey, { kid: 'key-1' }))).kid).toBe('key-1');
    expect(readSigningKey(json(jwk(p256.privateKey, { kid: 7 })))).not.toHaveProperty('kid');
  });

  it('is the first of a set that is private and for signatures', () => {
    const set = {
      keys: [
        null,
        { kty: 'oct', k: 'c2VjcmV0', kid: 'symmetric' },
        jwk(rsa.publicKey, { kid: 'public' }),
        jwk(rsa.privateKey, { kid: 'use-enc', use: 'enc' }),
        jwk(rsa.privateKey, { kid: 'alg-enc', alg: 'RSA-OAEP-256' }),
        jwk(rsa.privateKey, { kid: 'ops-enc', key_ops: ['decrypt'] }),
        jwk(p384.privateKey, { kid: 'right' }),
        jwk(p256.privateKey, { kid: 'second' }),
      ],
    };
    expect(readSigningKey(json(set))).toMatchObject({ kid: 'right', algorithm: { name: 'ES384' } });
  });
});

describe('what cannot be a signing key', () => {
  const { d: _, ...withoutD } = jwk(p256.privateKey);
  const cipher = { cipher: 'aes-128-cbc', passphrase: 'secret passphrase' };

  it.each([
    [
      'an encrypted PKCS#8 file',
      rsa.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }),
      /encrypted with a passphrase.*openssl pkey/,
    ],
    [
      'an encrypted PKCS#1 file',
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...cipher }),
      /encrypted with a passphrase/,
    ],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }), /is a public key/],
    ['a public key in PKCS#1', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }), /is a public key/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', /is a certificate/],
    [
      'an OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----',
      /OpenSSH.*ssh-keygen/,
    ],
    ['a damaged key', pem(rsa.privateKey).replace(/\n.{40}/, '\n'), /or it is damaged/],
    ['an X25519 key', pem(x25519.privateKey), /the kind x25519 cannot sign/],
    ['any text', 'not a key', /not a private key/],
    ['nothing', '', /not a private key/],
    ['a public JWK', json(jwk(rsa.publicKey)), /only a public one/],
    ['a JWK without its d', json(withoutD), /member "d" is missing/],
    ['a symmetric JWK', json({ kty: 'oct', k: 'c2VjcmV0' }), /symmetric.*client secret/],
    ['a private JWK for encryption', json(jwk(rsa.privateKey, { use: 'enc' })), /not for signatures/],
    ['a private JWK with an unknown alg', json(jwk(rsa.privateKey, { alg: 'RS257' })), /not for signatures/],
    ['a JWK whose alg needs another kind', json(jwk(p256.privateKey, { alg: 'RS256' })), /its kty is EC/],
    [
      'a JWK whose alg needs another curve',
      json(jwk(p256.privateKey, { alg: 'ES384' })),
      /its curve is P-256/,
    ],
    ['a JWK of strange members', json({ kty: 'RSA', d: 'x', n: 1, e: null }), /or it is damaged/],
    ['an empty set', json({ keys: [] }), /does not hold a key/],
    ['a set of no objects', json({ keys: [1, 'a', null, []] }), /does not hold a key/],
    ['broken JSON', '{"kty":"RSA","d":"c2VjcmV0"', /does not parse/],
  ])('is refused with a reason: %s', (_name, text, reason) => {
    expect(() => readSigningKey(text.toString())).toThrow(reason);
  });

  it('is refused whatever it is, and never quoted', () => {
    const secret = 'Zm9yIG5vYm9keSdzIGV5ZXM';
    const member = fc.constantFrom(
      'kty',
      'd',
      'n',
      'e',
      'x',
      'y',
      'crv',
      'alg',
      'kid',
      'keys',
      'use',
      'key_ops',
    );
    const value = fc.oneof(
      fc.constantFrom<unknown>('RSA', 'EC', 'OKP', 'oct', 'P-256', 'RS256', secret),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const text = fc.oneof(
      fc.dictionary(member, value).map((one) => json(one)),
      fc.string().map((one) => `{${secret}${one}`),
      fc.string().map((one) => `-----BEGIN PRIVATE KEY-----\n${secret}${one}\n-----END PRIVATE KEY-----`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (given) => {
        let reason: unknown;
        try {
          readSigningKey(given);
        } catch (error) {
          reason = error;
        }
        expect(reason).toBeInstanceOf(Error);
        expect(reason).not.toBeInstanceOf(TypeError);
        expect(String(reason)).not.toContain(secret);
      }),
      { numRuns: inputs(400) },
    );
  });
});
