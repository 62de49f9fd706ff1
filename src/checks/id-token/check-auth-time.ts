import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { durationText, momentText } from '../time-text.ts';
import type { IdTokenEvidence, TimeEvidence } from './evidence.ts';
import { clockCause, nowSeconds, readNumericDate } from './numeric-date.ts';

/**
 * Checks that the user authenticated within `max_age` when that was asked for, and that `auth_time` makes sense when
 * it is there (OIDC Core §2, §3.1.3.7 13).
 */
export function checkIdTokenAuthTime(
  claims: JsonObject,
  evidence: TimeEvidence & Pick<IdTokenEvidence, 'maxAgeSeconds'>,
): CheckResult {
  const id = 'id-token-auth-time';
  const { now, clockToleranceSeconds, maxAgeSeconds } = evidence;
  const value = claims.auth_time;
  if (value === undefined && maxAgeSeconds === undefined) {
    return checkResult(id, 'skipped', 'No max_age was asked for, and there is no auth_time.');
  }
  // Without max_age nobody relies on auth_time: nonsense in it is worth a remark and no more.
  const objection = maxAgeSeconds === undefined ? 'warn' : 'fail';
  const expected =
    maxAgeSeconds === undefined
      ? 'a time in seconds'
      : `at most ${maxAgeSeconds} s before ${momentText(nowSeconds(evidence), now)}`;
  const reading = readNumericDate('auth_time', value, now);
  if (reading.type === 'problem') {
    const asked = maxAgeSeconds === undefined ? '' : ' It is required, since max_age was asked for.';
    return checkResult(id, objection, `${reading.problem}${asked}`, {
      expected,
      received: shownValue(value),
    });
  }
  const { seconds } = reading;
  const compared = { expected, received: momentText(seconds, now) };
  const notAhead = (current: number) => seconds <= current + clockToleranceSeconds;
  if (!notAhead(nowSeconds(evidence))) {
    const detail = `The user authenticated in the future, at ${momentText(seconds, now)}.`;
    return checkResult(id, objection, `${detail}${clockCause(evidence, notAhead)}`, compared);
  }
  const recent = (current: number) =>
    maxAgeSeconds === undefined || current - seconds <= maxAgeSeconds + clockToleranceSeconds;
  if (!recent(nowSeconds(evidence))) {
    const detail = `The user authenticated at ${momentText(seconds, now)}; ${durationText(maxAgeSeconds ?? 0)} are the most.`;
    return checkResult(id, 'fail', `${detail}${clockCause(evidence, recent)}`, compared);
  }
  return checkResult(id, 'pass', `The user authenticated at ${momentText(seconds, now)}.`, compared);
}
