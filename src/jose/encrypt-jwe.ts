import { createPublicKey } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import { encryptionKeyTypes } from './jwk.ts';

/** How a text is to be encrypted: what is wanted, and what the receiver says it takes; undefined where nothing is said. */
export interface EncryptionWishes {
  readonly alg?: string | undefined;
  readonly enc?: string | undefined;
  readonly algs?: readonly string[] | undefined;
  readonly encs?: readonly string[] | undefined;
}

/** A key of the receiver, and the algorithms that go with it. */
export interface EncryptionChoice {
  readonly jwk: JsonObject;
  readonly alg: string;
  readonly enc: string;
}

const preferredAlgs = ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW', 'ECDH-ES+A128KW', 'RSA-OAEP'];
const preferredEncs = ['A256GCM', 'A128GCM', 'A128CBC-HS256', 'A256CBC-HS512'];

/** Chooses a public key of the receiver and algorithms for it (RFC 7516 §5.1, RFC 7517 §4.2); undefined when none fits. */
export function chooseEncryption(
  keys: readonly JsonObject[],
  { alg: wantedAlg, enc: wantedEnc, algs, encs }: EncryptionWishes,
): EncryptionChoice | undefined {
  const enc = wantedEnc ?? preferredEncs.find((name) => encs?.includes(name) !== false);
  const candidates = wantedAlg === undefined ? preferredAlgs : [wantedAlg];
  for (const alg of candidates) {
    if (wantedAlg === undefined && algs?.includes(alg) === false) continue;
    const jwk = keys.find((key) => fits(key, alg));
    if (jwk !== undefined && enc !== undefined) return { jwk, alg, enc };
  }
  return undefined;
}

function fits({ use, alg: own, kty, crv, key_ops: operations }: JsonObject, alg: string): boolean {
  const mayEncrypt =
    !Array.isArray(operations) || operations.some((one) => /^(?:encrypt|wrapKey|derive)/.test(String(one)));
  return (
    (use === 'enc' || (use === undefined && mayEncrypt && own === alg)) &&
    (own === undefined || own === alg) &&
    kty !== 'oct' &&
    !/^Ed/.test(String(crv)) &&
    encryptionKeyTypes(alg)?.includes(String(kty)) === true
  );
}

/** Encrypts a text to the chosen key as a compact JWE (RFC 7516 §7.1). */
export async function encryptJwe(
  text: string,
  { jwk, alg, enc }: EncryptionChoice,
  header: JsonObject,
): Promise<string> {
  const { CompactEncrypt } = await import('jose/jwe/compact/encrypt');
  const key = createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' });
  const kid = typeof jwk.kid === 'string' ? { kid: jwk.kid } : {};
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg, enc, ...kid, ...header })
    .encrypt(key);
}
