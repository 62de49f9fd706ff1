import type { CheckResult } from '../../checks/check-result.ts';
import { judgeDecryption } from '../../checks/decryption.ts';
import { checkDpopProof, isDpopProof } from '../../checks/dpop-proof.ts';
import { judgeToken } from '../../checks/judge-token.ts';
import { checkJwe, checkUnverifiedJwt, type JwtEvidence, type TokenProfile } from '../../checks/jwt.ts';
import { checkSdJwt } from '../../checks/sd-jwt.ts';
import type { SignatureEvidence } from '../../checks/signed-jwt/judge-header.ts';
import type { SignedJwt } from '../../checks/signed-jwt/judge-signature.ts';
import type { DecryptionKey, DecryptionTrial } from '../../jose/decrypt-jwe.ts';
import { describeKey } from '../../jose/jwk-description.ts';
import { type ReadJwe, type ReadJws, readPayload, type TokenPayload } from '../../jose/read-token.ts';
import type { ReadSdJwt } from '../../jose/sd-jwt.ts';
import { carryNumberTexts } from '../../json/exact-number.ts';
import type { JsonObject } from '../../json/json.ts';
import type {
  JweDocument,
  JwsDocument,
  KeyReport,
  OpaqueDocument,
  SdJwtDocument,
  SignatureDocument,
  TokenDocument,
} from '../../output/decode-document.ts';
import type { FoundToken } from '../../recording/collect-tokens.ts';
import { type OpaqueToken, readToken } from '../../recording/opaque-token.ts';

/** The evidence that the signature of one token is verified with. */
export interface Verification {
  /** null when it is not verified. */
  readonly verification: SignatureEvidence | null;
  /** Why it is not verified although keys were asked for; one sentence. */
  readonly unverified?: string;
  /** Remarks on the keys, each one sentence. */
  readonly remarks: readonly string[];
  /** The place of the keys as a message names it; undefined without keys. */
  readonly source: string | undefined;
}

/** How one of the tokens is judged, and what may decrypt it. */
export interface TokenRules extends Omit<JwtEvidence, 'jws' | 'verification' | 'unverified'> {
  /** Whether an option asks for something that the token can fail. */
  readonly areAsked: boolean;
  readonly profile: TokenProfile | undefined;
  readonly decryptionKey: DecryptionKey | undefined;
  verificationFor(jwt: SignedJwt): Promise<Verification>;
}

/** Leaves the signature of a token alone. */
export const noVerification: Verification = { verification: null, remarks: [], source: undefined };

/** Takes a token apart and judges it by the rules; no token makes it throw. */
export async function decodeToken({ text, name }: FoundToken, rules: TokenRules): Promise<TokenDocument> {
  const token = readToken(text);
  if (token.type === 'sd_jwt') return decodeSdJwt(token, name, rules);
  if (token.type === 'jws' && isDpopProof(token.header) && rules.profile === undefined)
    return describeProof(token, name);
  if (token.type === 'jws' && rules.areAsked) return decodeJws(token, name, rules);
  const isDecrypted = rules.areAsked || rules.decryptionKey !== undefined;
  if (token.type === 'jwe' && isDecrypted) return decodeJwe(token, name, rules);
  return describePlainToken(token, name, rules);
}

/** A proof brings its own key, and is worth something for one request alone. */
function describeProof(jws: ReadJws, name: string | null): JwsDocument {
  const remarks = [
    'It shows that the client holds the key in its header, for one request alone (RFC 9449). The key alone does not prove who the client is.',
  ];
  const checks = asRemarks(checkDpopProof({ compact: jws.compact }));
  return { type: 'jws', name, ...signedMembers(jws), verified: null, judged: false, checks, remarks };
}

async function decodeJws(jws: ReadJws, name: string | null, rules: TokenRules): Promise<JwsDocument> {
  const { verified, key, checks, remarks } = await judge(jws, rules);
  return { type: 'jws', name, ...signedMembers(jws), verified, ...key, judged: true, checks, remarks };
}

function signedMembers(jws: ReadJws) {
  return { header: jws.header, ...payloadMembers(jws.payload), signature: signatureOf(jws) };
}

async function decodeSdJwt(token: ReadSdJwt, name: string | null, rules: TokenRules): Promise<SdJwtDocument> {
  const { issued, disclosures, disclosed, keyBinding } = token;
  // The audience of a presentation stands in its key binding.
  const bound = keyBinding === null ? rules : { ...rules, audience: null, nonce: undefined };
  const { verified, key, checks: own, remarks } = await judge(issued, bound);
  const checks = [...own, ...(await checkSdJwt(token, rules))];
  const bindingClaims = keyBinding?.payload?.type === 'claims' ? keyBinding.payload.claims : null;
  return {
    type: 'sd_jwt',
    name,
    ...signedMembers(issued),
    disclosures: disclosures.map((disclosure) => {
      const { digest, name: claim, salt, value } = disclosure;
      const path = disclosed.places.get(digest) ?? null;
      return carryNumberTexts(disclosure, { path, name: claim, value, salt, digest });
    }),
    disclosed_claims: disclosed.claims,
    hidden_digests: disclosed.hidden,
    key_binding: keyBinding === null ? null : { header: keyBinding.header, claims: bindingClaims },
    verified,
    ...key,
    judged: rules.areAsked,
    checks: rules.areAsked ? checks : asRemarks(checks),
    remarks,
  };
}

