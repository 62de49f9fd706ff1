import type { JsonObject } from '../json/json.ts';
import type { ClaimsReading, UserinfoReading } from '../protocol/userinfo-response.ts';
import {
  type CheckResult,
  checkResult,
  type Finding,
  finding,
  foundOf,
  type Judgement,
  unlessViolated,
} from './check-result.ts';
import { findMissingChallenge } from './error-response.ts';
import { readAudiences } from './id-token/token-claims.ts';
import { issuerDifference } from './issuer-difference.ts';
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
  const { reading, issuer, clientId, idTokenSub } = evidence;
  if (reading.jwt === null) {
    const reason = 'The response is not signed; TLS says whose it is.';
    const ids = ['userinfo-signature', 'userinfo-iss', 'userinfo-aud'] as const;
    return [...ids.map((id) => checkResult(id, 'skipped', reason)), checkUserinfoSub(reading, idTokenSub)];
  }
  const { decoded } = reading.jwt;
  const { outcome, detail, ...compared } = decisiveVerdict(await judgeSignedJwt(decoded, evidence));
  return [
    checkResult('userinfo-signature', outcome, detail, compared),
    checkUserinfoIss(decoded.claims, issuer),
    checkUserinfoAud(decoded.claims, clientId),
    checkUserinfoSub(reading, idTokenSub),
  ];
}

/** Checks that `sub` is that of the ID token, without which nobody demands one (OIDC Core §5.3.2, §5.3.4). */
function checkUserinfoSub(
  { sub, claims }: Pick<ClaimsReading, 'sub' | 'claims'>,
  idTokenSub: string | undefined,
): CheckResult {
  const id = 'userinfo-sub';
  const received = shownValue(sub ?? claims.sub);
  if (idTokenSub === undefined) {
    return checkResult(id, 'skipped', 'There is no ID token to compare sub with.', { received });
  }
  const compared = { expected: shownValue(idTokenSub), received };
  if (sub === null)
    return checkResult(id, 'fail', 'sub is missing, so nothing says whose claims these are.', compared);
  if (sub !== idTokenSub) {
    return checkResult(
      id,
      'fail',
      'sub is not that of the ID token: the claims are those of another user.',
      compared,
    );
  }
  return typeof claims.sub === 'string'
    ? checkResult(id, 'pass', 'sub is that of the ID token.', compared)
    : checkResult(id, 'warn', 'sub is that of the ID token, but a number instead of a string.', compared);
}

function checkUserinfoIss({ iss }: JsonObject, issuer: string | null): CheckResult {
  const id = 'userinfo-iss';
  const compared = { ...(issuer === null ? {} : { expected: issuer }), received: shownValue(iss) };
  if (iss === undefined)
    return checkResult(id, 'warn', 'The signed response has no iss; it should.', compared);
  if (typeof iss !== 'string') return checkResult(id, 'fail', 'iss is no string.', compared);
  if (issuer === null) return checkResult(id, 'skipped', 'No issuer is known to compare iss with.', compared);
  return iss === issuer
    ? checkResult(id, 'pass', 'iss is the issuer.', compared)
    : checkResult(id, 'fail', `iss is not the issuer. ${issuerDifference(issuer, iss)}`, compared);
}

function checkUserinfoAud({ aud }: JsonObject, clientId: string | null): CheckResult {
  const id = 'userinfo-aud';
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(aud) };
  if (aud === undefined)
    return checkResult(id, 'warn', 'The signed response has no aud; it should.', compared);
  const audiences = readAudiences(aud);
  if (audiences === undefined)
    return checkResult(id, 'fail', 'aud is neither a string nor an array of strings.', compared);
  if (clientId === null)
    return checkResult(id, 'skipped', 'No client is known to compare aud with.', compared);
  return audiences.includes(clientId)
    ? checkResult(id, 'pass', 'aud names this client.', compared)
    : checkResult(id, 'fail', 'aud does not name this client.', compared);
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
  const detail = `Claims about the user with status ${reading.response.status}.`;
  const sound = checkResult('userinfo-response', 'pass', detail);
  // Whether sub is needed depends on the ID token, which userinfo-sub compares it with.
  const ofForm = violations.filter(({ id }) => id !== 'sub-missing');
  return [...(reading.type === 'claims' ? unlessViolated(sound, ofForm) : []), ...violations];
}

function findClaimDeviations(reading: UserinfoReading): Finding[] {
  if (reading.type !== 'claims' || !reading.openidRequested) {
    return [];
  }
  const { hasSub, wrongTypes, path } = reading;
  const wrongText = wrongTypes.map(({ name, type }) => `${name}: ${type}`).join(', ');
  return foundOf([
    !hasSub && finding('sub-missing', 'No sub says whose claims these are.'),
    wrongTypes.length > 0 &&
      finding('claim-wrong-type', `Claims have a JSON type that is not theirs: ${wrongText}.`, wrongText),
    path !== '' &&
      finding(
        'claims-nested',
        `The claims stand in ${namesText([path])}, not at the top level.`,
        namesText([path]),
      ),
  ]);
}
