import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { momentText } from '../time-text.ts';
import type { TimeEvidence } from './evidence.ts';
import { clockCause, nowSeconds, readNumericDate } from './numeric-date.ts';

/** Checks that the token has not expired, within the clock tolerance (OIDC Core §3.1.3.7 9, RFC 7519 §4.1.4). */
export function checkIdTokenExp({ exp }: JsonObject, evidence: TimeEvidence): CheckResult {
  const { now, clockToleranceSeconds } = evidence;
  const reading = readNumericDate('exp', exp, now);
  if (reading.type === 'problem') {
    return checkResult('id-token-exp', 'fail', reading.problem, {
      expected: 'a time in seconds',
      received: shownValue(exp),
    });
  }
  const { seconds } = reading;
  const holds = (current: number) => current < seconds + clockToleranceSeconds;
  const compared = {
    expected: `after ${momentText(nowSeconds(evidence), now)}`,
    received: momentText(seconds, now),
  };
  return holds(nowSeconds(evidence))
    ? checkResult('id-token-exp', 'pass', `Valid until ${momentText(seconds, now)}.`, compared)
    : checkResult(
        'id-token-exp',
        'fail',
        `The token expired at ${momentText(seconds, now)}.${clockCause(evidence, holds)}`,
        compared,
      );
}
