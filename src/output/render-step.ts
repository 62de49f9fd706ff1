import { isShortSecret } from './known-secrets.ts';
import { inertText } from './terminal-text.ts';
import { formatDuration } from './time.ts';
import { createStyle, type Looks, type MarkName } from './view.ts';
import { displayWidth, padEnd, truncateMiddle, wrapNotice } from './width.ts';

/** One step of the story told on stderr while it happens. */
export interface Step {
  readonly mark: MarkName;
  /** In a word or two, such as `Discovery`. */
  readonly name: string;
  /** The subject; a URL is shortened in its middle when the line is too narrow. */
  readonly text?: string;
  /** HTTP status or a word. */
  readonly result?: string | number;
  readonly durationMs?: number;
}

const nameWidth = 12;
/** Below this width names are not filled up to one column. */
const narrow = 60;
/** Below this a shortened URL tells nothing; the line is left to the terminal to wrap. */
const shortestText = 12;

/**
 * A step without its last line feed. It is one line, with a URL shortened to fit; on a terminal a sentence that is
 * too long goes on below itself, broken between words.
 */
export function renderStep(step: Step, looks: Looks & { readonly isTTY?: boolean }): string {
  const style = createStyle(looks);
  const name = inertText(step.name);
  const result = step.result === undefined ? '' : `  ${inertText(String(step.result))}`;
  const duration = step.durationMs === undefined ? '' : `  ${formatDuration(step.durationMs)}`;
  const text = inertText(step.text ?? '');
  const padded =
    text === '' && result === '' && duration === ''
      ? name
      : padEnd(name, looks.columns < narrow ? 0 : nameWidth);
  const head = 2 + displayWidth(padded) + 2;
  const tail = displayWidth(result) + duration.length;
  const begin = `${style.mark(step.mark)} ${style.strong(padded)}`;
  const end = `${result}${style.dim(duration)}`;
  if (text === '') return begin + end;
  if (/^https?:\/\/[^ ]*$/.test(text)) {
    const room = Math.max(shortestText, looks.columns - head - tail);
    return `${begin}  ${truncateMiddle(text, room, style.ellipsis)}${end}`;
  }
  const fits = head + displayWidth(text) + tail <= looks.columns;
  return fits || looks.isTTY !== true
    ? `${begin}  ${text}${end}`
    : `${begin}  ${wrapBehind(head, text, tail, looks.columns)}${end}`;
}

/** A warning of its own line, ending in a line feed. */
export function renderWarning(name: string, text: string, looks: Looks): string {
  return `${renderStep({ mark: 'warn', name, text }, looks)}\n`;
}

/** The warning of a secret that is too short to be hidden everywhere, ending in a line feed; empty for a longer one. */
export function renderSecretWarning(secret: string, looks: Looks): string {
  if (!isShortSecret(secret)) return '';
  const text = 'the secret has fewer than 8 characters: it is hidden as a value, but not within a sentence';
  return renderWarning('Client', text, looks);
}

/** A sentence that begins behind a name and goes on below itself, or at the left where there is little room. */
function wrapBehind(head: number, text: string, tail: number, columns: number): string {
  const hanging = columns < narrow ? 2 : head;
  // The name before the sentence takes its room as a part of the first word.
  const [first = '', ...rest] = wrapNotice('_'.repeat(head - hanging) + text, columns - hanging);
  const lines = [first.slice(head - hanging), ...rest.map((line) => ' '.repeat(hanging) + line)];
  const lastWidth = rest.length === 0 ? hanging + displayWidth(first) : displayWidth(lines.at(-1) ?? '');
  // The result and duration begin with two spaces of their own.
  if (lastWidth + tail > columns) lines.push(' '.repeat(Math.max(0, hanging - 2)));
  return lines.join('\n');
}
