import { createStyle, type MarkName } from './style.ts';
import { inertText } from './terminal-text.ts';
import { formatDuration } from './time.ts';
import type { Looks } from './view.ts';
import { displayWidth, padEnd, truncateMiddle } from './width.ts';

/** One step of the story told on stderr while it happens. */
export interface Step {
  readonly mark: MarkName;
  /** In a word or two, such as `Discovery`. */
  readonly name: string;
  /** What it was about; a URL is shortened in its middle when the line is too narrow. */
  readonly text?: string;
  /** HTTP status or a word. */
  readonly result?: string | number;
  readonly durationMs?: number;
}

const nameWidth = 12;
/** Below this a shortened URL tells nothing; the line is left to the terminal to wrap. */
const shortestText = 12;

/** A step on one line, without the line feed, within the columns where that is possible. */
export function renderStep(step: Step, looks: Looks): string {
  const style = createStyle(looks);
  const name = inertText(step.name);
  const result = step.result === undefined ? '' : `  ${inertText(String(step.result))}`;
  const duration = step.durationMs === undefined ? '' : `  ${formatDuration(step.durationMs)}`;
  const text = inertText(step.text ?? '');
  const padded =
    text === '' && result === '' && duration === '' ? name : padEnd(name, looks.columns < 60 ? 0 : nameWidth);
  const taken = 2 + displayWidth(padded) + 2 + displayWidth(result) + duration.length;
  const room = Math.max(shortestText, looks.columns - taken);
  const fitting = /^https?:\/\/[^ ]*$/.test(text) ? truncateMiddle(text, room, style.ellipsis) : text;
  const shown = text === '' ? '' : `  ${fitting}`;
  return `${style.mark(step.mark)} ${style.strong(padded)}${shown}${result}${style.dim(duration)}`;
}
