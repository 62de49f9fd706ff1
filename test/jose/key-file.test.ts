import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKeyFile } from '../../src/jose/key-file.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ format: 'pem', type } as never) as unknown as string;
const der = (key: KeyObject, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ format: 'der', type } as never) as unknown as Buffer;
const publicJwk = (key: KeyObject) =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });

describe('readKeyFile', () => {
  it.each<[string, Buffer | string, KeyObject, isPrivate: boolean]>([
    ['PEM, SPKI', pem(rsa.publicKey, 'spki'), rsa.publicKey, false],
    ['PEM, PKCS#1, public', pem(rsa.publicKey, 'pkcs1'), rsa.publicKey, false],
    ['PEM, PKCS#8', pem(rsa.privateKey, 'pkcs8'), rsa.privateKey, true],
    ['PEM, PKCS#1, private', pem(rsa.privateKey, 'pkcs1'), rsa.privateKey, true],
    ['PEM, SEC1', pem(ec.privateKey, 'sec1'), ec.privateKey, true],
    ['DER, SPKI', der(rsa.publicKey, 'spki'), rsa.publicKey, false],
    ['DER, PKCS#1, public', der(rsa.publicKey, 'pkcs1'), rsa.publicKey, false],
    ['DER, PKCS#8', der(rsa.privateKey, 'pkcs8'), rsa.privateKey, true],
    ['DER, PKCS#1, private', der(rsa.privateKey, 'pkcs1'), rsa.privateKey, true],
    ['DER, SEC1', der(ec.privateKey, 'sec1'), ec.privateKey, true],
    ['PEM with CRLF', pem(rsa.publicKey, 'spki').replaceAll('\n', '\r\n'), rsa.publicKey, false],
    ['PEM behind a byte order mark', `\uFEFF${pem(rsa.publicKey, 'spki')}`, rsa.publicKey, false],
    [
      'PEM on one line, as in a JSON file or a variable',
      `"${pem(rsa.privateKey, 'pkcs8').replaceAll('\n', '\\n')}"`,
      rsa.privateKey,
      true,
    ],
  ])('reads %s', (_, octets, key, isPrivate) => {
    const file = readKeyFile(Buffer.from(octets));
    const [jwk] = file.type === 'keys' ? file.keys : [];
    expect(jwk).toMatchObject(publicJwk(key));
    expect(typeof jwk?.d === 'string').toBe(isPrivate);
  });

  it('reads a map of key IDs to certificates, as Google publishes them', () => {
    const certificate = issueCertificate({ name: 'x' }).cert;
    const file = readKeyFile(Buffer.from(JSON.stringify({ k1: certificate, k2: certificate })));
    expect(file).toMatchObject({
      form: 'JWK Set',
      keys: [
        { kid: 'k1', kty: 'EC' },
        { kid: 'k2', kty: 'EC' },
      ],
    });
  });

  it.each([
    ['PKCS #12', Buffer.from('308209d802010330820990', 'hex'), 'It is PKCS #12'],
    ['a Java key store', Buffer.from('feedfeed00000002', 'hex'), 'It is a Java key store'],
    ['nothing', Buffer.from(' \n'), 'It is empty'],
    ['broken PEM', Buffer.from('-----BEGIN PUBLIC KEY-----\nAAAA\n'), 'is damaged'],
    [
      'an encrypted key',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }),
      'It is encrypted with a passphrase',
    ],
  ])('says of %s what it is', (_, octets, message) => {
    expect(() => readKeyFile(Buffer.from(octets))).toThrow(message);
  });
});
