import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Checks that `nonce` is the one that was sent, and absent when none was (OIDC Core §3.1.3.7 11). */
export function checkIdTokenNonce(
  claims: JsonObject,
  { nonce }: Pick<IdTokenEvidence, 'nonce'>,
): CheckResult {
  const id = 'id-token-nonce';
  const compared = { expected: shownValue(nonce), received: shownValue(claims.nonce) };
  if (nonce === undefined) {
    return claims.nonce === undefined
      ? checkResult(id, 'skipped', 'No nonce was sent.')
      : checkResult(
          id,
          'fail',
          'No nonce was sent, yet there is one: the token was issued for another request.',
          compared,
        );
  }
  if (claims.nonce === undefined)
    return checkResult(id, 'fail', 'The nonce that was sent is missing.', compared);
  return claims.nonce === nonce
    ? checkResult(id, 'pass', 'nonce is the one that was sent.', compared)
    : checkResult(
        id,
        'fail',
        'nonce is not the one that was sent: the token was issued for another request.',
        compared,
      );
}
