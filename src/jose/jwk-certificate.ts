import { createHash, X509Certificate } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import { jwkThumbprint } from './jwk-thumbprint.ts';

/**
 * Names what is wrong with the certificates of a key (`x5c`, `x5t`, `x5t#S256`), each in one sentence; empty when
 * it has none or they are in order (RFC 7517 §4.7 to §4.9). The chain itself is not validated.
 */
export function certificateProblems(key: JsonObject, now: Date): string[] {
  if (key.x5c === undefined) return [];
  const first: unknown = Array.isArray(key.x5c) ? key.x5c[0] : undefined;
  if (typeof first !== 'string') return ['x5c is no array of strings.'];
  const certificate = readCertificate(first);
  if (certificate === undefined) return ['The first entry of x5c is no certificate in base64.'];
  return [
    ...(sameKey(certificate, key) ? [] : ['The certificate in x5c is for another key.']),
    ...validityProblems(certificate, now),
    ...fingerprintProblems(certificate, key),
  ];
}

function readCertificate(base64: string): X509Certificate | undefined {
  // RFC 7517 §4.7: base64 proper here, not base64url.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function sameKey(certificate: X509Certificate, key: JsonObject): boolean {
  try {
    const jwk = certificate.publicKey.export({ format: 'jwk' }) as JsonObject;
    return jwkThumbprint(jwk) === jwkThumbprint(key);
  } catch {
    return false;
  }
}

function validityProblems(certificate: X509Certificate, now: Date): string[] {
  if (now.getTime() > Date.parse(certificate.validTo)) {
    return [`The certificate in x5c expired at ${certificate.validTo}.`];
  }
  if (now.getTime() < Date.parse(certificate.validFrom)) {
    return [`The certificate in x5c is not valid before ${certificate.validFrom}.`];
  }
  return [];
}

function fingerprintProblems(certificate: X509Certificate, key: JsonObject): string[] {
  const digests = [
    ['x5t', 'sha1'],
    ['x5t#S256', 'sha256'],
  ] as const;
  return digests
    .filter(([name, digest]) => {
      const expected = createHash(digest).update(certificate.raw).digest('base64url');
      return key[name] !== undefined && key[name] !== expected;
    })
    .map(([name]) => `${name} is not the fingerprint of the certificate in x5c.`);
}
