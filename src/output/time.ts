import { distanceText, durationText, momentText } from '../checks/shown-value.ts';

/** The distance of a moment from now, such as `in 4 min 55 s` or `12 s ago`. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return 'at an unknown time';
  return distanceText(seconds);
}

/** A moment and, in parentheses, its distance from now. */
export function formatMomentAndDistance(at: Date, now: Date): string {
  return Number.isNaN(at.getTime()) ? 'beyond any calendar' : momentText(at.getTime() / 1000, now);
}

/** How long something took, such as `34 ms`, `1.2 s` or `2 min 3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.max(0, Math.round(durationMs))} ms`;
  if (durationMs < 9950) return `${(durationMs / 1000).toFixed(1)} s`;
  return durationText(durationMs / 1000);
}
