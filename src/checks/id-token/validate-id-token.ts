import { decodeJwt } from '../../jose/jwt.ts';
import type { JsonObject } from '../../json/json.ts';
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

/** The ID token of a refresh, and whom and what the session is for. */
export interface RefreshedIdTokenEvidence {
  /** null when the response had none. */
  readonly idToken: string | null;
  readonly issuer: string | null;
  readonly clientId: string;
  /** The subject of the login; undefined when it named none. */
  readonly sub: string | undefined;
}

/** Checks that a refreshed ID token is about the same person, from the same issuer, for the same client (OIDC Core §12.2). */
export function checkRefreshedIdToken(evidence: RefreshedIdTokenEvidence): CheckResult {
  const id = 'refreshed-id-token';
  const { idToken, issuer, clientId, sub } = evidence;
  if (idToken === null) return checkResult(id, 'skipped', 'The refresh brought no ID token.');
  const jwt = decodeJwt(idToken);
  if (jwt.type === 'invalid') return checkResult(id, 'fail', `The ID token is no JWT. ${jwt.reason}`);
  if (jwt.type === 'jwe') return checkResult(id, 'skipped', 'The ID token is encrypted.');
  const { claims } = jwt;
  const differing = [
    sub !== undefined && claims.sub !== sub && 'sub is another: it is about another person',
    issuer !== null && claims.iss !== issuer && 'iss is another: it comes from another server',
    !audienceOf(claims).includes(clientId) && 'aud does not name this client',
  ].find((problem) => problem !== false);
  return differing === undefined
    ? checkResult(id, 'pass', 'It is about the same person, for the same client.')
    : checkResult(id, 'fail', `Its ${differing}.`);
}

function audienceOf({ aud }: JsonObject): readonly unknown[] {
  return Array.isArray(aud) ? aud : [aud];
}