async function decodeJwe(jwe: ReadJwe, name: string | null, rules: TokenRules): Promise<JweDocument> {
  const base = {
    type: 'jwe' as const,
    name,
    header: jwe.header,
    signature: null,
    octets: sizesOf(jwe),
    judged: true,
    remarks: [],
  };
  const form = checkJwe(jwe);
  if (rules.decryptionKey === undefined) {
    return { ...base, claims: null, verified: null, decrypted: null, checks: form };
  }
  const { plaintext, key, check } = await decrypt(jwe, rules.decryptionKey, rules.now);
  const checks = [...form, check];
  if (plaintext === undefined) {
    return { ...base, claims: null, verified: null, decrypted: false, key, checks };
  }
  const text = Buffer.from(plaintext).toString('utf8').trim();
  const isToken = jwe.header.cty !== undefined || /^[\w-]+\.[\w-]*\.[\w-]*/.test(text);
  const nested =
    isToken && readToken(text).type !== 'opaque' ? await decodeToken({ text, name: null }, rules) : undefined;
  return {
    ...base,
    ...(nested === undefined ? payloadMembers(readPayload(plaintext)) : { claims: nested.claims }),
    verified: nested?.verified ?? null,
    decrypted: true,
    key,
    checks,
    ...(nested === undefined ? {} : { nested }),
  };
}

async function judge(jws: ReadJws, rules: TokenRules) {
  const signed = { ...jws, signature: jws.signature ?? new Uint8Array() };
  const { verification, unverified, remarks, source } = await rules.verificationFor(signed);
  const evidence = { ...rules, jws, verification, unverified };
  const { checks, verified, trials } = await judgeToken(evidence, rules.profile);
  const isPublished = verification?.given === undefined;
  const key = source === undefined ? {} : { key: keyReport({ source, isPublished }, trials, rules.now) };
  return { checks, verified, remarks, key };
}

/** Decrypts with the keys of a file; the plaintext is undefined when none of them fits. */
async function decrypt({ compact, header }: ReadJwe, { name, file }: DecryptionKey, now: Date) {
  const { decryptJwe } = await import('../../jose/decrypt-jwe.ts');
  const decryption = await decryptJwe(compact, header, file);
  const { plaintext, trials } = decryption;
  const check = judgeDecryption(decryption, header, name);
  const key = keyReport({ source: name, isPublished: false }, trials.map(withSecretOf(file)), now);
  return { plaintext, key, check };
}

/** Bare octets are described as the symmetric key that they are. */
function withSecretOf(file: DecryptionKey['file']): (trial: DecryptionTrial) => DecryptionTrial {
  if (file.type === 'keys') return (trial) => trial;
  const jwk = { kty: 'oct', k: Buffer.from(file.octets).toString('base64url') };
  return (trial) => ({ ...trial, jwk });
}

/** Describes the keys that were tried, without their material. */
function keyReport(
  { source, isPublished }: { readonly source: string; readonly isPublished: boolean },
  trials: readonly (Pick<KeyReport['tried'][number], 'outcome' | 'reason'> & { readonly jwk: JsonObject })[],
  now: Date,
): KeyReport {
  const tried = trials.map(({ jwk, ...how }) => ({ ...describeKey(jwk, now, isPublished), ...how }));
  const worked = tried.find(({ outcome }) => outcome === 'verified' || outcome === 'decrypted');
  if (worked === undefined) return { source, used: null, tried };
  const { outcome: _, reason: __, ...used } = worked;
  return { source, used, tried };
}

/** Describes a token without verifying, decrypting or judging it. */
function describePlainToken(
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
function sizesOf({ octets }: ReadJwe): JweDocument['octets'] {
  return {
    encrypted_key: octets.encryptedKey,
    initialization_vector: octets.initializationVector,
    ciphertext: octets.ciphertext,
    authentication_tag: octets.authenticationTag,
  };
}

/** Turns failed checks into warnings where no judgement was asked for. */
function asRemarks(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.map((check) => (check.outcome === 'fail' ? { ...check, outcome: 'warn' } : check));
}

/** The claims, else the text or octets that were signed or encrypted. */
function payloadMembers(payload: TokenPayload | null): Pick<JwsDocument, 'claims' | 'payload'> {
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
function signatureOf({ signature }: ReadJws): SignatureDocument | null {
  return signature === null
    ? null
    : { octets: signature.length, hex: Buffer.from(signature).toString('hex') };
}
