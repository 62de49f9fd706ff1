import type { JsonObject, JsonValue } from '../../json/json.ts';
import { own, remember, type Said, say } from '../../say.ts';
import { fail, pass, skip, type Verdict, warn } from '../check-result.ts';
import { durationText, momentText, quoted, shownValue } from '../shown-value.ts';
import type { IdTokenEvidence, TimeEvidence } from './token-claims.ts';

/** A NumericDate claim in seconds, or a phrase that says why it is none (RFC 7519 §2). */
type NumericDateReading =
  | { readonly type: 'seconds'; readonly seconds: number }
  | { readonly type: 'problem'; readonly problem: Said };

/** Beyond the year 5138: a larger number was not meant as seconds. */
const largestSeconds = 1e11;

/** Reads a NumericDate; a number in a string and milliseconds are named, not accepted (RFC 7519 §2). */
function readNumericDate(name: string, value: JsonValue | undefined, now: Date): NumericDateReading {
  if (value === undefined) return problem(say`${own(name)} is missing.`);
  if (typeof value === 'string') {
    const numeric = value.trim() !== '' && Number.isFinite(Number(value));
    return problem(
      say`${own(name)} is ${own(numeric ? 'a number in a string' : 'a string')}, not a number: ${quoted(value)}.`,
    );
  }
  if (typeof value !== 'number') return problem(say`${own(name)} is not a number: ${quoted(value)}.`);
  if (value < 0) return problem(say`${own(name)} is not a plausible time: ${value}.`);
  if (value <= largestSeconds) return { type: 'seconds', seconds: value };
  return value < largestSeconds * 1000
    ? problem(
        say`${own(name)} is ${value}: milliseconds where seconds are due? It would be ${momentText(value / 1000, now)}.`,
      )
    : problem(say`${own(name)} is not a plausible time: as seconds it lies beyond any calendar.`);
}

function problem(text: Said): NumericDateReading {
  return { type: 'problem', problem: text };
}

/** The current time in seconds. */
function nowSeconds({ now }: TimeEvidence): number {
  return now.getTime() / 1000;
}

/**
 * A sentence that names the clocks as the cause of a failed comparison, or an empty string when they are not known
 * to be: `holds` makes the comparison for another current time, in seconds.
 */
function clockCause(evidence: TimeEvidence, holds: (nowSeconds: number) => boolean): Said {
  const { clockSkewSeconds, clockToleranceSeconds } = evidence;
  if (clockSkewSeconds === undefined || Math.abs(clockSkewSeconds) <= clockToleranceSeconds) return own('');
  if (!holds(nowSeconds(evidence) + clockSkewSeconds)) return own('');
  const direction = clockSkewSeconds > 0 ? 'behind' : 'ahead of';
  return say` The clock of this computer is ${durationText(clockSkewSeconds)} ${own(direction)} the server's, which explains it.`;
}

/** How a time is compared with the current one. */
interface TimeRule {
  readonly name: 'exp' | 'iat' | 'nbf';
  /** Precedes the current time in `expected`. */
  readonly expected: Said;
  holds(seconds: number, currentSeconds: number): boolean;
  /** Sentences without the moment that they end with. */
  readonly met: string;
  readonly unmet: string;
}

function judgeTime(
  value: JsonValue | undefined,
  evidence: TimeEvidence,
  { name, expected, holds, met, unmet }: TimeRule,
): Verdict {
  const { now } = evidence;
  const reading = readNumericDate(name, value, now);
  if (reading.type === 'problem') {
    return fail(reading.problem, { expected: own('a time in seconds'), received: shownValue(value) });
  }
  const moment = momentText(reading.seconds, now);
  const compared = { expected: say`${expected} ${momentText(nowSeconds(evidence), now)}`, received: moment };
  const holdsAt = (current: number) => holds(reading.seconds, current);
  return holdsAt(nowSeconds(evidence))
    ? pass(say`${own(met)} ${moment}.`, compared)
    : fail(say`${own(unmet)} ${moment}.${clockCause(evidence, holdsAt)}`, compared);
}

