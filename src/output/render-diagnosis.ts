import type { Diagnosed, Diagnosis } from '../diagnosis/diagnosis.ts';
import { type Layout, plainWidth } from './layout.ts';
import { comparedRows } from './render-checks.ts';

/** A diagnosis; why it is one may have been said before. */
export type ShownDiagnosis = Omit<Diagnosis, 'why'> & Partial<Pick<Diagnosis, 'why'>>;

/** How sure a cause is, in a word. */
export const confidenceWords: Readonly<Record<Diagnosis['confidence'], string>> = {
  high: 'certain',
  medium: 'likely',
  low: 'possible',
};

/** A likely cause as lines: the cause with how sure it is, why, what was compared, and what to try. */
export function renderDiagnosis(diagnosis: ShownDiagnosis, lead: string, layout: Layout): string[] {
  const { cause, why, try: remedy, confidence, source } = diagnosis;
  const indent = lead.length + 3;
  const paint = confidence === 'high' ? layout.bad : layout.strong;
  const lines = layout.paragraph(cause, { indent, lead, paint });
  const last = lines.pop() ?? '';
  const tag = `(${confidenceWords[confidence]})`;
  const fits = plainWidth(last) + 2 + tag.length <= layout.columns;
  return [
    ...lines,
    ...(fits ? [last + layout.dim(`  ${tag}`)] : [last, ' '.repeat(indent) + layout.dim(tag)]),
    ...(why === undefined ? [] : layout.paragraph(why, { indent })),
    ...layout.rows(comparedRows(diagnosis), indent),
    ...layout.paragraph(`Fix: ${remedy}`, { indent }),
    ...(source === undefined
      ? []
      : layout.paragraph(source, { indent, paint: layout.dim, ...whole(source) })),
  ];
}

/** The causes that the evidence excludes, under their heading, where that is asked for. */
export function renderRuledOut(ruledOut: Diagnosed['ruled_out'], layout: Layout): string[] {
  if (layout.view.allChecks !== true || ruledOut.length === 0) return [];
  return [
    ...layout.heading('Ruled out'),
    ...ruledOut.flatMap(({ cause, evidence }) => [
      ...layout.paragraph(cause, { indent: 4, lead: `  ${layout.mark('skipped')}` }),
      ...layout.paragraph(evidence, { indent: 4, paint: layout.dim }),
    ]),
  ];
}

/** A reference is copied as a whole. */
function whole(source: string) {
  return /\s/.test(source) ? {} : { wrap: (text: string) => [text] };
}
