import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Remarks when `acr` is none of the values that were asked for, which the server need not meet (OIDC Core §3.1.3.7 12). */
export function checkIdTokenAcr(
  { acr }: JsonObject,
  { acrValues }: Pick<IdTokenEvidence, 'acrValues'>,
): CheckResult {
  const id = 'id-token-acr';
  if (acrValues === undefined || acrValues.length === 0) {
    return checkResult(
      id,
      'skipped',
      'No acr_values were asked for.',
      acr === undefined ? {} : { received: shownValue(acr) },
    );
  }
  const compared = { expected: shownValue(acrValues.join(' or ')), received: shownValue(acr) };
  if (acr === undefined)
    return checkResult(id, 'warn', 'acr_values were asked for, and there is no acr.', compared);
  return typeof acr === 'string' && acrValues.includes(acr)
    ? checkResult(id, 'pass', 'acr is among the values that were asked for.', compared)
    : checkResult(id, 'warn', 'acr is none of the values that were asked for.', compared);
}
