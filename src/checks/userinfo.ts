import type { JsonObject } from '../json/json.ts';
import type { ClaimsReading, UserinfoReading } from '../protocol/userinfo-response.ts';
import { own, type Said, say } from '../say.ts';
import {
  type CheckResult,
  comparedWith,
  type Finding,
  fail,
  findingsOf,
  type Judgement,
  pass,
  skip,
  underId,
  unlessViolated,
  type Verdict,
  warn,
} from './check-result.ts';
import { findMissingChallenge } from './error-response.ts';
import { judgeIss, readAudiences } from './id-token/token-claims.ts';
import {
  findRepresentationDeviations,
  findSyntaxDeviations,
  findUnsafeNumbers,
  unsafeNumbersFinding,
} from './representation.ts';
import { namesText, shownValue } from './shown-value.ts';
import type { SignatureEvidence } from './signed-jwt/judge-header.ts';
import { decisiveVerdict, judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

/** All that is known for judging a UserInfo response with claims. */
export interface UserinfoEvidence extends SignatureEvidence {
  readonly reading: Pick<ClaimsReading, 'sub' | 'claims' | 'jwt'>;
  /** `sub` of the ID token; undefined when there is none to compare with. */
  readonly idTokenSub: string | undefined;
  /** Why it is not known, or not verified, in one sentence; absent for that of a verified ID token. */
  readonly subProblem?: Said | undefined;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** null when it is not known. */
  readonly clientId: string | null;
}

/**
 * Makes every check of a UserInfo response: its signature, issuer and audience when it is a JWT, and its subject
 * (OIDC Core §5.3.2, §5.3.4).
 */
export async function validateUserinfo(evidence: UserinfoEvidence): Promise<CheckResult[]> {
  const { reading, issuer, clientId } = evidence;
  const subject = underId('userinfo-sub', judgeSubject(reading, evidence));
  if (reading.jwt === null) {
    const unsigned = skip('The response is not signed; TLS says whose it is.');
    const ids = ['userinfo-signature', 'userinfo-iss', 'userinfo-aud'] as const;
    return [...ids.map((id) => underId(id, unsigned)), subject];
  }
  const { decoded } = reading.jwt;
  return [
    underId('userinfo-signature', decisiveVerdict(await judgeSignedJwt(decoded, evidence))),
    ...checkUserinfoJwt(decoded.claims, issuer, clientId),
    subject,
  ];
}

/** Checks the issuer and audience of a UserInfo response that is a JWT (OIDC Core §5.3.2). */
export function checkUserinfoJwt(
  claims: JsonObject,
  issuer: string | null,
  clientId: string | null,
): CheckResult[] {
  return [
    underId('userinfo-iss', judgeIssuer(claims, issuer)),
    underId('userinfo-aud', judgeAudience(claims, clientId)),
  ];
}

/** Judges whether `sub` is that of the ID token; without one nothing can be compared (OIDC Core §5.3.2). */
function judgeSubject(
  { sub, claims }: Pick<ClaimsReading, 'sub' | 'claims'>,
  { idTokenSub, subProblem }: Pick<UserinfoEvidence, 'idTokenSub' | 'subProblem'>,
): Verdict {
  const received = shownValue(sub ?? claims.sub);
  if (idTokenSub === undefined)
    return skip(subProblem ?? own('There is no ID token to compare sub with.'), { received });
  const compared = { expected: shownValue(idTokenSub), received };
  if (sub === null) return fail('sub is missing, so it is unknown whose claims these are.', compared);
  if (sub !== idTokenSub)
    return fail('sub is not that of the ID token: the claims are those of another user.', compared);
  if (subProblem !== undefined) return warn(say`sub is that of the ID token. ${subProblem}`, compared);
  return typeof claims.sub === 'string'
    ? pass('sub is that of the ID token.', compared)
    : warn('sub is that of the ID token, but a number instead of a string.', compared);
}

function judgeIssuer(claims: JsonObject, issuer: string | null): Verdict {
  return claims.iss === undefined
    ? warn('The signed response has no iss; it should.', comparedWith(issuer, claims.iss))
    : judgeIss(claims, issuer);
}

function judgeAudience({ aud }: JsonObject, clientId: string | null): Verdict {
  const compared = comparedWith(clientId, aud);
  if (aud === undefined) return warn('The signed response has no aud; it should.', compared);
  const audiences = readAudiences(aud);
  if (audiences === undefined) return fail('aud is neither a string nor an array of strings.', compared);
  if (clientId === null) return skip('No client is known to compare aud with.', compared);
  return audiences.includes(clientId)
    ? pass('aud names this client.', compared)
    : fail('aud does not name this client.', compared);
}

/** Judges the form of a UserInfo response and the types of its claims (OIDC Core §5.1, §5.3.2). */
export function judgeUserinfoResponse(reading: UserinfoReading): Judgement[] {
  const isJwt = reading.type === 'encrypted' || (reading.type === 'claims' && reading.signed);
  const violations = [
    ...findRepresentationDeviations(reading, { isJwt }),
    ...(isJwt ? [] : findSyntaxDeviations(reading)),
    ...findMissingChallenge(reading),
    ...(reading.type === 'claims' && reading.signed
      ? unsafeNumbersFinding(reading.json.unsafeIntegers)
      : findUnsafeNumbers(reading)),
    ...findClaimDeviations(reading),
  ];
  const detail = say`Claims about the user with status ${reading.response.status}.`;
  const sound = underId('userinfo-response', pass(detail));
  // Whether sub is needed depends on the ID token, which userinfo-sub compares it with.
  const ofForm = violations.filter(({ id }) => id !== 'sub-missing');
  return [...(reading.type === 'claims' ? unlessViolated(sound, ofForm) : []), ...violations];
}

function findClaimDeviations(reading: UserinfoReading): Finding[] {
  if (reading.type !== 'claims' || !reading.openidRequested) return [];
  const { hasSub, wrongTypes, path } = reading;
  const wrongText = wrongTypes.map(({ name, type }) => `${name}: ${type}`).join(', ');
  return findingsOf({
    'sub-missing': !hasSub && 'sub is missing: it is unknown whose claims these are.',
    'claim-wrong-type': wrongTypes.length > 0 && [
      say`Claims have a JSON type that is not theirs: ${wrongText}.`,
      wrongText,
    ],
    'claims-nested': path !== '' && [
      say`The claims stand in ${namesText([path])}, not at the top level.`,
      namesText([path]),
    ],
  });
}
