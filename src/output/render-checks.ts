import type { CheckOutcome, CheckResult } from '../checks/check-result.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns, type Style } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

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

/** The verdict list as lines: failures first, then warnings, what was skipped, and what passed. */
export function renderChecks(checks: readonly CheckResult[], looks: Looks, title = 'Checks'): string[] {
  if (checks.length === 0) return [];
  const style = createStyle(looks);
  const sorted = order.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  return [
    ...renderHeading(title, { text: summarizeChecks(checks) }, looks, style),
    ...sorted.flatMap((check) => renderCheck(check, looks, style)),
  ];
}

/** One check as lines: mark, title and section; then what was seen and, unless it passed, what was expected. */
export function renderCheck(check: CheckResult, looks: Looks, style: Style): string[] {
  const columns = layoutColumns(looks);
  const title = inertText(check.title);
  const spec = inertText(check.spec);
  const detail = inertText(check.detail);
  const mark = `  ${style.mark(check.outcome)} `;
  const settled = check.outcome === 'pass' || check.outcome === 'skipped';
  const paintTitle = settled ? style.strong : style.tone(check.outcome);
  const sameLine = 4 + displayWidth(title) + 2 + displayWidth(spec) <= columns;
  const wide = 4 + displayWidth(title) + 2 + displayWidth(detail) + 2 + displayWidth(spec) <= columns;
  if (settled && wide) {
    const fill = columns - 4 - displayWidth(title) - 2 - displayWidth(detail) - displayWidth(spec);
    return [`${mark}${paintTitle(title)}  ${detail}${' '.repeat(fill)}${style.dim(spec)}`];
  }
  const fill = ' '.repeat(Math.max(2, columns - 4 - displayWidth(title) - displayWidth(spec)));
  // What is in order need not fill the screen: JSON has the detail.
  if (check.outcome === 'pass' && sameLine) return [mark + paintTitle(title) + fill + style.dim(spec)];
  return [
    ...(sameLine ? [mark + paintTitle(title) + fill + style.dim(spec)] : wrapTitle()),
    ...wrapText(detail, columns - 4).map((line) => `    ${line}`),
    ...(sameLine ? [] : wrapText(spec, columns - 4).map((line) => `    ${style.dim(line)}`)),
    ...(settled ? [] : renderRows(comparedRows(check), looks, style, 4)),
  ];

  function wrapTitle(): string[] {
    return wrapText(title, columns - 4).map(
      (line, index) => (index === 0 ? mark : '    ') + paintTitle(line),
    );
  }
}

/** What a check compared, as rows. */
export function comparedRows({ expected, received }: CheckResult): Row[] {
  return [
    ...(expected === undefined ? [] : [{ name: 'expected', value: expected }]),
    ...(received === undefined ? [] : [{ name: 'received', value: received }]),
  ];
}
