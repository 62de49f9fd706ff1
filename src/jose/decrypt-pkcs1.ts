import {
  constants,
  createDecipheriv,
  createHmac,
  type KeyObject,
  privateDecrypt,
  timingSafeEqual,
} from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { JsonObject } from '../json/json.ts';

/** More octets than a token unfolds to. */
const longestPlaintext = 16 * 1024 * 1024;

interface ContentCipher {
  readonly cipher: `aes-${128 | 192 | 256}-${'cbc' | 'gcm'}`;
  readonly keyOctets: number;
  /** Of the MAC beside CBC (RFC 7518 §5.2). */
  readonly digest?: string;
}

const ciphers: ReadonlyMap<unknown, ContentCipher> = new Map<unknown, ContentCipher>([
  ['A128CBC-HS256', { cipher: 'aes-128-cbc', keyOctets: 32, digest: 'sha256' }],
  ['A192CBC-HS384', { cipher: 'aes-192-cbc', keyOctets: 48, digest: 'sha384' }],
  ['A256CBC-HS512', { cipher: 'aes-256-cbc', keyOctets: 64, digest: 'sha512' }],
  ['A128GCM', { cipher: 'aes-128-gcm', keyOctets: 16 }],
  ['A192GCM', { cipher: 'aes-192-gcm', keyOctets: 24 }],
  ['A256GCM', { cipher: 'aes-256-gcm', keyOctets: 32 }],
]);

/**
 * Decrypts a compact JWE whose key was encrypted with RSAES-PKCS1-v1_5, which no current library does: an
 * attacker who may ask often enough learns the content from the padding (RFC 7518 §4.2, §5.2, §5.3). Here the owner of
 * the key asks once.
 * @throws Error without anything of key or content.
 */
export function decryptWithPkcs1(compact: string, header: JsonObject, key: KeyObject): Uint8Array {
  const [protectedHeader = '', ...encoded] = compact.split('.', 6);
  const [wrapped, iv, ciphertext, tag] = encoded.map((part) => Buffer.from(part, 'base64url'));
  const cipher = ciphers.get(header.enc);
  if (wrapped === undefined || iv === undefined || ciphertext === undefined || tag === undefined)
    throw failed();
  if (cipher === undefined) throw failed();
  const contentKey = unpad(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped));
  if (contentKey.length !== cipher.keyOctets) throw failed();
  const aad = Buffer.from(protectedHeader, 'ascii');
  const plaintext =
    cipher.digest === undefined
      ? decryptGcm(cipher, contentKey, { iv, ciphertext, tag, aad })
      : decryptCbc(cipher, cipher.digest, contentKey, { iv, ciphertext, tag, aad });
  return header.zip === 'DEF' ? inflateRawSync(plaintext, { maxOutputLength: longestPlaintext }) : plaintext;
}

interface Parts {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
  readonly aad: Buffer;
}

/** Takes `00 02 … 00` away (RFC 8017 §7.2.2). */
function unpad(block: Buffer): Buffer {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw failed();
  return block.subarray(end + 1);
}

function decryptCbc({ cipher }: ContentCipher, digest: string, key: Buffer, parts: Parts): Buffer {
  const half = key.length / 2;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(parts.aad.length * 8));
  const mac = createHmac(digest, key.subarray(0, half))
    .update(parts.aad)
    .update(parts.iv)
    .update(parts.ciphertext)
    .update(length)
    .digest()
    .subarray(0, half);
  if (mac.length !== parts.tag.length || !timingSafeEqual(mac, parts.tag)) throw failed();
  const decipher = createDecipheriv(cipher, key.subarray(half), parts.iv);
  return Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]);
}

function decryptGcm({ cipher }: ContentCipher, key: Buffer, { iv, ciphertext, tag, aad }: Parts): Buffer {
  if (tag.length !== 16) throw failed();
  const decipher = createDecipheriv(cipher as 'aes-128-gcm', key, iv);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

function failed(): Error {
  return new Error('It does not decrypt the token.');
}
