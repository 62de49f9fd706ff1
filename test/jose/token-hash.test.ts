import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jwsAlgorithm } from '../../src/jose/jws.ts';
import { tokenHash, tokenHashSlip } from '../../src/jose/token-hash.ts';

// The example of OIDC Core Appendix A.4 and A.6.
const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';

const hash = (name: string, curve?: string) => {
  const algorithm = jwsAlgorithm(name);
  if (algorithm === undefined) throw new Error(`${name} is unknown`);
  return { algorithm, curve };
};

describe('the hash of a token', () => {
  it('is that of the examples in OIDC Core', () => {
    expect(tokenHash(accessToken, hash('RS256'))).toBe('77QmUPtjPfzWtF2AnpK9RQ');
    expect(tokenHash(code, hash('RS256'))).toBe('LDktKdoQak3Pk0cnXxCltA');
  });

  it.each([
    ['HS256', undefined, 16],
    ['PS384', undefined, 24],
    ['ES512', 'P-521', 32],
    ['ES256K', 'secp256k1', 16],
    ['EdDSA', 'Ed25519', 32],
    ['EdDSA', undefined, 32],
    ['EdDSA', 'Ed448', 57],
    ['Ed448', undefined, 57],
  ])('has half the octets of the digest for %s with curve %s: %i', (alg, curve, octets) => {
    expect(Buffer.from(tokenHash(accessToken, hash(alg, curve)), 'base64url')).toHaveLength(octets);
  });

  const digest = createHash('sha256').update(accessToken).digest();
  const half = digest.subarray(0, 16);

  it.each([
    [`${half.toString('base64url')}==`, 'It is padded; base64url has no padding here.'],
    [digest.toString('base64url'), 'It is the whole hash, not its left half.'],
    [half.toString('hex'), 'It is hexadecimal, not base64url.'],
    [
      Buffer.from(half.toString('hex')).toString('base64url'),
      'It encodes the hexadecimal text of the hash, not its octets.',
    ],
    [tokenHash(accessToken, hash('RS512')), 'It was made with SHA-512, which is not the hash of RS256.'],
    [digest.subarray(16).toString('base64url'), undefined],
    ['', undefined],
  ])('names the slip behind %s', (received, slip) => {
    expect(tokenHashSlip(accessToken, received, hash('RS256'))).toBe(slip);
  });

  it('recognises base64 with the other alphabet', () => {
    const value = Array.from({ length: 99 }, (_, index) => `token-${index}`).find((candidate) =>
      /[-_]/.test(tokenHash(candidate, hash('RS256'))),
    );
    const base64 = Buffer.from(tokenHash(value ?? '', hash('RS256')), 'base64url').toString('base64');
    expect(tokenHashSlip(value ?? '', base64, hash('RS256'))).toBe('It is base64, not base64url.');
  });
});
