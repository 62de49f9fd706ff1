import type { ReadJwe, ReadJws } from '../../protocol/token-text/read-token.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, shownValue } from '../shown-value.ts';

/**
 * Says whether a token is a well-formed JWT. A JWS whose payload is no JSON is one for other purposes, which is worth
 * a remark; whatever else a strict reader refuses fails (RFC 7519 §7.2).
 */
export function checkJwtForm(token: ReadJws | ReadJwe): CheckResult {
  const { defect } = token;
  if (defect !== undefined) {
    const otherContent = defect.part === 'payload' && ['json', 'utf-8', 'no object'].includes(defect.problem);
    return otherContent
      ? checkResult('jwt', 'warn', `It is a JWS, but no JWT. ${defect.reason}`)
      : checkResult('jwt', 'fail', `A strict reader refuses it. ${defect.reason}`);
  }
  const payload = token.type === 'jws' && token.payload?.type === 'claims' ? token.payload : undefined;
  const duplicates = (payload?.json.duplicates ?? []).map(shownValue);
  if (duplicates.length > 0) {
    const detail = `Claims are given twice, of which the last value is read: ${listed(duplicates)}.`;
    return checkResult('jwt', 'warn', detail);
  }
  const unsafe = (payload?.json.unsafeIntegers ?? []).map(
    ({ path, text }) => `${shownValue(path)} is ${shownValue(text)}`,
  );
  return unsafe.length === 0
    ? checkResult('jwt', 'pass', token.type === 'jws' ? 'It is a signed JWT.' : 'It is an encrypted JWT.')
    : checkResult('jwt', 'warn', `Numbers are so large that many programs round them: ${listed(unsafe)}.`);
}
