import { createRedactor } from '../output/redact.ts';
import { renderJson } from '../output/render-json.ts';
import type { View } from '../output/view.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { asksForJson, viewOf } from '../settings/output-settings.ts';
import type { Invocation } from './command.ts';

/** Prints a result on stdout: one JSON document, or the text that is made from it, in which no secret is quoted. */
export function printResult<Document>(
  document: Document,
  render: (document: Document, view: View) => string,
  options: OptionReader,
  { context, journal }: Invocation,
): void {
  const { stdout, stderr } = context.terminal;
  if (asksForJson(options)) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
    return;
  }
  if (journal.told) stderr.write('\n');
  const { redactValue } = createRedactor(options.isOn('show-secrets') ? [] : journal.secrets);
  stdout.write(
    render(options.isOn('show-secrets') ? document : redactValue(document), viewOf(stdout, options, context)),
  );
}
