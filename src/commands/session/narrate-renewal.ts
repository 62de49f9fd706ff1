import type { Emit } from '../../flows/flow-event.ts';
import { createRedactor } from '../../output/redact.ts';
import { renderStep, type Step } from '../../output/render-step.ts';
import type { Invocation } from '../command.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { recordConversation } from '../trace/record-conversation.ts';
import { stepNames } from '../trace/step-names.ts';
import { tellExchange } from '../trace/tell-exchange.ts';

/**
 * Makes the narrator of a run that needs no person: it fills the journal, and tells each step on stderr when `loud`
 * or with --verbose. No secret gets through.
 */
export function narrateRenewal(
  options: OptionReader,
  { context, journal }: Invocation,
  { loud }: { readonly loud: boolean },
): Emit {
  const { stderr } = context.terminal;
  const redactor = createRedactor(journal.secrets);
  const verbose = options.isOn('verbose');
  const silent = options.isOn('quiet') || !(loud || verbose);
  const tell = (step: Step) => {
    if (silent) return;
    const text = step.text === undefined ? {} : { text: redactor.redact(step.text) };
    journal.told = true;
    stderr.write(`${renderStep({ ...step, ...text }, stderr)}\n`);
  };
  return (event) => {
    recordConversation(journal, event);
    switch (event.type) {
      case 'secret':
        journal.secrets.push(event);
        redactor.register(event.value, event.kind);
        return;
      case 'client-authentication':
        journal.advertisedAuthMethods = event.advertised;
        return;
      case 'exchange': {
        const { request, response, durationMs } = event.exchange;
        tell({
          mark: response.status < 400 ? 'pass' : 'fail',
          name: stepNames[event.step],
          text: redactor.redactUrl(request.url),
          result: response.status,
          durationMs,
        });
        return tellExchange(event.exchange, options, redactor, context.terminal);
      }
      case 'checks': {
        journal.checks.push(...event.checks);
        const failed = event.checks.find(({ outcome }) => outcome === 'fail');
        if (failed !== undefined) tell({ mark: 'fail', name: stepNames[event.step], text: failed.detail });
        return;
      }
      case 'remark':
        return tell({ mark: 'warn', name: stepNames[event.step], text: event.text });
    }
  };
}
