import { Buffer } from 'node:buffer';
import { judgeToken, type TokenJudgement } from '../../checks/judge-token.ts';
import { checkJwtForm, type JwtEvidence } from '../../checks/jwt.ts';
import { checkSdJwt } from '../../checks/sd-jwt.ts';
import type { FoundToken } from '../../jose/token-text/found-token.ts';
import { readToken } from '../../jose/token-text/read-any-token.ts';
import type { ReadSdJwt } from '../../jose/token-text/read-sd-jwt.ts';
import { type ReadJwe, type ReadJws, readPayload } from '../../jose/token-text/read-token.ts';
import { carryNumberTexts } from '../../json/exact-number.ts';
import type { JweDocument, JwsDocument, SdJwtDocument, TokenDocument } from '../../output/decode-document.ts';
import type { Decrypt } from './decrypt-token.ts';
import { keyReport } from './key-report.ts';
import { asRemarks, describePlainToken, payloadMembers, signatureOf, sizesOf } from './plain-token.ts';
import type { TokenRules } from './token-rules.ts';

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
