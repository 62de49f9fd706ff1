import type { Invocation } from '../commands/command.ts';
import { createTeller, narrateExchanges } from '../commands/narrate-exchanges.ts';
import type { Emit } from '../flows/conversation.ts';
import { createRedactor } from '../output/redact.ts';
import type { OutputSettings } from '../settings/output-settings.ts';

/**
 * Makes the narrator of a run that needs no person: it fills the journal, and tells each step on stderr when `loud`
 * or with --verbose.
 */
export function narrateRenewal(
  output: OutputSettings,
  invocation: Invocation,
  { loud }: { readonly loud: boolean },
): Emit {
  const silent = output.quiet || !(loud || output.verbose);
  const redactor = createRedactor(invocation.journal.secrets);
  return narrateExchanges(output, invocation, createTeller(invocation, redactor, silent));
}
