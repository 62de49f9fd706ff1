import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import { decryptWithPkcs1 } from './decrypt-pkcs1.ts';
import { decodedSecrets, encryptionKeyTypes } from './jwk.ts';
import type { KeyFile } from './key-file.ts';

/** The keys or the secret that may open an encrypted token, and how a message calls them. */
export interface DecryptionKey {
  readonly name: string;
  readonly file: KeyFile;
}

/** How one key fared with an encrypted token. */
export interface DecryptionTrial {
  /** The key as in its file; an empty object for bare octets. */
  readonly jwk: JsonObject;
  readonly outcome: 'decrypted' | 'failed' | 'set_aside';
  /** Completes "it was set aside, for …" or says why decryption failed; empty when it worked. */
  readonly reason: string;
}

/** What decryption came to, with every key that was looked at. */
export interface Decryption {
  readonly plaintext: Uint8Array | undefined;
  readonly trials: readonly DecryptionTrial[];
  /** What was done to a secret so that it decrypts, such as `decoded from base64`; undefined for one as it is. */
  readonly change?: string | undefined;
}

/** Decrypts a compact JWE with the first key that can (RFC 7516 §5.2). Never throws. */
export async function decryptJwe(compact: string, header: JsonObject, file: KeyFile): Promise<Decryption> {
  const trials: DecryptionTrial[] = [];
  const candidates: readonly JsonObject[] = file.type === 'keys' ? file.keys : [{}];
  for (const jwk of candidates) {
    const misfit = misfitOf(jwk, header, file.type === 'secret');
    if (misfit !== undefined) {
      trials.push({ jwk, outcome: 'set_aside', reason: misfit });
      continue;
    }
    try {
      const { plaintext, change } =
        file.type === 'secret'
          ? await decryptWithSecret(compact, header, file.octets)
          : { plaintext: await decryptWith(compact, header, importKey(jwk)), change: undefined };
      trials.push({ jwk, outcome: 'decrypted', reason: '' });
      return { plaintext, trials, change };
    } catch (error) {
      trials.push({ jwk, outcome: 'failed', reason: reasonOf(error) });
    }
  }
  return { plaintext: undefined, trials };
}

/** As it is, else decoded from base64 or hexadecimal, as which secrets are often kept; a password is only itself. */
async function decryptWithSecret(
  compact: string,
  header: JsonObject,
  octets: Uint8Array,
): Promise<{ plaintext: Uint8Array; change: string | undefined }> {
  const text = Buffer.from(octets).toString('latin1').trim();
  const isPassword = /^PBES2/.test(String(header.alg));
  try {
    return { plaintext: await decryptWith(compact, header, secretFor(header, octets)), change: undefined };
  } catch (error) {
    for (const { octets: decoded, change } of isPassword
      ? []
      : [...decodedSecrets(text), ...hashed(header, octets)]) {
      const plaintext = await decryptWith(compact, header, new Uint8Array(decoded)).catch(() => undefined);
      if (plaintext !== undefined) return { plaintext, change };
    }
    throw error;
  }
}

/** What is left of the hash of a client secret, as long as the algorithm wants its key (OIDC Core §10.2). */
function hashed({ alg, enc }: JsonObject, octets: Uint8Array): ReturnType<typeof decodedSecrets> {
  const length = keyLength(alg, enc);
  const digest = length > 48 ? 'sha512' : length > 32 ? 'sha384' : 'sha256';
  const hash = createHash(digest).update(withoutLineFeed(octets)).digest();
  return length === 0 ? [] : [{ octets: hash.subarray(0, length), change: 'hashed as a client secret' }];
}

async function decryptWith(
  compact: string,
  header: JsonObject,
  key: KeyObject | Uint8Array,
): Promise<Uint8Array> {
  if (header.alg === 'RSA1_5' && !(key instanceof Uint8Array)) return decryptWithPkcs1(compact, header, key);
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt');
  // Naming the algorithm allows PBES2 too, whose rounds jose limits.
  const algorithms = typeof header.alg === 'string' ? { keyManagementAlgorithms: [header.alg] } : {};
  return (await compactDecrypt(compact, key, algorithms)).plaintext;
}

function misfitOf(jwk: JsonObject, { alg, kid }: JsonObject, isSecret: boolean): string | undefined {
  if (typeof alg !== 'string') return 'the header has no alg';
  const needed = encryptionKeyTypes(alg);
  if (needed === undefined) return `the algorithm ${alg.slice(0, 40)} is unknown`;
  const kty = isSecret ? 'oct' : jwk.kty;
  if (typeof kty !== 'string' || !needed.includes(kty)) {
    const named = typeof kty === 'string' ? kty : 'missing';
    return `${isSecret ? 'it is a bare secret' : `its kty is ${named}`}, ${alg} needs ${needed.join(' or ')}`;
  }
  if (jwk.kid !== undefined && kid !== undefined && jwk.kid !== kid) return 'it has another kid';
  if (jwk.use !== undefined && jwk.use !== 'enc') return 'its use is not enc';
  const isPublic = kty !== 'oct' && typeof jwk.d !== 'string';
  return isPublic ? 'it is a public key, the private one is needed' : undefined;
}

function importKey(jwk: JsonObject): KeyObject | Uint8Array {
  if (jwk.kty === 'oct')
    return new Uint8Array(Buffer.from(typeof jwk.k === 'string' ? jwk.k : '', 'base64url'));
  return createPrivateKey({ key: jwk as Record<string, string>, format: 'jwk' });
}

/** A line feed at the end is the editor's, unless the octets are just as many as the key has. */
function secretFor({ alg, enc }: JsonObject, octets: Uint8Array): Uint8Array {
  if (octets.length === keyLength(alg, enc) && !/^PBES2/.test(String(alg))) return octets;
  return withoutLineFeed(octets);
}

/** In octets; 0 where it is not known. */
function keyLength(alg: unknown, enc: unknown): number {
  const bits = /^A(\d+)(?:GCM)?KW$/.exec(String(alg))?.[1] ?? /^A(\d+)GCM$/.exec(String(enc))?.[1];
  return bits === undefined ? Number(/HS(\d+)$/.exec(String(enc))?.[1] ?? 0) / 8 : Number(bits) / 8;
}

function withoutLineFeed(octets: Uint8Array): Uint8Array {
  const end = octets.at(-1) === 0x0a ? (octets.at(-2) === 0x0d ? -2 : -1) : octets.length;
  return octets.subarray(0, end);
}

const failures: Readonly<Record<string, string>> = {
  ERR_JWE_DECRYPTION_FAILED: 'it does not decrypt the token: it is another key, or the token was altered',
  ERR_JWE_INVALID: 'the token is not a well-formed JWE',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be used';
  const { code, message } = error as Error & { code?: string };
  if (/Content Encryption Key length|key length/i.test(message)) {
    return 'it has another length than the algorithm needs';
  }
  const known = failures[code ?? ''];
  if (known !== undefined) return known;
  // An error of jose about its own limits is of use; one of OpenSSL is not.
  return code?.startsWith('ERR_JOSE') || error instanceof TypeError
    ? `it cannot be used: ${message.slice(0, 200)}`
    : 'it does not decrypt the token: it is another key, or the token was altered';
}
