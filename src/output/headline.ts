import type { CheckResult } from '../checks/check-result.ts';
import { summarizeChecks } from './render-checks.ts';
import type { MarkName, Style } from './style.ts';
import { inertText } from './terminal-text.ts';
import { type Looks, layoutColumns } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

/** The verdict in one sentence and how the checks ended, on one line where it fits. */
export function renderHeadline(
  headline: { readonly mark: MarkName; readonly text: string },
  checks: readonly CheckResult[],
  looks: Looks,
  style: Style,
): string[] {
  const columns = layoutColumns(looks);
  const text = inertText(headline.text);
  const summary = checks.length === 0 ? '' : summarizeChecks(checks);
  const mark = style.mark(headline.mark);
  if (summary === '') return wrapped(text);
  const oneLine = 2 + displayWidth(text) + 3 + summary.length <= columns;
  if (oneLine) return [`${mark} ${style.strong(text)} ${style.dash} ${summary}`];
  return [...wrapped(text), ...wrapText(summary, columns - 2).map((line) => `  ${line}`)];

  function wrapped(words: string): string[] {
    return wrapText(words, columns - 2).map(
      (line, index) => `${index === 0 ? mark : ' '} ${style.strong(line)}`,
    );
  }
}
