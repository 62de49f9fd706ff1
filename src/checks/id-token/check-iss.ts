import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { shownValue } from '../shown-value.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Checks that `iss` is the issuer, octet by octet (OIDC Core §3.1.3.7 2). */
export function checkIdTokenIss(
  { iss }: JsonObject,
  { issuer }: Pick<IdTokenEvidence, 'issuer'>,
): CheckResult {
  const id = 'id-token-iss';
  const received = shownValue(iss);
  if (typeof iss !== 'string') {
    return checkResult(id, 'fail', iss === undefined ? 'iss is missing.' : 'iss is no string.', {
      ...(issuer === null ? {} : { expected: issuer }),
      received,
    });
  }
  if (issuer === null)
    return checkResult(id, 'skipped', 'No issuer is known to compare iss with.', { received });
  return iss === issuer
    ? checkResult(id, 'pass', 'iss is the issuer.', { expected: issuer, received })
    : checkResult(id, 'fail', `iss is not the issuer. ${issuerDifference(issuer, iss)}`, {
        expected: issuer,
        received,
      });
}
