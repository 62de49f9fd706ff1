import type { CheckOutcome, CheckResult } from '../checks/check-result.ts';
import { type Layout, type Row, rowsOf } from './layout.ts';
import type { MarkName } from './view.ts';

const order: readonly CheckOutcome[] = ['fail', 'warn', 'skipped', 'pass'];

/** How many checks ended how, worst first: `1 failed, 2 warnings, 23 passed`. */
export function summarizeChecks(checks: readonly CheckResult[]): string {
  const count = (outcome: CheckOutcome) => checks.filter((check) => check.outcome === outcome).length;
  const [failed, warnings, skipped, passed] = [count('fail'), count('warn'), count('skipped'), count('pass')];
  const parts = [
    failed > 0 ? `${failed} FAILED` : '',
    `${passed} ${passed === 1 ? 'check' : 'checks'} passed`,
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** The verdict of a result in one sentence, with how its checks ended. */
export function renderVerdict(
  mark: MarkName,
  text: string,
  checks: readonly CheckResult[],
  layout: Layout,
): string[] {
  return layout.headline(mark, text, checks.length === 0 ? '' : summarizeChecks(checks));
}

/** The mark that a group of checks deserves: that of the worst. */
export function worstOutcome(checks: readonly { readonly outcome: CheckOutcome }[]): CheckOutcome {
  return order.slice(0, 2).find((worst) => checks.some(({ outcome }) => outcome === worst)) ?? 'pass';
}

/** The verdict list as lines: failures first, then warnings, what was skipped, and what passed. */
export function renderChecks(checks: readonly CheckResult[], layout: Layout, title = 'Checks'): string[] {
  if (checks.length === 0) return [];
  const sorted = order.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  return [
    ...layout.heading(title, { text: summarizeChecks(checks) }),
    ...sorted.flatMap((check) => renderCheck(check, layout)),
  ];
}

/** One check as lines: mark, title and section; then what was seen and, unless it passed, what was expected. */
export function renderCheck(check: CheckResult, layout: Layout): string[] {
  const isSettled = check.outcome === 'pass' || check.outcome === 'skipped';
  const judgement = {
    ...check,
    mark: layout.mark(check.outcome),
    paint: isSettled ? layout.strong : layout.tone(check.outcome),
  };
  const oneLine = isSettled
    ? (layout.judgementHead(judgement, true) ??
      // Checks that passed need not fill the screen: JSON has the detail.
      (check.outcome === 'pass' ? layout.judgementHead(judgement) : undefined))
    : undefined;
  if (oneLine !== undefined) return [oneLine];
  return [...layout.judgement(judgement), ...(isSettled ? [] : layout.rows(comparedRows(check), 4))];
}

/** The compared values as rows. */
export function comparedRows({ expected, received }: Pick<CheckResult, 'expected' | 'received'>): Row[] {
  return rowsOf(['expected', expected], ['received', received]);
}
