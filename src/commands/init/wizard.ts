import { inertText } from '../../output/terminal-text.ts';
import { layoutColumns } from '../../output/view.ts';
import { wrapText } from '../../output/width.ts';
import type { Provider } from '../../providers/provider.ts';
import { type Answers, withAnswers } from '../../settings/answered-options.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import type { Invocation } from '../command.ts';

/** What the questions of one run share. */
export interface Wizard {
  readonly invocation: Invocation;
  /** What was given on the command line or in variables: it is not asked for. */
  readonly given: OptionReader;
  /** What was answered so far, by option. */
  readonly answers: Map<string, readonly string[]>;
}

/** Everything that is known so far, as the commands read it. */
export function settledSoFar({ given, answers }: Wizard, more: Answers = new Map()): OptionReader {
  return withAnswers(given, new Map([...answers, ...more]), 'your answer');
}

/** Tells something between two questions. */
export function tell({ invocation: { context } }: Wizard, ...paragraphs: readonly string[]): void {
  const { stderr } = context.terminal;
  for (const text of paragraphs) {
    for (const line of wrapText(inertText(text), layoutColumns(stderr))) stderr.write(`${line}\n`);
  }
}

/** What is known of the server beyond what it says. */
export type Known = Provider | undefined;

/** Refuses an answer that is empty. */
export function notEmpty(answer: string): true | string {
  return answer !== '' || 'Something is needed here.';
}
