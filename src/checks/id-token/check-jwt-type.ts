import type { DecodedJws } from '../../jose/jwt.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, shownValue } from '../shown-value.ts';

/**
 * Says that the ID token is a signed JWT, and remarks on a `typ` of another kind of token and on names given twice
 * (RFC 7519 §4, §7.2; RFC 8725 §3.11).
 */
export function checkIdTokenType({
  header,
  claimsJson,
}: Pick<DecodedJws, 'header' | 'claimsJson'>): CheckResult {
  const { typ } = header;
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type !== undefined && type !== 'jwt') {
    return checkResult('id-token', 'warn', 'The typ of the header says that this is another kind of token.', {
      expected: 'JWT',
      received: shownValue(typ),
    });
  }
  const { duplicates } = claimsJson;
  return duplicates.length === 0
    ? checkResult('id-token', 'pass', 'The ID token is a signed JWT.')
    : checkResult('id-token', 'warn', 'Claims are given twice; of each the last value is read.', {
        received: listed(duplicates.map(shownValue)),
      });
}
