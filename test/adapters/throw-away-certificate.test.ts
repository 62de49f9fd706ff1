import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createThrowAwayCertificate,
  objectIdentifier,
  time,
} from '../../src/adapters/throw-away-certificate.ts';

const now = new Date('2026-11-20T12:00:00.500Z');

describe('a throw-away certificate', () => {
  const { cert, key } = createThrowAwayCertificate(
    ['app.test', '[2001:db8::7]', '192.0.2.7', 'localhost'],
    now,
  );
  const certificate = new X509Certificate(cert);

  it.each(['localhost', 'app.test'])('is for the name %s', (host) => {
    expect(certificate.checkHost(host)).toBe(host);
  });

  it.each(['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'])('is for the address %s', (address) => {
    expect(certificate.checkIP(address)).toBe(address);
  });

  it('is for nothing else', () => {
    expect(certificate.checkHost('other.test')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
    expect(certificate.subjectAltName?.split(', ')).toHaveLength(6);
  });

  it('is signed by its own key, which is not an authority', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    // In X509Certificate keyUsage holds the extended key usages.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('is valid for a day that began an hour ago', () => {
    expect(new Date(certificate.validFrom).toISOString()).toBe('2026-11-20T11:00:00.000Z');
    expect(new Date(certificate.validTo).toISOString()).toBe('2026-11-21T11:00:00.000Z');
  });

  it('is another one each time', () => {
    const other = new X509Certificate(createThrowAwayCertificate([], now).cert);
    expect(other.serialNumber).not.toBe(certificate.serialNumber);
    expect(other.fingerprint256).not.toBe(certificate.fingerprint256);
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('contents the strict check of openssl', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-certificate-'));
    const file = join(folder, 'certificate.pem');
    writeFileSync(file, createThrowAwayCertificate([], new Date()).cert);
    const checked = spawnSync('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      file,
      file,
    ]);
    rmSync(folder, { recursive: true });
    expect(checked.stderr.toString()).toBe('');
    expect(checked.status).toBe(0);
  });

  it.each([
    ['an address', {}],
    ['a name', { servername: 'localhost' }],
  ])('is trusted by who trusts it, asked for %s', async (_, named) => {
    const pair = createThrowAwayCertificate([], new Date());
    const server = createServer(pair, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      ca: pair.cert,
      ...named,
    });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('carries every IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const made = new X509Certificate(createThrowAwayCertificate([address], now).cert);
        expect(made.checkIP(address)).toBe(address);
      }),
      { numRuns: 40 },
    );
  });
});

describe('DER', () => {
  it.each([
    ['2.5.29.17', '0603551d11'],
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
    ['1.3.6.1.5.5.7.3.1', '06082b06010505070301'],
  ])('encodes the object identifier %s', (dotted, hex) => {
    expect(objectIdentifier(dotted).toString('hex')).toBe(hex);
  });

  it.each([
    ['2049-12-31T23:59:59.999Z', 0x17, '491231235959Z'],
    ['2050-01-01T00:00:00.000Z', 0x18, '20500101000000Z'],
  ])('encodes %s', (moment, tag, text) => {
    const encoded = time(new Date(moment));
    expect(encoded[0]).toBe(tag);
    expect(encoded.subarray(2).toString()).toBe(text);
  });
});
