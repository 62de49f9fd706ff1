import { attempt } from '../errors/attempt.ts';
import { stringifyExactly } from '../json/exact-number.ts';
import { joined, type Said, say, type Text } from '../say.ts';

/** More characters of a foreign value than this are cut off. */
const longest = 200;

/** Shows a value of a message in `expected` or `received`: strings as they are, anything else as JSON, both shortened. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '(absent)';
  return shortened(typeof value === 'string' ? value : jsonText(value));
}

/** Quotes a value of a message within a sentence, shortened. */
export function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(jsonText(value));
}

/** Lists words for a sentence, at most `most` of them. */
export function listed(words: readonly Text[], most = 5): Said {
  const rest = words.length - most;
  const shown = joined(words.slice(0, most), ', ');
  return rest > 0 ? say`${shown} and ${rest} more` : shown;
}

const longestName = 40;

/** Lists names of members or parameters, at most eight; a name that is long or odd may be a secret and is not shown. */
export function namesText(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) =>
      name.length <= longestName && /^[\w.[\]-]*$/.test(name)
        ? name
        : `(a name of ${name.length} characters)`,
    );
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `s` for several. */
export function plural(names: readonly unknown[]): string {
  return names.length === 1 ? '' : 's';
}

function jsonText(value: unknown): string {
  // Thousands of nested arrays are read without trouble, but not written.
  return attempt(() => stringifyExactly(value) ?? '') ?? '(too deeply nested)';
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A short time with tenths of a second, where they matter: `2.6 s`. */
export function shortDurationText(seconds: number): string {
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : durationText(seconds);
}

/** Seconds in the two largest units that matter: `4 min 55 s`. */
export function durationText(seconds: number): string {
  let rest = Math.round(Math.abs(seconds));
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** The distance of a moment in whole seconds: `in 4 min 55 s`, `12 s ago` or `now`. */
export function distanceText(seconds: number): string {
  if (seconds === 0) return 'now';
  return seconds < 0 ? `${durationText(seconds)} ago` : `in ${durationText(seconds)}`;
}

/** A moment in whole seconds: `2026-11-20 10:00:00 UTC`. */
export function utcText(date: Date): string {
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** A moment as UTC and relative: `2026-11-20 10:00:00 UTC (5 min ago)`; the plain number when it is not a date. */
export function momentText(seconds: number, now: Date): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const distance = Math.round(seconds - now.getTime() / 1000);
  return `${utcText(date)} (${distanceText(distance)})`;
}
