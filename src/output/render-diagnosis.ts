import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { renderRows } from './layout.ts';
import { inertText } from './terminal-text.ts';
import { type Looks, layoutColumns, type Style } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

/** A diagnosis; why it is one may have been said before. */
export type ShownDiagnosis = Omit<Diagnosis, 'why'> & Partial<Pick<Diagnosis, 'why'>>;

/** How sure a cause is, in a word. */
export const confidenceWords: Readonly<Record<Diagnosis['confidence'], string>> = {
  high: 'certain',
  medium: 'likely',
  low: 'possible',
};

/** A likely cause as lines: the cause with how sure it is, why, what was compared, and what to try. */
export function renderDiagnosis(
  { cause, why, try: remedy, confidence, source, expected, received }: ShownDiagnosis,
  label: string,
  looks: Looks,
  style: Style,
): string[] {
  const columns = layoutColumns(looks);
  const margin = ' '.repeat(label.length + 3);
  const paint = confidence === 'high' ? style.bad : style.strong;
  const compared = [
    ...(expected === undefined ? [] : [{ name: 'expected', value: expected }]),
    ...(received === undefined ? [] : [{ name: 'received', value: received }]),
  ];
  const width = columns - margin.length;
  const lines = wrapText(inertText(cause), width);
  const last = lines.at(-1) ?? '';
  const tag = `  (${confidenceWords[confidence]})`;
  const fits = displayWidth(last) + tag.length <= width;
  return [
    ...lines.map(
      (line, index) =>
        (index === 0 ? `  ${label} ` : margin) +
        paint(line) +
        (index === lines.length - 1 && fits ? style.dim(tag) : ''),
    ),
    ...(fits ? [] : [margin + style.dim(tag.trim())]),
    ...(why === undefined ? [] : wrapText(inertText(why), width)).map((line) => margin + line),
    ...renderRows(compared, looks, style, margin.length),
    ...wrapText(`Try: ${inertText(remedy)}`, width).map((line) => margin + line),
    // A reference is copied as a whole.
    ...(source === undefined ? [] : sourceLines(source, width).map((line) => margin + style.dim(line))),
  ];
}

function sourceLines(source: string, width: number): string[] {
  return /\s/.test(source) ? wrapText(inertText(source), width) : [inertText(source)];
}
