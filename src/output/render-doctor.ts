import { createLayout, joinLines, type Layout } from './layout.ts';
import { worstOutcome } from './render-checks.ts';
import { inertText } from './terminal-text.ts';
import type { Looks } from './view.ts';
import { displayWidth } from './width.ts';

/** One thing that a login needs of the machine or the network. */
export interface DoctorCheck {
  /** Never changes its meaning: `node`, `port`, `tls`, … */
  readonly id: string;
  readonly outcome: 'pass' | 'warn' | 'fail';
  /** The subject, in a few words. */
  readonly title: string;
  /** One sentence or figure: what was seen. Never holds a secret. */
  readonly detail: string;
  /** The remedy; there whenever the check did not pass. */
  readonly cure?: string;
}

/** Result of `doctor`, as `--json` prints it; the text is rendered from the same value. */
export interface DoctorDocument {
  readonly version: 1;
  readonly checks: readonly DoctorCheck[];
}

const order = ['fail', 'warn', 'pass'] as const;

/** The result of `doctor` as text ending in a line feed: passed checks, warnings, failures, and the verdict last. */
export function renderDoctor({ checks }: DoctorDocument, looks: Looks): string {
  const layout = createLayout(looks);
  return joinLines([
    ...order.toReversed().flatMap((outcome) => {
      const group = checks.filter((check) => check.outcome === outcome);
      return group.length === 0 ? [] : [...group.flatMap((check) => renderOne(check, layout)), ''];
    }),
    ...layout.headline(worstOutcome(checks), verdict(checks)),
  ]);
}

function verdict(checks: readonly DoctorCheck[]): string {
  const [failed = 0, warned = 0] = order.map(
    (outcome) => checks.filter((check) => check.outcome === outcome).length,
  );
  const warnings = `${warned} ${warned === 1 ? 'warning' : 'warnings'}`;
  if (failed > 0) return `${failed} of ${checks.length} checks failed${warned === 0 ? '' : `, ${warnings}`}.`;
  return warned > 0
    ? `Nothing stands in the way of a login; ${warnings}.`
    : `All ${checks.length} checks passed.`;
}

function renderOne({ outcome, title, detail, cure }: DoctorCheck, layout: Layout): string[] {
  const passed = outcome === 'pass';
  const lead = layout.mark(outcome);
  const paint = passed ? layout.strong : layout.tone(outcome);
  const [words, seen] = [inertText(title), inertText(detail)];
  if (passed && 4 + displayWidth(words) + 2 + displayWidth(seen) <= layout.columns) {
    return [`  ${lead} ${paint(words)}  ${seen}`];
  }
  return [
    ...layout.paragraph(title, { indent: 4, lead, paint }),
    ...layout.paragraph(detail, { indent: 4 }),
    ...(cure === undefined ? [] : layout.paragraph(cure, { indent: 9, lead: layout.strong('Fix:') })),
  ];
}
