import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { shownValue } from '../shown-value.ts';

/**
 * Checks that the document names the issuer it was asked for, octet by octet (OIDC Discovery §4.3, RFC 8414 §3.3).
 *
 * @param issuer null when only the address of the document is known.
 */
export function checkMetadataIssuer(metadata: JsonObject, issuer: string | null): CheckResult {
  const id = 'metadata-issuer';
  const received = shownValue(metadata.issuer);
  const compared = { ...(issuer === null ? {} : { expected: issuer }), received };
  if (metadata.issuer === undefined)
    return checkResult(id, 'fail', 'The document names no issuer.', compared);
  if (typeof metadata.issuer !== 'string') return checkResult(id, 'fail', 'issuer is no string.', compared);
  if (issuer === null) return checkResult(id, 'skipped', 'No issuer was asked for.', compared);
  return metadata.issuer === issuer
    ? checkResult(id, 'pass', 'The document is about the issuer that was asked for.', compared)
    : checkResult(
        id,
        'fail',
        `The document is about another issuer. ${issuerDifference(issuer, metadata.issuer)}`,
        compared,
      );
}
