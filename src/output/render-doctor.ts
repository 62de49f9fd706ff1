import { renderHeadline } from './layout.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns, type Style } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

const order = ['fail', 'warn', 'pass'] as const;

/** What `doctor` found as text ending in a line feed: the verdict, then what failed, what is doubtful, what is well. */
export function renderDoctor({ checks }: DoctorDocument, looks: Looks): string {
  const style = createStyle(looks);
  const [failed, warned] = order.map((outcome) => checks.filter((check) => check.outcome === outcome).length);
  const mark = failed ? 'fail' : warned ? 'warn' : 'pass';
  const lines = [
    ...renderHeadline({ mark, text: verdict(failed ?? 0, warned ?? 0, checks.length) }, [], looks, style),
    ...order.flatMap((outcome) => {
      const group = checks.filter((check) => check.outcome === outcome);
      return group.length === 0 ? [] : ['', ...group.flatMap((check) => renderOne(check, looks, style))];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function verdict(failed: number, warned: number, all: number): string {
  if (failed === 0 && warned === 0) return `All ${all} checks passed.`;
  const warnings = warned === 0 ? '' : `${warned} ${warned === 1 ? 'warning' : 'warnings'}`;
  const failures = failed === 0 ? '' : `${failed} of ${all} checks failed`;
  if (failed === 0) return `Nothing stands in the way of a login; ${warnings}.`;
  return `${[failures, warnings].filter((part) => part !== '').join(', ')}.`;
}

function renderOne(check: DoctorCheck, looks: Looks, style: Style): string[] {
  const columns = layoutColumns(looks);
  const [title, detail] = [inertText(check.title), inertText(check.detail)];
  const head = `  ${style.mark(check.outcome)} `;
  const passed = check.outcome === 'pass';
  const paint = passed ? style.strong : style.tone(check.outcome);
  const oneLine = 4 + displayWidth(title) + 2 + displayWidth(detail) <= columns;
  if (oneLine && passed) return [`${head}${paint(title)}  ${detail}`];
  return [
    ...wrapText(title, columns - 4).map((line, index) => (index === 0 ? head : '    ') + paint(line)),
    ...wrapText(detail, columns - 4).map((line) => `    ${line}`),
    ...(check.cure === undefined ? [] : renderCure(inertText(check.cure), columns, style)),
  ];
}

function renderCure(cure: string, columns: number, style: Style): string[] {
  return wrapText(cure, columns - 10).map((line, index) =>
    index === 0 ? `    ${style.strong('Cure:')} ${line}` : `          ${line}`,
  );
}

/** One thing that a login needs of the machine or the network. */
export interface DoctorCheck {
  /** Never changes its meaning: `node`, `port`, `tls`, … */
  readonly id: string;
  readonly outcome: 'pass' | 'warn' | 'fail';
  /** What was looked at, in a few words. */
  readonly title: string;
  /** One sentence or figure: what was seen. Never holds a secret. */
  readonly detail: string;
  /** What to do about it; there whenever the check did not pass. */
  readonly cure?: string;
}

/** Result of `doctor`, as `--json` prints it; the text is rendered from the same value. */
export interface DoctorDocument {
  readonly version: 1;
  readonly checks: readonly DoctorCheck[];
}
