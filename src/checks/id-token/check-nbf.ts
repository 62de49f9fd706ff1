import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { momentText } from '../time-text.ts';
import type { TimeEvidence } from './evidence.ts';
import { clockCause, nowSeconds, readNumericDate } from './numeric-date.ts';

/** Checks that the token is already valid when it has an `nbf`, within the clock tolerance (RFC 7519 §4.1.5). */
export function checkIdTokenNbf({ nbf }: JsonObject, evidence: TimeEvidence): CheckResult {
  if (nbf === undefined) return checkResult('id-token-nbf', 'skipped', 'There is no nbf; it is optional.');
  const { now, clockToleranceSeconds } = evidence;
  const reading = readNumericDate('nbf', nbf, now);
  if (reading.type === 'problem') {
    return checkResult('id-token-nbf', 'fail', reading.problem, {
      expected: 'a time in seconds',
      received: shownValue(nbf),
    });
  }
  const { seconds } = reading;
  const holds = (current: number) => seconds <= current + clockToleranceSeconds;
  const compared = {
    expected: `not after ${momentText(nowSeconds(evidence), now)}`,
    received: momentText(seconds, now),
  };
  return holds(nowSeconds(evidence))
    ? checkResult('id-token-nbf', 'pass', `Valid since ${momentText(seconds, now)}.`, compared)
    : checkResult(
        'id-token-nbf',
        'fail',
        `The token is not valid before ${momentText(seconds, now)}.${clockCause(evidence, holds)}`,
        compared,
      );
}