/** Judges whether the token has not expired, within the clock tolerance (OIDC Core §3.1.3.7 9, RFC 7519 §4.1.4). */
export function judgeExp({ exp }: JsonObject, evidence: TimeEvidence): Verdict {
  return judgeTime(exp, evidence, {
    name: 'exp',
    expected: own('after'),
    holds: (seconds, current) => current < seconds + evidence.clockToleranceSeconds,
    met: 'Valid until',
    unmet: 'The token expired at',
  });
}

/** Judges whether the token is already valid when it has an `nbf`, within the clock tolerance (RFC 7519 §4.1.5). */
export function judgeNbf({ nbf }: JsonObject, evidence: TimeEvidence): Verdict {
  if (nbf === undefined) return skip('There is no nbf; it is optional.');
  return judgeTime(nbf, evidence, {
    name: 'nbf',
    expected: own('not after'),
    holds: (seconds, current) => seconds <= current + evidence.clockToleranceSeconds,
    met: 'Valid since',
    unmet: 'The token is not valid before',
  });
}

/** A token that was just asked for is hardly older. */
const oldestSeconds = 86_400;

/** Judges whether the token was not issued in the future, and remarks when that was long ago (OIDC Core §2, §3.1.3.7 10). */
export function judgeIat({ iat }: JsonObject, evidence: TimeEvidence): Verdict {
  const { now, clockToleranceSeconds } = evidence;
  const verdict = judgeTime(iat, evidence, {
    name: 'iat',
    expected: own('not after'),
    holds: (seconds, current) => seconds <= current + clockToleranceSeconds,
    met: 'Issued at',
    unmet: 'The token says it was issued in the future, at',
  });
  const seconds = Number(iat);
  const isRecent = (current: number) => seconds >= current - oldestSeconds - clockToleranceSeconds;
  if (verdict.outcome === 'fail' || isRecent(nowSeconds(evidence))) return verdict;
  const detail = say`The token was issued long ago, at ${momentText(seconds, now)}.${clockCause(evidence, isRecent)}`;
  return { ...verdict, ...warn(detail) };
}

/**
 * Judges whether the user authenticated within `max_age` when that was asked for, and whether `auth_time` makes sense
 * when it is there (OIDC Core §2, §3.1.3.7 13).
 */
export function judgeAuthTime(
  { auth_time: value }: JsonObject,
  evidence: TimeEvidence & Pick<IdTokenEvidence, 'maxAgeSeconds'>,
): Verdict {
  const { now, clockToleranceSeconds, maxAgeSeconds } = evidence;
  if (value === undefined && maxAgeSeconds === undefined) {
    return skip('No max_age was asked for, and there is no auth_time.');
  }
  // Without max_age nothing depends on auth_time: nonsense in it is worth a remark and no more.
  const objection = maxAgeSeconds === undefined ? warn : fail;
  const expected =
    maxAgeSeconds === undefined
      ? remember('a time in seconds')
      : `at most ${maxAgeSeconds} s before ${momentText(nowSeconds(evidence), now)}`;
  const reading = readNumericDate('auth_time', value, now);
  if (reading.type === 'problem') {
    const asked = maxAgeSeconds === undefined ? '' : ' It is required, since max_age was asked for.';
    return objection(say`${reading.problem}${own(asked)}`, { expected, received: shownValue(value) });
  }
  const { seconds } = reading;
  const moment = momentText(seconds, now);
  const compared = { expected, received: moment };
  const notAhead = (current: number) => seconds <= current + clockToleranceSeconds;
  if (!notAhead(nowSeconds(evidence))) {
    return objection(
      say`The user authenticated in the future, at ${moment}.${clockCause(evidence, notAhead)}`,
      compared,
    );
  }
  const isRecent = (current: number) =>
    maxAgeSeconds === undefined || current - seconds <= maxAgeSeconds + clockToleranceSeconds;
  if (!isRecent(nowSeconds(evidence))) {
    const detail = say`The user authenticated at ${moment}; ${durationText(maxAgeSeconds ?? 0)} are the most.`;
    return fail(say`${detail}${clockCause(evidence, isRecent)}`, compared);
  }
  return pass(say`The user authenticated at ${moment}.`, compared);
}
