import type { CheckOutcome, CheckResult } from '../checks/check-result.ts';
import { type Layout, type Row, rowsOf } from './layout.ts';

const order: readonly CheckOutcome[] = ['fail', 'warn', 'skipped', 'pass'];

/** How many checks ended how, worst first: `36 checks: 1 FAILED, 2 warnings, 30 passed, 3 not applicable`. */
export function summarizeChecks(checks: readonly { readonly outcome: CheckOutcome }[]): string {
  const count = (outcome: CheckOutcome) => checks.filter((check) => check.outcome === outcome).length;
  const [failed, warnings, skipped, passed] = [count('fail'), count('warn'), count('skipped'), count('pass')];
  const parts = [
    failed > 0 ? `${failed} FAILED` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
    passed > 0 ? `${passed} passed` : '',
    skipped > 0 ? `${skipped} not applicable` : '',
  ];
  const total = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
  return passed === checks.length
    ? `${total} passed`
    : `${total}: ${parts.filter((part) => part !== '').join(', ')}`;
}

/** The mark that a group of checks deserves: that of the worst. */
export function worstOutcome(checks: readonly { readonly outcome: CheckOutcome }[]): CheckOutcome {
  return order.slice(0, 2).find((worst) => checks.some(({ outcome }) => outcome === worst)) ?? 'pass';
}

/** How many checks ended how, and those to look at: failures first, then warnings; all of them when that is asked for. */
export function renderChecks(checks: readonly CheckResult[], layout: Layout, title = 'Checks'): string[] {
  if (checks.length === 0) return [];
  return [...layout.heading(title, { text: summarizeChecks(checks) }), ...renderListedChecks(checks, layout)];
}

/** The checks to look at, or all of them when that is asked for, as lines. */
export function renderListedChecks(checks: readonly CheckResult[], layout: Layout): string[] {
  const listed = layout.view.allChecks === true ? order : order.slice(0, 2);
  const sorted = listed.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  return sorted.flatMap((check) => renderCheck(check, layout));
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
