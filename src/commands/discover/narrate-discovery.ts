import type { Emit } from '../../flows/conversation.ts';
import { createRedactor } from '../../output/redact.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell-step.ts';
import { tellExchange, tellUnanswered } from '../trace/tell-exchange.ts';

/** Makes the narrator of a discovery: it tells each request on stderr. */
export function narrateDiscovery(output: OutputSettings, { context }: Invocation): Emit {
  const { stderr } = context.terminal;
  const redactor = createRedactor();
  return (event) => {
    if (event.type === 'secret') redactor.register(event.value, event.kind);
    if (output.quiet) return;
    if (event.type === 'request-failed') tellUnanswered(event, output, redactor, context.terminal);
    if (event.type !== 'exchange') return;
    const { request, response, durationMs } = event.exchange;
    const name = event.step === 'keys' ? 'Keys' : 'Discovery';
    const mark = response.status === 200 ? 'pass' : 'skipped';
    tellStep(stderr, { mark, name, text: request.url, result: response.status, durationMs });
    tellExchange(event.exchange, output, redactor, context.terminal);
  };
}
