import { createHash } from 'node:crypto';
import { own } from '../say.ts';
import type { Sentence } from './diagnosis.ts';

/** How a code_challenge was made that does not fit its verifier, and how to make it. */
export interface ChallengeMistake {
  /** Completes "The code_challenge is …". */
  readonly is: string;
  readonly remedy: Sentence;
}

type Make = (verifier: string) => string;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const hexOf: Make = (verifier) => sha256(verifier).toString('hex');
const encodeBytes = 'Hash with SHA-256 and encode the 32 octets of the digest: digest(), not hexdigest().';
const hashText = 'Hash the octets of the verifier exactly as it is sent, as ASCII text.';

/** Ways that programs go wrong, each with the challenge it makes; base64 in any of its alphabets counts as one. */
const mistakes: readonly (ChallengeMistake & { readonly make: Make })[] = [
  {
    is: 'the base64url of the hexadecimal text of the hash, not of its 32 octets',
    remedy: encodeBytes,
    make: (verifier) => Buffer.from(hexOf(verifier)).toString('base64url'),
  },
  { is: 'the hash in hexadecimal, not in base64url', remedy: encodeBytes, make: hexOf },
  {
    is: 'the hash of the octets that the verifier stands for in base64url, not of the verifier itself',
    remedy: hashText,
    make: (verifier) => sha256(Buffer.from(verifier, 'base64url')).toString('base64url'),
  },
  {
    is: 'the hash of the verifier in UTF-16, as if each character had two octets',
    remedy: hashText,
    make: (verifier) => sha256(Buffer.from(verifier, 'utf16le')).toString('base64url'),
  },
  {
    is: 'the hash of the verifier and a line feed behind it',
    remedy: own(`${hashText} In a shell: printf %s, not echo.`),
    make: (verifier) => sha256(`${verifier}\n`).toString('base64url'),
  },
  {
    is: 'hashed twice',
    remedy: 'Hash once; a library may do it already.',
    make: (verifier) => sha256(sha256(verifier).toString('base64url')).toString('base64url'),
  },
  ...['sha1', 'sha384', 'sha512', 'md5'].map((algorithm) => ({
    is: `a hash by ${algorithm.toUpperCase().replace(/^SHA/, 'SHA-')}, not by SHA-256`,
    remedy: 'Hash with SHA-256, the only one that S256 knows.' as const,
    make: (verifier: string) => createHash(algorithm).update(verifier).digest('base64url'),
  })),
];

/**
 * Recognises by which mistake a challenge was made from this very verifier; undefined when it was made from another
 * one, or is right (RFC 7636 §4.2).
 */
export function findChallengeMistake(verifier: string, challenge: string): ChallengeMistake | undefined {
  const right = sha256(verifier).toString('base64url');
  if (challenge === right) return undefined;
  if (bare(challenge) === right) {
    return {
      is: 'the right hash, but in base64, not in base64url without padding',
      remedy: 'Replace + by - and / by _, and leave out the = at the end.',
    };
  }
  if (challenge === verifier) {
    return {
      is: 'the verifier itself, although the method is S256',
      remedy: 'Send the SHA-256 of the verifier in base64url.',
    };
  }
  return mistakes.find(({ make }) => same(make(verifier), challenge));
}

function same(made: string, challenge: string): boolean {
  return /^[\da-f]+$/.test(made) ? made === challenge.toLowerCase() : made === bare(challenge);
}

function bare(challenge: string): string {
  return challenge.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
}
