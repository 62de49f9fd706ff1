import { Buffer } from 'node:buffer';
import { type CheckResult, checkResult } from '../../checks/check-result.ts';
import { judgeToken, type TokenJudgement } from '../../checks/judge-token.ts';
import { checkJwtForm, type JwtEvidence, type TokenProfile } from '../../checks/jwt.ts';
import { checkSdJwt } from '../../checks/sd-jwt.ts';
import { shownValue } from '../../checks/shown-value.ts';
import type { SignatureEvidence } from '../../checks/signed-jwt/judge-header.ts';
import type { SignedJwt } from '../../checks/signed-jwt/judge-signature.ts';
import type { DecryptionTrial } from '../../jose/decrypt-jwe.ts';
import { describeKey } from '../../jose/jwk-description.ts';
import { type ReadJwe, type ReadJws, readPayload } from '../../jose/read-token.ts';
import type { ReadSdJwt } from '../../jose/sd-jwt.ts';
import { carryNumberTexts } from '../../json/exact-number.ts';
import type { JsonObject } from '../../json/json.ts';
import type {
  JweDocument,
  JwsDocument,
  KeyReport,
  SdJwtDocument,
  TokenDocument,
} from '../../output/decode-document.ts';
import type { FoundToken } from '../../recording/collect-tokens.ts';
import { readToken } from '../../recording/opaque-token.ts';
import type { NamedKeyFile } from '../../settings/decode-options.ts';
import { asRemarks, describePlainToken, payloadMembers, signatureOf, sizesOf } from './plain-token.ts';

/** What the signature of one token is verified with. */
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

/** How one of the tokens is judged. */
export interface TokenRules {
  /** Whether an option asks for something that the token can fail. */
  readonly areAsked: boolean;
  readonly profile: TokenProfile | undefined;
  verificationFor(jwt: SignedJwt): Promise<Verification>;
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly audience: string | null;
  readonly nonce: string | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly accessToken: string | undefined;
  readonly clockToleranceSeconds: number;
}

/** Leaves the signature of a token alone. */
export const noVerification: Verification = { verification: null, remarks: [], source: undefined };

/** Takes a token apart and judges it by the rules that were asked for; never throws, whatever the token. */
export async function decodeToken(
  token: FoundToken,
  rules: TokenRules,
  decrypt: Decrypt | undefined,
  now: Date,
): Promise<TokenDocument> {
  const reading = readToken(token.text);
  switch (reading.type) {
    case 'opaque':
      return describePlainToken(reading, token.name, { now, ...rules });
    case 'jws':
      return rules.areAsked
        ? decodeJws(reading, token, rules, now)
        : describePlainToken(reading, token.name, { now, ...rules });
    case 'sd_jwt':
      return decodeSdJwt(reading, token, rules, now);
    case 'jwe':
      return decrypt === undefined && !rules.areAsked
        ? describePlainToken(reading, token.name, { now, ...rules })
        : decodeJwe(reading, token, rules, decrypt, now);
  }
}

async function decodeJws(
  jws: ReadJws,
  { name }: FoundToken,
  rules: TokenRules,
  now: Date,
): Promise<JwsDocument> {
  const { judgement, remarks, key } = await judge(jws, rules, now);
  const { checks, verified } = judgement;
  return {
    type: 'jws',
    name,
    header: jws.header,
    ...payloadMembers(jws.payload),
    signature: signatureOf(jws),
    verified,
    ...(key === undefined ? {} : { key }),
    judged: true,
    checks,
    remarks,
  };
}

async function decodeSdJwt(
  token: ReadSdJwt,
  { name }: FoundToken,
  rules: TokenRules,
  now: Date,
): Promise<SdJwtDocument> {
  const { issued, disclosures, disclosed, keyBinding } = token;
  // Whom a presentation is for stands in its key binding.
  const bound = keyBinding === null ? rules : { ...rules, audience: null, nonce: undefined };
  const { judgement, remarks, key } = await judge(issued, bound, now);
  const checks = [...judgement.checks, ...(await checkSdJwt(token, evidenceOf(issued, rules, now)))];
  return {
    type: 'sd_jwt',
    name,
    header: issued.header,
    ...payloadMembers(issued.payload),
    signature: signatureOf(issued),
    disclosures: disclosures.map((disclosure) => {
      const { digest, name: claim, salt, value } = disclosure;
      const path = disclosed.places.get(digest) ?? null;
      return carryNumberTexts(disclosure, { path, name: claim, value, salt, digest });
    }),
    disclosed_claims: disclosed.claims,
    hidden_digests: disclosed.hidden,
    key_binding:
      keyBinding === null
        ? null
        : {
            header: keyBinding.header,
            claims: keyBinding.payload?.type === 'claims' ? keyBinding.payload.claims : null,
          },
    verified: judgement.verified,
    ...(key === undefined ? {} : { key }),
    judged: rules.areAsked,
    checks: rules.areAsked ? checks : asRemarks(checks),
    remarks,
  };
}

