import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { momentText } from '../time-text.ts';
import type { TimeEvidence } from './evidence.ts';
import { clockCause, nowSeconds, readNumericDate } from './numeric-date.ts';

/** A token that was just asked for is hardly older. */
const oldestSeconds = 86_400;

/** Checks that the token was not issued in the future, and remarks when that was long ago (OIDC Core §2, §3.1.3.7 10). */
export function checkIdTokenIat({ iat }: JsonObject, evidence: TimeEvidence): CheckResult {
  const { now, clockToleranceSeconds } = evidence;
  const reading = readNumericDate('iat', iat, now);
  if (reading.type === 'problem') {
    return checkResult('id-token-iat', 'fail', reading.problem, {
      expected: 'a time in seconds',
      received: shownValue(iat),
    });
  }
  const { seconds } = reading;
  const current = nowSeconds(evidence);
  const notAhead = (time: number) => seconds <= time + clockToleranceSeconds;
  const recent = (time: number) => seconds >= time - oldestSeconds - clockToleranceSeconds;
  const compared = { expected: `not after ${momentText(current, now)}`, received: momentText(seconds, now) };
  if (!notAhead(current)) {
    const detail = `The token says it was issued in the future, at ${momentText(seconds, now)}.`;
    return checkResult('id-token-iat', 'fail', `${detail}${clockCause(evidence, notAhead)}`, compared);
  }
  return recent(current)
    ? checkResult('id-token-iat', 'pass', `Issued at ${momentText(seconds, now)}.`, compared)
    : checkResult(
        'id-token-iat',
        'warn',
        `The token was issued long ago, at ${momentText(seconds, now)}.${clockCause(evidence, recent)}`,
        compared,
      );
}
