import { UsageError } from '../../errors.ts';
import type { ApproveRequest, Emit, FlowEvent } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { type HttpRequest, headerValue } from '../../http-message.ts';
import { createLayout, joinLines } from '../../output/layout.ts';
import type { Redactor } from '../../output/redact.ts';
import { type Parameters, requestParameters } from '../../protocol/parameters.ts';
import { say } from '../../say.ts';
import { canAsk } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';

/** Accompanies a login: it approves each request, and is told each event. */
export interface LoginGuide {
  readonly approve?: ApproveRequest;
  readonly emit: Emit;
}

/**
 * Makes the guide that `--explain` and `--step` ask for: explanations by the person's own data, and a stop before
 * each request. Without either nothing changes.
 * @throws UsageError for `--step` without a terminal
 */
export async function guideLogin(
  settings: LoginSettings,
  invocation: Invocation,
  redactor: Redactor,
  emit: Emit,
): Promise<LoginGuide> {
  const { context, output } = invocation;
  const [steps, explains] = [output.step, output.explain];
  if (!steps && !explains) return { emit };
  if (steps && !canAsk(output, context)) {
    throw new UsageError(
      say`${output.sources.step} asks before each request, and there is no terminal to ask on.`,
      { hint: 'Leave it out; -v shows each request, and --trace FILE records them.' },
    );
  }
  const explain = explains ? await explainer(settings, invocation, redactor) : undefined;
  const { stepThrough } = steps ? await import('./step-through.ts') : {};
  const ask = stepThrough?.(invocation, output.showSecrets ? undefined : redactor);
  let questions = 0;
  const held: FlowEvent[] = [];
  return {
    async approve(step, request) {
      explain?.(step, request);
      if (ask === undefined) return request;
      questions += 1;
      try {
        return await ask(step, request);
      } finally {
        questions -= 1;
        for (const event of held.splice(0)) emit(event);
      }
    },
    emit(event) {
      // The outcome of the browser can come at any time; told now, it would stand in the line being typed.
      if (event.type === 'browser' && questions > 0) {
        held.push(event);
        return;
      }
      if (event.type === 'checks' && event.step === 'id_token' && event.checks.length > 0) {
        explain?.('id_token', { method: 'GET', url: '', headers: [] });
      }
      emit(event);
    },
  };
}

type Explainer = (step: string, request: HttpRequest) => void;

/** Each step is explained once. */
async function explainer(
  settings: LoginSettings,
  { context, journal }: Invocation,
  { redactValue }: Redactor,
): Promise<Explainer> {
  const { explainStep } = await import('../../output/explain-step.ts');
  const { withRequestObject } = await import('../../protocol/request-object.ts');
  const { stderr } = context.terminal;
  const { credentials } = settings.client;
  const explained = new Set<string>();
  let pushed: Parameters = [];
  return (step, request) => {
    const own = withRequestObject(requestParameters(request));
    if (step === 'par') pushed = own;
    // The URL of the browser only refers to what was pushed.
    const parameters = step === 'authorization' ? [...own, ...pushed] : own;
    const sent = (wanted: string) => parameters.find(([name]) => name === wanted)?.[1];
    const explanation = explainStep(step, {
      ...redactValue({
        url: request.url,
        parameters,
        clientId: sent('client_id') ?? credentials.clientId,
        redirectUri: sent('redirect_uri') ?? settings.redirect.uri,
      }),
      confidential: provesItself(request, parameters),
      proven: headerValue(request.headers, 'dpop') !== undefined,
      certificate: credentials.hasCertificate,
    });
    if (explanation === undefined || explained.has(step)) return;
    explained.add(step);
    const { title, rows } = explanation;
    journal.told = true;
    stderr.write(joinLines([...createLayout(stderr).section(title, rows), '']));
  };
}

function provesItself({ headers }: HttpRequest, parameters: Parameters): boolean {
  const proofs = new Set(['client_secret', 'client_assertion']);
  return headerValue(headers, 'authorization') !== undefined || parameters.some(([name]) => proofs.has(name));
}
