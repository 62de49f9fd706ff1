import { decodeJwt } from '../../jose/jwt.ts';
import type { CheckId } from '../catalogue.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { judgeSignedJwt, type SignedJwtVerdicts } from '../signed-jwt/judge-signed-jwt.ts';
import {
  checkIdTokenAcr,
  checkIdTokenAtHash,
  checkIdTokenAud,
  checkIdTokenAzp,
  checkIdTokenCHash,
  checkIdTokenIss,
  checkIdTokenNonce,
  checkIdTokenSub,
  checkIdTokenType,
  type IdTokenEvidence,
} from './token-claims.ts';
import { checkIdTokenAuthTime, checkIdTokenExp, checkIdTokenIat, checkIdTokenNbf } from './token-times.ts';

/** The checks behind the first one, in the order they are listed. */
const furtherChecks: readonly CheckId[] = [
  'id-token-alg',
  'id-token-crit',
  'id-token-header-key',
  'id-token-key',
  'id-token-signature',
  'id-token-iss',
  'id-token-aud',
  'id-token-azp',
  'id-token-sub',
  'id-token-exp',
  'id-token-iat',
  'id-token-nbf',
  'id-token-nonce',
  'id-token-auth-time',
  'id-token-acr',
  'id-token-at-hash',
  'id-token-c-hash',
];

/**
 * Makes every check of an ID token, past the first failure; what cannot be checked is listed as skipped, with the
 * reason (OIDC Core §3.1.3.7). Never throws, whatever the token.
 */
export async function validateIdToken(evidence: IdTokenEvidence): Promise<CheckResult[]> {
  const token = decodeJwt(evidence.idToken);
  switch (token.type) {
    case 'invalid':
      return [
        checkResult('id-token', 'fail', `The ID token is no JWT. ${token.reason}`),
        ...skipAll('The ID token is no JWT.'),
      ];
    case 'jwe':
      return [
        checkResult('id-token', 'pass', 'The ID token is an encrypted JWT.'),
        checkResult(
          'id-token-encrypted',
          'warn',
          `The ID token is encrypted (alg ${shownValue(token.header.alg)}, enc ${shownValue(token.header.enc)}) and cannot be read without the decryption key.`,
        ),
        ...skipAll('The ID token is encrypted.'),
      ];
    case 'jws': {
      const verdicts = await judgeSignedJwt(token, evidence);
      return [
        checkIdTokenType(token),
        ...signatureResults(verdicts),
        checkIdTokenIss(token.claims, evidence),
        checkIdTokenAud(token.claims, evidence),
        checkIdTokenAzp(token.claims, evidence),
        checkIdTokenSub(token.claims),
        checkIdTokenExp(token.claims, evidence),
        checkIdTokenIat(token.claims, evidence),
        checkIdTokenNbf(token.claims, evidence),
        checkIdTokenNonce(token.claims, evidence),
        checkIdTokenAuthTime(token.claims, evidence),
        checkIdTokenAcr(token.claims, evidence),
        checkIdTokenAtHash(token.claims, evidence, verdicts.hash),
        checkIdTokenCHash(token.claims, evidence, verdicts.hash),
      ];
    }
  }
}

function signatureResults({
  algorithm,
  critical,
  headerKeys,
  key,
  signature,
}: SignedJwtVerdicts): CheckResult[] {
  const judged = [
    ['id-token-alg', algorithm],
    ['id-token-crit', critical],
    ['id-token-header-key', headerKeys],
    ['id-token-key', key],
    ['id-token-signature', signature],
  ] as const;
  return judged.map(([id, { outcome, detail, ...compared }]) => checkResult(id, outcome, detail, compared));
}

function skipAll(reason: string): CheckResult[] {
  return furtherChecks.map((id) => checkResult(id, 'skipped', reason));
}
