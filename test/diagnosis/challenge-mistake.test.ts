import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findChallengeMistake } from '../../src/diagnosis/challenge-mistake.ts';

// RFC 7636, Appendix B
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const digest = (algorithm: string, data: string | Buffer) => createHash(algorithm).update(data).digest();
const hex = digest('sha256', verifier).toString('hex');

describe('findChallengeMistake', () => {
  it('finds none in the right challenge', () => {
    expect(findChallengeMistake(verifier, challenge)).toBeUndefined();
  });

  it('finds none in the challenge of another verifier', () => {
    const other = digest('sha256', `${verifier}x`).toString('base64url');
    expect(findChallengeMistake(verifier, other)).toBeUndefined();
  });

  it.each([
    [
      'base64url of the hexadecimal text',
      Buffer.from(hex).toString('base64url'),
      /hexadecimal text of the hash/,
    ],
    ['base64 of the hexadecimal text', Buffer.from(hex).toString('base64'), /hexadecimal text of the hash/],
    ['hexadecimal', hex, /^the hash in hexadecimal/],
    ['upper case hexadecimal', hex.toUpperCase(), /^the hash in hexadecimal/],
    ['base64 with padding', digest('sha256', verifier).toString('base64'), /^the right hash, but in base64/],
    ['padding', `${challenge}=`, /^the right hash, but in base64/],
    ['the verifier', verifier, /^the verifier itself/],
    [
      'the octets behind the verifier',
      digest('sha256', Buffer.from(verifier, 'base64url')).toString('base64url'),
      /the octets that the verifier stands for/,
    ],
    ['UTF-16', digest('sha256', Buffer.from(verifier, 'utf16le')).toString('base64url'), /UTF-16/],
    ['a line feed', digest('sha256', `${verifier}\n`).toString('base64url'), /line feed/],
    ['two hashes', digest('sha256', challenge).toString('base64url'), /^hashed twice/],
    ['SHA-1', digest('sha1', verifier).toString('base64url'), /^a hash by SHA-1, not/],
    ['SHA-512', digest('sha512', verifier).toString('base64url'), /^a hash by SHA-512, not/],
  ])('recognises %s', (_, made, is) => {
    const mistake = findChallengeMistake(verifier, made);
    expect(mistake?.is).toMatch(is);
    expect(mistake?.remedy).not.toBe('');
  });
});
