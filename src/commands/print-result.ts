import type { CheckedDocument } from '../output/documents.ts';
import { renderJson } from '../output/render-json.ts';
import type { View } from '../output/view.ts';
import { viewOf } from '../settings/output-settings.ts';
import type { Invocation } from './command.ts';
import { createRunRedactor } from './run-redactor.ts';

/** Prints a document on stdout as it is: as JSON, or as the text that is made from it. */
export function printDocument<Document>(
  document: Document,
  render: (document: Document, view: View) => string,
  { context, output }: Invocation,
): void {
  const { stdout } = context.terminal;
  stdout.write(
    output.json
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : render(document, viewOf(stdout, output, context)),
  );
}

/**
 * Prints a result on stdout: one JSON document, or the text that is made from it, in which no secret is quoted. Members
 * that the text shortens itself are handed to it as they are.
 */
export function printResult<Document extends CheckedDocument>(
  document: Document,
  render: (document: Document, view: View) => string,
  invocation: Invocation,
  shortened: readonly (keyof Document)[] = [],
  /** Whether JSON shows secrets too: where they are what was asked for. */
  { asksForSecrets = true } = {},
): void {
  const { context, journal, output } = invocation;
  if (journal.told && !output.json) context.terminal.stderr.write('\n');
  const whole = Object.fromEntries(shortened.map((name) => [name, document[name]]));
  const isShown = (output.json && asksForSecrets) || output.showSecrets;
  const { redactValue, redactJudged } = createRunRedactor(journal);
  const { checks, ...rest } = document;
  const shown = isShown
    ? document
    : { ...document, ...redactValue(rest), checks: redactJudged(checks), ...whole };
  printDocument(shown, render, invocation);
}
