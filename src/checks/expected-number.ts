import type { JsonValue } from '../json/json.ts';
import type { Comparison } from './expectation.ts';
import { durationText, momentText } from './time-text.ts';

/** How a comparison by size ended, or why it cannot be made. */
export type NumberComparison =
  | { readonly type: 'compared'; readonly isMet: boolean; readonly said: string }
  /** The claim holds nothing that has a size. */
  | { readonly type: 'incomparable'; readonly reason: string }
  /** The value that was expected cannot be read. */
  | { readonly type: 'unreadable'; readonly reason: string };

/** Claims that are moments, in seconds since 1970 (RFC 7519 §4.1, OIDC Core §2, §5.1, RFC 7662 §2.2). */
const timeClaims = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Compares a claim by size. Times are compared with a distance from now (`10m` is in ten minutes, `-1h` an hour ago),
 * `now`, a date, or seconds since 1970; everything else with a number.
 */
export function compareAsNumbers(
  claim: string,
  value: JsonValue,
  by: Comparison,
  expected: string,
  now: Date,
): NumberComparison {
  const name = claim.slice(claim.lastIndexOf('.') + 1);
  const isTime = timeClaims.has(name);
  const limit = isTime ? readMoment(name, expected, now) : readNumber(expected);
  if (typeof limit === 'string') return { type: 'unreadable', reason: limit };
  const size = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof size !== 'number' || Number.isNaN(size)) {
    return { type: 'incomparable', reason: 'that is no number.' };
  }
  const isMet =
    by === '>' ? size > limit : by === '<' ? size < limit : by === '>=' ? size >= limit : size <= limit;
  return { type: 'compared', isMet, said: isTime ? momentText(size, now) : String(size) };
}

/** Seconds since 1970, or what is wrong. */
function readMoment(claim: string, text: string, now: Date): number | string {
  const seconds = now.getTime() / 1000;
  if (text === 'now') return seconds;
  if (/^\d{5,}(\.\d+)?$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text)) {
    const at = Date.parse(text.replace(' ', 'T'));
    return Number.isNaN(at) ? `${text} is no date.` : at / 1000;
  }
  const [, sign = '', parts = ''] = /^([+-]?)((?:\d{1,9}[smhdw])+)$/.exec(text) ?? [];
  if (parts === '')
    return `${claim} is a time: compare it with 10m, -1h, now, 2030-01-31 or seconds since 1970.`;
  const distance = [...parts.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (unitSeconds[unit] ?? 1),
    0,
  );
  // "auth_time<1h" would be true of any login at all, and is never what was meant.
  if (sign === '' && claim !== 'exp') {
    return `${claim} lies in the past: say -${text} for ${durationText(distance)} ago, or +${text} for the future.`;
  }
  return sign === '-' ? seconds - distance : seconds + distance;
}

function readNumber(text: string): number | string {
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
    ? Number(text)
    : `"${text}" is no number to compare with.`;
}
