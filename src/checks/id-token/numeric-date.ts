import type { JsonValue } from '../../json/json.ts';
import { quoted } from '../shown-value.ts';
import { durationText, momentText } from '../time-text.ts';
import type { TimeEvidence } from './evidence.ts';

/** A NumericDate claim in seconds, or a phrase that says why it is none (RFC 7519 §2). */
export type NumericDateReading =
  | { readonly type: 'seconds'; readonly seconds: number }
  | { readonly type: 'problem'; readonly problem: string };

/** Beyond the year 5138: what is larger was not meant as seconds. */
const largestSeconds = 1e11;

/** Reads a NumericDate; a number in a string and milliseconds are named, not accepted (RFC 7519 §2). */
export function readNumericDate(name: string, value: JsonValue | undefined, now: Date): NumericDateReading {
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
export function nowSeconds({ now }: TimeEvidence): number {
  return now.getTime() / 1000;
}

/**
 * A sentence that names the clocks as the cause of a failed comparison, or an empty string when they are not known
 * to be: `holds` makes the comparison for another current time, in seconds.
 */
export function clockCause(evidence: TimeEvidence, holds: (nowSeconds: number) => boolean): string {
  const { clockSkewSeconds, clockToleranceSeconds } = evidence;
  if (clockSkewSeconds === undefined || Math.abs(clockSkewSeconds) <= clockToleranceSeconds) return '';
  if (!holds(nowSeconds(evidence) + clockSkewSeconds)) return '';
  const direction = clockSkewSeconds > 0 ? 'behind' : 'ahead of';
  return ` The clock of this computer is ${durationText(clockSkewSeconds)} ${direction} the server's, which explains it.`;
}

function problem(text: string): NumericDateReading {
  return { type: 'problem', problem: text };
}
