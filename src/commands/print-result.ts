import { createRedactor } from '../output/redact.ts';
import { renderJson } from '../output/render-json.ts';
import type { View } from '../output/view.ts';

import { type OutputSettings, viewOf } from '../settings/output-settings.ts';
import type { Invocation } from './command.ts';

/**
 * Prints a result on stdout: one JSON document, or the text that is made from it, in which no secret is quoted. Members
 * that the text shortens itself are handed to it as they are.
 */
export function printResult<Document>(
  document: Document,
  render: (document: Document, view: View) => string,
  output: OutputSettings,
  { context, journal }: Invocation,
  shortened: readonly (keyof Document)[] = [],
): void {
  const { stdout, stderr } = context.terminal;
  if (output.json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
    return;
  }
  if (journal.told) stderr.write('\n');
  const { redactValue } = createRedactor(output.showSecrets ? [] : journal.secrets);
  const whole = Object.fromEntries(shortened.map((name) => [name, document[name]]));
  const shown = output.showSecrets ? document : { ...redactValue(document), ...whole };
  stdout.write(render(shown, viewOf(stdout, output, context)));
}
