import type { CheckResult } from '../../checks/check-result.ts';
import { checkJwe, checkUnverifiedJwt } from '../../checks/jwt.ts';
import type { ReadJwe, ReadJws, TokenPayload } from '../../jose/read-token.ts';
import type {
  JweDocument,
  JwsDocument,
  OpaqueDocument,
  SignatureDocument,
} from '../../output/decode-document.ts';
import type { OpaqueToken } from '../../recording/opaque-token.ts';

/** Describes a token without verifying, decrypting or judging it. */
export function describePlainToken(
  token: ReadJws | ReadJwe | OpaqueToken,
  name: string | null,
  times: { readonly now: Date; readonly clockToleranceSeconds: number },
): JwsDocument | JweDocument | OpaqueDocument {
  const base = { name, remarks: [], judged: false };
  const unread = { claims: null, signature: null, verified: null };
  switch (token.type) {
    case 'opaque':
      return {
        ...base,
        type: 'opaque',
        header: null,
        ...unread,
        characters: token.text.length,
        looks_like: token.looksLike,
        checks: [],
      };
    case 'jws':
      return {
        ...base,
        type: 'jws',
        header: token.header,
        ...payloadMembers(token.payload),
        signature: signatureOf(token),
        verified: null,
        checks: asRemarks(checkUnverifiedJwt({ jws: token, ...times })),
      };
    case 'jwe':
      return {
        ...base,
        type: 'jwe',
        header: token.header,
        ...unread,
        decrypted: null,
        octets: sizesOf(token),
        checks: asRemarks(checkJwe(token)),
      };
  }
}

/** Sizes of the encrypted parts. */
export function sizesOf({ octets }: ReadJwe): JweDocument['octets'] {
  return {
    encrypted_key: octets.encryptedKey,
    initialization_vector: octets.initializationVector,
    ciphertext: octets.ciphertext,
    authentication_tag: octets.authenticationTag,
  };
}

/** Turns failed checks into warnings where no judgement was asked for. */
export function asRemarks(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.map((check) => (check.outcome === 'fail' ? { ...check, outcome: 'warn' } : check));
}

/** The claims, else the text or octets that were signed or encrypted. */
export function payloadMembers(payload: TokenPayload | null): Pick<JwsDocument, 'claims' | 'payload'> {
  switch (payload?.type) {
    case undefined:
      return { claims: null };
    case 'claims':
      return { claims: payload.claims };
    case 'text':
      return { claims: null, payload: { encoding: 'text', value: payload.text } };
    case 'octets':
      return {
        claims: null,
        payload: { encoding: 'hex', value: Buffer.from(payload.octets).toString('hex') },
      };
  }
}

/** The octets of a signature; null when that part is missing. */
export function signatureOf({ signature }: ReadJws): SignatureDocument | null {
  return signature === null
    ? null
    : { octets: signature.length, hex: Buffer.from(signature).toString('hex') };
}
