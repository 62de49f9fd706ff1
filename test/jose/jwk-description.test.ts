import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { jwkThumbprint } from '../../src/jose/jwk.ts';
import { describeKey, describeKeys } from '../../src/jose/jwk-description.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { now } from '../checks/token-maker.ts';
import { inputs } from '../every-case.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const rsa = testKey('RS256').jwk;
const ec = testKey('ES256').jwk;
const ed = testKey('EdDSA').jwk;

const encode = (...octets: readonly number[]) => Buffer.from(octets).toString('base64url');

describe('the thumbprint of a key', () => {
  it('is that of the example in RFC 7638 §3.1', () => {
    const key = {
      kty: 'RSA',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      e: 'AQAB',
      alg: 'RS256',
      kid: '2011-04-29',
    };
    expect(jwkThumbprint(key)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('is that of the example in RFC 8037 A.3', () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(jwkThumbprint(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it.each([{ kty: 'oct', k: 'c2VjcmV0' }, { kty: 'RSA', n: 'AQ' }, { kty: 'AKP' }, {}])(
    'is not made for %j',
    (key) => {
      expect(jwkThumbprint(key)).toBeNull();
    },
  );
});

describe('the description of a key', () => {
  it.each([
    ['RS256', 'RSA', null, 2048],
    ['ES256', 'EC', 'P-256', 256],
    ['ES384', 'EC', 'P-384', 384],
    ['ES512', 'EC', 'P-521', 521],
    ['ES256K', 'EC', 'secp256k1', 256],
    ['EdDSA', 'OKP', 'Ed25519', 256],
    ['Ed448', 'OKP', 'Ed448', 448],
  ])('finds nothing wrong with a sound key for %s', (alg, kty, crv, size) => {
    const { jwk } = testKey(alg);
    const thumbprint = jwkThumbprint(jwk);
    expect(thumbprint).toMatch(/^[\w-]{43}$/);
    expect(describeKey(jwk, now)).toEqual({
      kid: 'key-1',
      kty,
      alg,
      use: 'sig',
      crv,
      size,
      thumbprint,
      problems: [],
    });
  });

  it('finds nothing wrong with a key for encryption', () => {
    expect(describeKey({ ...rsa, alg: 'RSA-OAEP', use: 'enc' }, now).problems).toEqual([]);
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) as JsonObject;
    expect(describeKey({ ...x25519, alg: 'ECDH-ES', use: 'enc' }, now)).toMatchObject({
      size: 256,
      problems: [],
    });
  });

  const shortRsa = testKey('RS256', 'short', 1024).jwk;
  it.each<[string, JsonObject, string]>([
    ['no kty', { kid: 'a' }, 'kty is missing.'],
    ['an unknown kty', { kty: 'AKP' }, 'Its kty is unknown.'],
    ['a missing member', { ...ec, y: null }, 'y is missing or not a string.'],
    ['members that are not base64url', { ...rsa, n: 'a+b=', e: '!' }, 'e and n are not base64url.'],
    [
      'private members',
      { ...ec, d: encode(1) },
      'Private members are published (d): anyone can sign with it.',
    ],
    [
      'a symmetric key',
      { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
      'It is symmetric and published: anyone can sign with it.',
    ],
    ['few bits', shortRsa, 'Its modulus has 1024 bits; the minimum is 2048 (RFC 7518 §3.3).'],
    [
      'a zero octet before the modulus',
      {
        ...rsa,
        n: Buffer.concat([Buffer.of(0), Buffer.from(String(rsa.n), 'base64url')]).toString('base64url'),
      },
      'n begins with a zero octet (RFC 7518 §6.3.1.1).',
    ],
    [
      'an exponent of 1',
      { ...rsa, e: encode(1) },
      'Its signatures prove nothing: its exponent e is less than 3 or even.',
    ],
    [
      'an even exponent',
      { ...rsa, e: encode(1, 0) },
      'Its signatures prove nothing: its exponent e is less than 3 or even.',
    ],
    ['an unknown curve', { ...ec, crv: 'P-192', alg: 'ES256' }, 'Its curve is unknown for kty EC.'],
    ['a curve of another kty', { ...ed, crv: 'P-256', alg: 'EdDSA' }, 'Its curve is unknown for kty OKP.'],
    [
      'a short coordinate',
      { ...ec, x: encode(1, 2) },
      'x does not have the 32 octets of its curve (RFC 7518 §6.2.1).',
    ],
    ['a point off the curve', { ...ec, y: ec.x ?? '' }, 'Its members make no valid key.'],
    ['an alg for another kty', { ...rsa, alg: 'ES256' }, 'alg does not fit: its kty is RSA, ES256 needs EC.'],
    [
      'an alg for another curve',
      { ...ec, alg: 'ES384' },
      'alg does not fit: its curve is P-256, ES384 needs P-384.',
    ],
    [
      'an encryption alg for another kty',
      { ...ec, alg: 'RSA-OAEP', use: 'enc' },
      'alg does not fit: RSA-OAEP needs kty RSA.',
    ],
    ['an unknown alg', { ...rsa, alg: 'RS1' }, 'Its alg is unknown.'],
    [
      'use enc with an alg for signatures',
      { ...rsa, use: 'enc' },
      'Its use is enc, but RS256 is for signatures.',
    ],
    [
      'use sig with an alg for encryption',
      { ...rsa, alg: 'RSA-OAEP' },
      'Its use is sig, but RSA-OAEP is for encryption.',
    ],
    ['a kid that is not a string', { ...rsa, kid: 7 }, 'kid is not a string.'],
    ['x5c that is not an array', { ...rsa, x5c: 'MII' }, 'x5c is not an array of strings.'],
    [
      'x5c without certificate',
      { ...rsa, x5c: ['MII'] },
      'The first entry of x5c is not a certificate in base64.',
    ],
  ])('names %s', (_, key, problem) => {
    expect(describeKey(key, now).problems).toContain(problem);
  });

  it('never repeats a private member', () => {
    const { privateKey } = testKey('RS256');
    const jwk = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({
      format: 'jwk',
    });
    const described = describeKey(jwk as JsonObject, now);
    expect(described.problems).toEqual([
      'Private members are published (d, p, q, dp, dq, qi): anyone can sign with it.',
    ]);
    expect(JSON.stringify(described)).not.toContain(jwk.d);
  });
});

describe('the certificate of a key', () => {
  const certify = (notBefore: string, notAfter: string) => {
    const { cert, privateKey } = issueCertificate({
      name: 'as.example',
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
    });
    const { raw } = new X509Certificate(cert);
    const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JsonObject;
    return { jwk: { ...jwk, x5c: [raw.toString('base64')] }, raw };
  };
  const fingerprint = (raw: Buffer, digest: string) => createHash(digest).update(raw).digest('base64url');

  it('is in order when it is for this key, valid and named by its fingerprints', () => {
    const { jwk, raw } = certify('2026-01-01', '2027-01-01');
    const key = { ...jwk, x5t: fingerprint(raw, 'sha1'), 'x5t#S256': fingerprint(raw, 'sha256') };
    expect(describeKey(key, now).problems).toEqual([]);
  });

  it.each([
    ['2024-01-01', '2025-01-01', 'The certificate in x5c expired at Jan  1 00:00:00 2025 GMT.'],
    ['2027-01-01', '2028-01-01', 'The certificate in x5c is not valid before Jan  1 00:00:00 2027 GMT.'],
  ])('is named when it is valid from %s to %s', (notBefore, notAfter, problem) => {
    expect(describeKey(certify(notBefore, notAfter).jwk, now).problems).toEqual([problem]);
  });

  it('is named when it is for another key, or its fingerprints are for another certificate', () => {
    const { x5c } = certify('2026-01-01', '2027-01-01').jwk;
    expect(describeKey({ ...rsa, x5c, x5t: 'AAAA', 'x5t#S256': 'AAAA' }, now).problems).toEqual([
      'The certificate in x5c is for another key.',
      'x5t is not the fingerprint of the certificate in x5c.',
      'x5t#S256 is not the fingerprint of the certificate in x5c.',
    ]);
  });
});

describe('the descriptions of a set', () => {
  const { kid: _kid, ...nameless } = ec;

  it('name a kid that is missing beside other keys, but not that of a single key', () => {
    expect(describeKeys([nameless], now)[0]?.problems).toEqual([]);
    expect(describeKeys([nameless, rsa], now).map(({ problems }) => problems)).toEqual([
      ['It has no kid although the set has several keys.'],
      [],
    ]);
  });

  it('name a kid that two keys of one type share', () => {
    const other = testKey('RS256', 'key-2').jwk;
    expect(describeKeys([rsa, { ...other, kid: 'key-1' }], now).map(({ problems }) => problems)).toEqual([
      ['Another key of the set has the same kid.'],
      ['Another key of the set has the same kid.'],
    ]);
    expect(describeKeys([rsa, rsa], now)[0]?.problems).toEqual(['The same key is listed more than once.']);
  });

  it('allow keys of different types to share a kid (RFC 7517 §4.5)', () => {
    expect(describeKeys([rsa, ec], now).map(({ problems }) => problems)).toEqual([[], []]);
  });

  it('are made of any objects without throwing', () => {
    const value = fc.oneof(fc.base64String(), fc.string(), fc.jsonValue());
    const name = fc.constantFrom(
      'kty',
      'kid',
      'alg',
      'use',
      'crv',
      'n',
      'e',
      'x',
      'y',
      'd',
      'k',
      'x5c',
      'x5t',
      'key_ops',
    );
    const kty = fc.constantFrom('RSA', 'EC', 'OKP', 'oct', '__proto__');
    const key = fc
      .tuple(fc.dictionary(name, value), fc.option(kty, { nil: undefined }))
      .map(([members, type]) => {
        return (type === undefined ? members : { ...members, kty: type }) as JsonObject;
      });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 4 }), (keys) => {
        const descriptions = describeKeys(keys, now);
        expect(descriptions).toHaveLength(keys.length);
        expect(descriptions.every(({ problems }) => problems.length > 0)).toBe(true);
      }),
      { numRuns: inputs(200) },
    );
  });
});
