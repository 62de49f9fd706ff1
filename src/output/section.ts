import type { MarkName, Style } from './style.ts';
import { inertText } from './terminal-text.ts';
import { type Looks, layoutColumns } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

/** What stands beside a heading; with a mark it says how far the section can be trusted. */
export interface HeadingLabel {
  readonly text: string;
  readonly mark?: MarkName;
}

/** The heading of a section as lines, an empty one before it; the label moves below when there is no room. */
export function renderHeading(
  text: string,
  label: HeadingLabel | undefined,
  looks: Looks,
  style: Style,
): string[] {
  const heading = inertText(text);
  if (label === undefined) return ['', style.heading(heading)];
  const columns = layoutColumns(looks);
  const mark = label.mark === undefined ? '' : `${style.mark(label.mark)} `;
  const markWidth = label.mark === undefined ? 0 : 2;
  const paint = label.mark === undefined ? style.dim : style.tone(label.mark);
  const words = inertText(label.text);
  if (displayWidth(heading) + 2 + markWidth + displayWidth(words) <= columns) {
    return ['', `${style.heading(heading)}  ${mark}${paint(words)}`];
  }
  const lines = wrapText(words, columns - 2 - markWidth);
  const hanging = ' '.repeat(2 + markWidth);
  return [
    '',
    style.heading(heading),
    ...lines.map((line, index) => (index === 0 ? `  ${mark}` : hanging) + paint(line)),
  ];
}
