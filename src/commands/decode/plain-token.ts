import { Buffer } from 'node:buffer';
import { type CheckResult, checkResult } from '../../checks/check-result.ts';
import { checkJwe, checkUnverifiedJwt } from '../../checks/jwt.ts';
import type { ReadJwe, ReadJws, TokenPayload } from '../../jose/read-token.ts';
import type {
  JweDocument,
  JwsDocument,
  OpaqueDocument,
  PayloadDocument,
  SignatureDocument,
} from '../../output/decode-document.ts';
import type { OpaqueToken } from '../../recording/opaque-token.ts';
import { recall } from '../../say.ts';

/** Describes a token without verifying, decrypting or judging it. */
export function describePlainToken(
  token: ReadJws | ReadJwe | OpaqueToken,
  name: string | null,
  times: { readonly now: Date; readonly clockToleranceSeconds: number },
): JwsDocument | JweDocument | OpaqueDocument {
  const base = { name, remarks: [], judged: false };
  switch (token.type) {
    case 'opaque':
      return {
        ...base,
        type: 'opaque',
        header: null,
        claims: null,
        signature: null,
        verified: null,
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
        claims: null,
        signature: null,
        verified: null,
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
  return checks.map(({ id, outcome, detail, expected, received }) =>
    checkResult(id, outcome === 'fail' ? 'warn' : outcome, recall(detail), {
      ...(expected === undefined ? {} : { expected }),
      ...(received === undefined ? {} : { received }),
    }),
  );
}

/** The claims, else the text or octets that were signed or encrypted. */
export function payloadMembers(payload: TokenPayload | null): Pick<JwsDocument, 'claims' | 'payload'> {
  switch (payload?.type) {
    case undefined:
      return { claims: null };
    case 'claims':
      return { claims: payload.claims };
    case 'text':
      return { claims: null, payload: { encoding: 'text', value: payload.text } satisfies PayloadDocument };
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
