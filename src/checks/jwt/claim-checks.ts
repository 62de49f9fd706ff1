import type { JsonObject } from '../../json/json.ts';
import type { CheckId } from '../catalogue.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { readAudiences } from '../id-token/check-aud.ts';
import { checkIdTokenExp } from '../id-token/check-exp.ts';
import { checkIdTokenIat } from '../id-token/check-iat.ts';
import { checkIdTokenIss } from '../id-token/check-iss.ts';
import { checkIdTokenNbf } from '../id-token/check-nbf.ts';
import type { TimeEvidence } from '../id-token/evidence.ts';
import { shownValue } from '../shown-value.ts';

/** Checks `exp`, `nbf` and `iat`; each is optional in a JWT and must make sense when it is there (RFC 7519 §4.1). */
export function checkJwtTimes(claims: JsonObject, evidence: TimeEvidence): CheckResult[] {
  const issued = checkIdTokenIat(claims, evidence);
  return [
    claims.exp === undefined
      ? checkResult('jwt-exp', 'skipped', 'There is no exp: the token never expires by itself.')
      : underId('jwt-exp', checkIdTokenExp(claims, evidence)),
    claims.iat === undefined
      ? checkResult('jwt-iat', 'skipped', 'There is no iat; it is optional.')
      : // How old a token may be is nobody's business but its reader's.
        underId('jwt-iat', issued.outcome === 'warn' ? { ...issued, outcome: 'pass' } : issued),
    underId('jwt-nbf', checkIdTokenNbf(claims, evidence)),
  ];
}

/** Checks `iss` where an issuer is known (RFC 7519 §4.1.1). */
export function checkJwtIss(claims: JsonObject, issuer: string | null): CheckResult {
  return claims.iss === undefined && issuer === null
    ? checkResult('jwt-iss', 'skipped', 'There is no iss, and no issuer is known to expect.')
    : underId('jwt-iss', checkIdTokenIss(claims, { issuer }));
}

/** Checks that `aud` names whom it is expected to name (RFC 7519 §4.1.3). */
export function checkAudience(
  id: 'jwt-aud' | 'access-token-aud',
  { aud }: JsonObject,
  expected: string | null,
): CheckResult {
  const compared = { ...(expected === null ? {} : { expected }), received: shownValue(aud) };
  if (aud === undefined && expected === null) return checkResult(id, 'skipped', 'There is no aud.');
  if (aud === undefined) return checkResult(id, 'fail', 'aud is missing.', compared);
  const audiences = readAudiences(aud);
  if (audiences === undefined)
    return checkResult(id, 'fail', 'aud is neither a string nor an array of strings.', compared);
  if (expected === null) return checkResult(id, 'skipped', 'Nobody said whom aud is to name.', compared);
  return audiences.includes(expected)
    ? checkResult(id, 'pass', 'aud names the expected audience.', compared)
    : checkResult(id, 'fail', 'aud does not name the expected audience: the token is for another.', compared);
}

/** Checks `nonce` where one is expected. */
export function checkJwtNonce({ nonce }: JsonObject, expected: string | undefined): CheckResult[] {
  if (expected === undefined) return [];
  const compared = { expected: shownValue(expected), received: shownValue(nonce) };
  return [
    nonce === expected
      ? checkResult('jwt-nonce', 'pass', 'nonce is the expected one.', compared)
      : checkResult('jwt-nonce', 'fail', 'nonce is not the expected one.', compared),
  ];
}

/** Fails when claims are missing that a profile requires. */
export function checkRequiredClaims(
  id: 'access-token-claims' | 'logout-token-claims',
  claims: JsonObject,
  required: readonly string[],
): CheckResult {
  const missing = required.filter((name) => claims[name] === undefined);
  const expected = required.join(', ');
  return missing.length === 0
    ? checkResult(id, 'pass', 'Every required claim is there.')
    : checkResult(id, 'fail', `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, {
        expected,
        received: shownValue(Object.keys(claims).join(', ')),
      });
}

/** The same judgement under another id, with its title and specification. */
function underId(id: CheckId, { outcome, detail, expected, received }: CheckResult): CheckResult {
  return checkResult(id, outcome, detail, {
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  });
}
