import { type DecodedJws, decodeJwt } from '../../jose/jwt.ts';
import { own, say } from '../../say.ts';
import type { CheckId } from '../catalogue.ts';
import { type CheckResult, fail, skip, underId, type Verdict, warn } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { judgeSignedJwt, type SignedJwtVerdicts } from '../signed-jwt/judge-signed-jwt.ts';
import {
  type IdTokenEvidence,
  judgeAcr,
  judgeAtHash,
  judgeAud,
  judgeAzp,
  judgeCHash,
  judgeIss,
  judgeJwtType,
  judgeNonce,
  judgeSub,
} from './token-claims.ts';
import { judgeAuthTime, judgeExp, judgeIat, judgeNbf } from './token-times.ts';

type Judge = (token: DecodedJws, evidence: IdTokenEvidence, verdicts: SignedJwtVerdicts) => Verdict;

/** The checks behind the first one, in the order they are listed. */
const furtherChecks: readonly (readonly [CheckId, Judge])[] = [
  ['id-token-alg', (_token, _evidence, { algorithm }) => algorithm],
  ['id-token-crit', (_token, _evidence, { critical }) => critical],
  ['id-token-header', (_token, _evidence, { members }) => members],
  ['id-token-header-key', (_token, _evidence, { headerKeys }) => headerKeys],
  ['id-token-key', (_token, _evidence, { key }) => key],
  ['id-token-signature', (_token, _evidence, { signature }) => signature],
  ['id-token-iss', ({ claims }, { issuer }) => judgeIss(claims, issuer)],
  ['id-token-aud', ({ claims }, evidence) => judgeAud(claims, evidence)],
  ['id-token-azp', ({ claims }, evidence) => judgeAzp(claims, evidence)],
  ['id-token-sub', ({ claims }) => judgeSub(claims)],
  ['id-token-exp', ({ claims }, evidence) => judgeExp(claims, evidence)],
  ['id-token-iat', ({ claims }, evidence) => judgeIat(claims, evidence)],
  ['id-token-nbf', ({ claims }, evidence) => judgeNbf(claims, evidence)],
  ['id-token-nonce', ({ claims }, evidence) => judgeNonce(claims, evidence)],
  ['id-token-auth-time', ({ claims }, evidence) => judgeAuthTime(claims, evidence)],
  ['id-token-acr', ({ claims }, evidence) => judgeAcr(claims, evidence)],
  ['id-token-at-hash', ({ claims }, evidence, { hash }) => judgeAtHash(claims, evidence, hash)],
  ['id-token-c-hash', ({ claims }, evidence, { hash }) => judgeCHash(claims, evidence, hash)],
];

/**
 * Makes every check of an ID token, past the first failure; checks that cannot be made are listed as skipped, with
 * the reason (OIDC Core §3.1.3.7). Never throws, whatever the token.
 */
export async function validateIdToken(evidence: IdTokenEvidence): Promise<CheckResult[]> {
  const token = decodeJwt(evidence.idToken);
  switch (token.type) {
    case 'invalid':
      return [
        underId('id-token', fail(say`The ID token is not a JWT. ${own(token.reason)}`)),
        ...skipAll(skip('The ID token is not a JWT.')),
      ];
    case 'jwe': {
      const { alg, enc } = token.header;
      const unreadable = say`The ID token is encrypted (alg ${shownValue(alg)}, enc ${shownValue(enc)}) and cannot be read without the key of the client: --decryption-key FILE.`;
      return [
        underId('id-token', fail('The ID token is encrypted and cannot be read here.')),
        underId('id-token-encrypted', warn(unreadable)),
        ...skipAll(skip('The ID token is encrypted.')),
      ];
    }
    case 'jws': {
      const verdicts = await judgeSignedJwt(token, evidence);
      return [
        underId('id-token', judgeJwtType(token)),
        ...furtherChecks.map(([id, judge]) => underId(id, judge(token, evidence, verdicts))),
      ];
    }
  }
}

function skipAll(skipped: Verdict): CheckResult[] {
  return furtherChecks.map(([id]) => underId(id, skipped));
}
