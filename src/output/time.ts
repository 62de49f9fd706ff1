import { distanceText, durationText } from '../checks/shown-value.ts';
import type { Clock } from './view.ts';

/** Local time with its offset from UTC, such as `2026-11-20 14:05:12 +01:00`. */
export function formatMoment(at: Date, clock: Clock): string {
  const offset = Math.round(clock.utcOffsetMinutes(at));
  const local = new Date(at.getTime() + offset * 60_000);
  if (Number.isNaN(local.getTime())) return 'beyond any calendar';
  const [date, time = ''] = local.toISOString().split('T');
  const sign = offset < 0 ? '-' : '+';
  return `${date} ${time.slice(0, 8)} ${sign}${twoDigits(Math.abs(offset) / 60)}:${twoDigits(Math.abs(offset) % 60)}`;
}

/** The distance of a moment from now, such as `in 4 min 55 s` or `12 s ago`. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return 'at no known time';
  return distanceText(seconds);
}

/** A moment in local time and, in parentheses, its distance from now. */
export function formatMomentAndDistance(at: Date, clock: Clock): string {
  if (Number.isNaN(at.getTime())) return 'beyond any calendar';
  return `${formatMoment(at, clock)} (${formatRelative(at, clock.now)})`;
}

/** A NumericDate as a claim holds it (seconds since 1970, RFC 7519 §2), made readable. */
export function formatNumericDate(seconds: number, clock: Clock): string {
  return formatMomentAndDistance(new Date(seconds * 1000), clock);
}

/** How long something took, such as `34 ms`, `1.2 s` or `2 min 3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.max(0, Math.round(durationMs))} ms`;
  if (durationMs < 9950) return `${(durationMs / 1000).toFixed(1)} s`;
  return durationText(durationMs / 1000);
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
