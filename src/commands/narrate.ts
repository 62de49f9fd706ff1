import type { Emit, FlowEvent } from '../flows/conversation.ts';
import { type HttpResponse, headerValue } from '../http-message.ts';
import type { Redactor } from '../output/redact.ts';
import type { Step } from '../output/render-step.ts';
import { mapForeign, own, recall, type Said, say } from '../say.ts';
import type { Invocation } from './command.ts';
import { createRunRedactor, sentOpenly } from './run-redactor.ts';
import { tellStep } from './tell.ts';
import { stepNames, tellExchange, tellUnanswered } from './trace/tell-exchange.ts';

/** A step before secrets are hidden in what is foreign of it. */
export type ToldStep = Omit<Step, 'text'> & { readonly text?: Said };

/** Tells steps on stderr; no secret gets through. */
export interface Teller {
  readonly redactor: Redactor;
  /** A function is called only when the step is told, since the search for secrets in its text takes milliseconds. */
  tell(step: ToldStep | (() => ToldStep)): void;
}

/** Makes the teller of a run; a silent one says nothing. */
export function createTeller(
  { context: { terminal }, journal }: Invocation,
  redactor: Redactor,
  silent: boolean,
): Teller {
  const { stderr } = terminal;
  return {
    redactor,
    tell(given) {
      if (silent) return;
      const { text, ...step } = typeof given === 'function' ? given() : given;
      journal.told = true;
      tellStep(stderr, { ...step, ...(text && { text: mapForeign(text, redactor.redact) }) });
    },
  };
}

/** Makes the narrator of what every conversation with a server has: requests, checks that fail, remarks, secrets. */
export function narrateExchanges(invocation: Invocation, { tell, redactor }: Teller): Emit {
  const { journal, output } = invocation;
  let known = 0;
  return (event) => {
    journal.events.push(event);
    if (event.type === 'secret') journal.secrets.push(event);
    // Settings bring secrets too, and not all are read before the narrator is made.
    for (const { kind, value } of journal.secrets.slice(known)) redactor.register(value, kind);
    known = journal.secrets.length;
    redactor.allow([...journal.open, ...sentOpenly([event])]);
    switch (event.type) {
      case 'awaiting':
        return showAwaited(event, invocation);
      case 'exchange': {
        const { request, response, durationMs } = event.exchange;
        // The platform of a job is not part of the conversation with the server; what a page says is told otherwise.
        if (/^(?:assertion|probe)$/.test(event.step) && !output.verbose && !output.wire) return;
        // The user has not decided yet, as at most polls.
        if (response.status === 400 && /"(?:authorization_pending|slow_down)"/.test(response.body)) {
          return tellExchange(event.exchange, redactor, invocation);
        }
        // A server need not publish its metadata at every well-known place; what an API answers is its own affair.
        // A demand for a nonce is part of DPoP (RFC 9449 §8, §9).
        const isNoFailure = /^(?:discovery|request|resource)$/.test(event.step) || demandsNonce(response);
        // No redirect is followed but those of an API, and of a page that is read.
        const isDone = response.status < (/^(?:request|probe)$/.test(event.step) ? 400 : 300);
        tell(() => ({
          mark: isDone ? 'pass' : isNoFailure ? 'skipped' : 'fail',
          name: stepNames[event.step],
          text: say`${redactor.redactUrl(request.url)}`,
          result: response.status,
          durationMs,
        }));
        return tellExchange(event.exchange, redactor, invocation);
      }
      case 'request-failed':
        return tellUnanswered(event, redactor, invocation);
      case 'checks': {
        const failed = event.checks.find(({ outcome }) => outcome === 'fail');
        if (failed?.id === 'insecure-endpoint')
          tell({ mark: 'fail', name: 'Request', text: own('not sent: it would not be encrypted') });
        else if (failed !== undefined)
          tell({ mark: 'fail', name: stepNames[event.step], text: own(`did not pass: ${failed.title}`) });
        return;
      }
      case 'retry':
        return tell({ mark: 'warn', name: stepNames[event.step], text: own(`sent again: ${event.reason}`) });
      case 'remark':
        // A client that stays at the server is told whatever is silenced.
        return (event.step === 'registration' ? createTeller(invocation, redactor, false).tell : tell)({
          mark: 'warn',
          name: stepNames[event.step],
          text: recall(event.text),
        });
    }
  };
}

function demandsNonce({ headers, body }: HttpResponse): boolean {
  const challenge = headerValue(headers, 'www-authenticate') ?? '';
  return headerValue(headers, 'dpop-nonce') !== undefined && /use_dpop_nonce/.test(`${challenge}${body}`);
}

/** Shows a user at the terminal what is awaited. With `--step` the line belongs to the questions. */
export function showAwaited(
  event: Extract<FlowEvent, { type: 'awaiting' }>,
  { context, output }: Invocation,
): void {
  if (output.quiet || output.step) return;
  const startedMs = context.monotonicMs();
  const stop = context.terminal.showWait(
    async () => (await import('./awaited-text.ts')).awaitedText(event, startedMs, context),
    event.timeoutSeconds !== undefined,
  );
  event.until.then(stop, stop);
}

/** Makes the narrator of a run that needs no person: each step is told on stderr when `loud` or with --verbose. */
export function narrateRequests(invocation: Invocation, { loud }: { readonly loud: boolean }): Emit {
  const { output } = invocation;
  const silent = output.quiet || !(loud || output.verbose);
  const redactor = createRunRedactor(invocation.journal);
  return narrateExchanges(invocation, createTeller(invocation, redactor, silent));
}
