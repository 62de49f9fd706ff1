import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { stringifyExactly } from '../json/exact-number.ts';
import { parseKeepingNumbers } from '../json/parse-json-exactly.ts';
import type { SealedTokens, SessionTokens } from './session-file.ts';

const cipher = 'aes-256-gcm';
const ivOctets = 12;

/** A new data key, as the keychain holds it. */
export function createDataKey(): string {
  return randomBytes(32).toString('base64');
}

/** Encrypts tokens with the data key, and binds them to the text that stands beside them (NIST SP 800-38D). */
export function sealTokens(tokens: SessionTokens, dataKey: string, beside: string): SealedTokens {
  const iv = randomBytes(ivOctets);
  const encryption = createCipheriv(cipher, Buffer.from(dataKey, 'base64'), iv);
  encryption.setAAD(Buffer.from(beside));
  const ciphertext = Buffer.concat([encryption.update(stringifyExactly(tokens), 'utf8'), encryption.final()]);
  return {
    iv: iv.toString('base64'),
    tag: encryption.getAuthTag().toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}

/** Decrypts; undefined when the key is another one, or anything was changed since. */
export function unsealTokens(
  { iv, tag, ciphertext }: SealedTokens,
  dataKey: string,
  beside: string,
): SessionTokens | undefined {
  try {
    const decryption = createDecipheriv(cipher, Buffer.from(dataKey, 'base64'), Buffer.from(iv, 'base64'), {
      authTagLength: 16,
    });
    decryption.setAAD(Buffer.from(beside));
    decryption.setAuthTag(Buffer.from(tag, 'base64'));
    const text = Buffer.concat([decryption.update(Buffer.from(ciphertext, 'base64')), decryption.final()]);
    return parseKeepingNumbers(text.toString('utf8')) as SessionTokens;
  } catch {
    return undefined;
  }
}
