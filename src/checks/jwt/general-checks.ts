import type { CheckResult } from '../check-result.ts';
import type { SignedJwtVerdicts } from '../signed-jwt/judge-signed-jwt.ts';
import { judgeUnverifiedJwt } from '../signed-jwt/judge-unverified-jwt.ts';
import { checkJwtForm } from './check-form.ts';
import { checkAudience, checkJwtIss, checkJwtNonce, checkJwtTimes } from './claim-checks.ts';
import type { JwtEvidence } from './evidence.ts';
import { signatureChecks } from './signature-checks.ts';

type GeneralEvidence = Omit<JwtEvidence, 'verification' | 'maxAgeSeconds' | 'accessToken'>;

/** What is checked of a JWT whose purpose nobody named. */
export function generalChecks(evidence: GeneralEvidence, verdicts: SignedJwtVerdicts): CheckResult[] {
  const { jws, issuer, audience, clientId, nonce } = evidence;
  const head = [checkJwtForm(jws), ...signatureChecks('jwt', verdicts)];
  if (jws.payload?.type !== 'claims') return head;
  const { claims } = jws.payload;
  return [
    ...head,
    checkJwtIss(claims, issuer),
    checkAudience('jwt-aud', claims, audience ?? clientId),
    ...checkJwtTimes(claims, evidence),
    ...checkJwtNonce(claims, nonce),
  ];
}

/** The same of a JWT that nobody asked to be judged: without key and expectations. */
export function unaskedChecks(
  evidence: Pick<JwtEvidence, 'jws' | 'now' | 'clockToleranceSeconds'>,
): CheckResult[] {
  const nothing = { issuer: null, audience: null, clientId: null };
  return generalChecks(
    { ...evidence, ...nothing },
    judgeUnverifiedJwt(evidence.jws.header, 'No key was given.'),
  );
}
