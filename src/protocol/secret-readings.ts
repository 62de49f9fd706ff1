import { Buffer } from 'node:buffer';

/** The octets that a secret may stand for, and what was done to it. */
export interface SecretReading {
  readonly octets: Uint8Array;
  /** A clause such as `decoded from base64`. */
  readonly change: string;
}

/** What a secret is when it was kept in base64 or hexadecimal, as far as its text can be read so. */
export function decodedSecrets(text: string): readonly SecretReading[] {
  return [
    ...(/^[\w+/-]+=*$/.test(text)
      ? [{ octets: Buffer.from(text, 'base64'), change: 'decoded from base64' }]
      : []),
    ...(/^(?:[\da-f]{2})+$/i.test(text)
      ? [{ octets: Buffer.from(text, 'hex'), change: 'decoded from hexadecimal' }]
      : []),
  ];
}