async function decodeJwe(
  jwe: ReadJwe,
  token: FoundToken,
  rules: TokenRules,
  decrypt: Decrypt | undefined,
  now: Date,
): Promise<JweDocument> {
  const base = {
    type: 'jwe' as const,
    name: token.name,
    header: jwe.header,
    signature: null,
    octets: sizesOf(jwe),
    judged: true,
    remarks: [],
  };
  const form = checkJwtForm(jwe);
  const decryption = await decrypt?.(jwe);
  if (decryption?.plaintext === undefined) {
    const checks = decryption === undefined ? [form] : [form, decryption.check];
    return {
      ...base,
      claims: null,
      verified: null,
      decrypted: decryption === undefined ? null : false,
      ...(decryption === undefined ? {} : { key: decryption.key }),
      checks,
    };
  }
  const { plaintext, key, check } = decryption;
  const text = Buffer.from(plaintext).toString('utf8');
  const isToken = jwe.header.cty !== undefined || /^\s*[\w-]+\.[\w-]*\.[\w-]*/.test(text);
  const inner = isToken ? readToken(text.trim()) : undefined;
  const nested =
    inner === undefined || inner.type === 'opaque'
      ? undefined
      : await decodeToken({ text: text.trim(), name: null }, rules, decrypt, now);
  return {
    ...base,
    ...(nested === undefined ? payloadMembers(readPayload(plaintext)) : { claims: nested.claims }),
    verified: nested?.verified ?? null,
    decrypted: true,
    key,
    checks: [form, check],
    ...(nested === undefined ? {} : { nested }),
  };
}

async function judge(jws: ReadJws, rules: TokenRules, now: Date) {
  const signed = { ...jws, signature: jws.signature ?? new Uint8Array() };
  const { verification, unverified, remarks, source } = await rules.verificationFor(signed);
  const judgement: TokenJudgement = await judgeToken(
    { ...evidenceOf(jws, rules, now), verification, unverified },
    rules.profile,
  );
  const isPublished = verification?.given === undefined;
  const key = source === undefined ? undefined : keyReport({ source, isPublished }, judgement.trials, now);
  return { judgement, remarks, key };
}

function evidenceOf(jws: ReadJws, rules: TokenRules, now: Date): JwtEvidence {
  const { issuer, clientId, audience, nonce, maxAgeSeconds, accessToken, clockToleranceSeconds } = rules;
  return {
    jws,
    verification: null,
    issuer,
    clientId,
    audience,
    nonce,
    maxAgeSeconds,
    accessToken,
    now,
    clockToleranceSeconds,
  };
}

/** The result of decrypting one token. */
interface TokenDecryption {
  readonly plaintext: Uint8Array | undefined;
  readonly key: KeyReport;
  readonly check: CheckResult;
}

/** Decrypts a token; never throws. */
type Decrypt = (token: ReadJwe) => Promise<TokenDecryption>;

/** Decrypts with the keys of a file. */
export function createDecrypt({ name, file }: NamedKeyFile, now: Date): Decrypt {
  return async ({ compact, header }) => {
    const { decryptJwe } = await import('../../jose/decrypt-jwe.ts');
    const { plaintext, trials, change } = await decryptJwe(compact, header, file);
    const how = `alg ${shownValue(header.alg)}, enc ${shownValue(header.enc)}`;
    return {
      plaintext,
      key: keyReport({ source: name, isPublished: false }, trials.map(withSecretOf(file)), now),
      check:
        plaintext === undefined
          ? checkResult('jwe-decryption', 'fail', `${reasonOf(trials, name)} (${how}).`)
          : checkResult(
              'jwe-decryption',
              'pass',
              `Decrypted with ${name}${change === undefined ? '' : `, ${change}`} (${how}).`,
            ),
    };
  };
}

/** Bare octets are described as the symmetric key that they are. */
function withSecretOf(file: NamedKeyFile['file']): (trial: DecryptionTrial) => DecryptionTrial {
  if (file.type === 'keys') return (trial) => trial;
  const jwk = { kty: 'oct', k: Buffer.from(file.octets).toString('base64url') };
  return (trial) => ({ ...trial, jwk });
}

/** A key that fits and fails says more than those that do not fit. */
function reasonOf(trials: readonly { outcome: string; reason: string }[], name: string): string {
  const telling = trials.find(({ outcome }) => outcome === 'failed') ?? trials[0];
  const others = trials.length > 1 ? ` (${trials.length} keys were looked at)` : '';
  return `${name} did not decrypt it: ${telling?.reason ?? 'there is no key in it'}${others}`;
}

/** The result of one key, for a signature or a decryption. */
interface Trial {
  readonly jwk: JsonObject;
  readonly outcome: KeyReport['tried'][number]['outcome'];
  readonly reason: string;
}

/** Describes the keys that were tried, without their material. */
function keyReport(
  { source, isPublished }: { readonly source: string; readonly isPublished: boolean },
  trials: readonly Trial[],
  now: Date,
): KeyReport {
  const tried = trials.map(({ jwk, outcome, reason }) => ({
    ...describeKey(jwk, now, isPublished),
    outcome,
    reason,
  }));
  const worked = tried.find(({ outcome }) => outcome === 'verified' || outcome === 'decrypted');
  if (worked === undefined) return { source, used: null, tried };
  const { outcome: _, reason: __, ...used } = worked;
  return { source, used, tried };
}
