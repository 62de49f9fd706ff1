import type { JsonObject, JsonValue } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { durationText, momentText, quoted, shownValue } from '../shown-value.ts';
import type { IdTokenEvidence, TimeEvidence } from './token-claims.ts';

/** A NumericDate claim in seconds, or a phrase that says why it is none (RFC 7519 §2). */
export type NumericDateReading =
  | { readonly type: 'seconds'; readonly seconds: number }
  | { readonly type: 'problem'; readonly problem: string };

/** Beyond the year 5138: what is larger was not meant as seconds. */
const largestSeconds = 1e11;

/** Reads a NumericDate; a number in a string and milliseconds are named, not accepted (RFC 7519 §2). */
function readNumericDate(name: string, value: JsonValue | undefined, now: Date): NumericDateReading {
  if (value === undefined) return problem(`${name} is missing.`);
  if (typeof value === 'string') {
    const numeric = value.trim() !== '' && Number.isFinite(Number(value));
    return problem(
      `${name} is ${numeric ? 'a number in a string' : 'a string'}, not a number: ${quoted(value)}.`,
    );
  }
  if (typeof value !== 'number') return problem(`${name} is no number: ${quoted(value)}.`);
  if (value < 0) return problem(`${name} is no plausible time: ${value}.`);
  if (value <= largestSeconds) return { type: 'seconds', seconds: value };
  return value < largestSeconds * 1000
    ? problem(
        `${name} is ${value}: milliseconds where seconds are due? It would be ${momentText(value / 1000, now)}.`,
      )
    : problem(`${name} is no plausible time: as seconds it lies beyond any calendar.`);
}

/** The current time in seconds. */
function nowSeconds({ now }: TimeEvidence): number {
  return now.getTime() / 1000;
}

/**
 * A sentence that names the clocks as the cause of a failed comparison, or an empty string when they are not known
 * to be: `holds` makes the comparison for another current time, in seconds.
 */
function clockCause(evidence: TimeEvidence, holds: (nowSeconds: number) => boolean): string {
  const { clockSkewSeconds, clockToleranceSeconds } = evidence;
  if (clockSkewSeconds === undefined || Math.abs(clockSkewSeconds) <= clockToleranceSeconds) return '';
  if (!holds(nowSeconds(evidence) + clockSkewSeconds)) return '';
  const direction = clockSkewSeconds > 0 ? 'behind' : 'ahead of';
  return ` The clock of this computer is ${durationText(clockSkewSeconds)} ${direction} the server's, which explains it.`;
}

function problem(text: string): NumericDateReading {
  return { type: 'problem', problem: text };
}

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
