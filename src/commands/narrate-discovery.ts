import type { Emit } from '../flows/conversation.ts';
import { createRedactor } from '../output/redact.ts';
import type { Invocation } from './command.ts';
import { showAwaited } from './narrate.ts';
import { tellStep } from './tell.ts';
import { stepNames, tellExchange, tellUnanswered } from './trace/tell-exchange.ts';

/** Makes the narrator of a discovery: it tells each request on stderr. */
export function narrateDiscovery(invocation: Invocation): Emit {
  const { context, journal, output } = invocation;
  const { stderr } = context.terminal;
  const redactor = createRedactor();
  return (event) => {
    if (event.type === 'secret') {
      redactor.register(event.value, event.kind);
      journal.secrets.push(event);
    }
    if (output.quiet) return;
    if (event.type === 'awaiting') showAwaited(event, invocation);
    if (event.type === 'request-failed') tellUnanswered(event, redactor, invocation);
    if (event.type !== 'exchange' || (event.step === 'probe' && !output.verbose)) return;
    const { request, response, durationMs } = event.exchange;
    const name = stepNames[event.step];
    const mark = response.status === 200 ? 'pass' : 'skipped';
    tellStep(stderr, {
      mark,
      name,
      text: redactor.redactUrl(request.url),
      result: response.status,
      durationMs,
    });
    tellExchange(event.exchange, redactor, invocation);
  };
}
