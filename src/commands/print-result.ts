import { createRedactor } from '../output/redact.ts';
import { renderJson } from '../output/render-json.ts';
import type { View } from '../output/view.ts';

import { type OutputSettings, viewOf } from '../settings/output-settings.ts';
import type { Invocation } from './command.ts';

/** Prints a result on stdout: one JSON document, or the text that is made from it, in which no secret is quoted. */
export function printResult<Document>(
  document: Document,
  render: (document: Document, view: View) => string,
  output: OutputSettings,
  { context, journal }: Invocation,
): void {
  const { stdout, stderr } = context.terminal;
  if (output.json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
    return;
  }
  if (journal.told) stderr.write('\n');
  const { redactValue } = createRedactor(output.showSecrets ? [] : journal.secrets);
  stdout.write(
    render(output.showSecrets ? document : redactValue(document), viewOf(stdout, output, context)),
  );
}
