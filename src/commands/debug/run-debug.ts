import { judgeMessage } from '../../checks/judge-message.ts';
import { diagnoseMessage } from '../../diagnosis/diagnose-message.ts';
import { UsageError } from '../../errors.ts';
import type { DebugDocument, DebugMessage, DebugRun } from '../../output/documents.ts';
import { createRedactor, type Secret } from '../../output/redact.ts';
import { renderDebug } from '../../output/render-debug.ts';
import { renderJson } from '../../output/render-json.ts';
import type { InputKind, RecordedRun } from '../../recording/captured.ts';
import type { Conversation, Message } from '../../recording/message.ts';
import { sortConversation } from '../../recording/sort-conversation.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { say } from '../say.ts';
import { tellStep } from '../tell-step.ts';
import { failOn, whyNothingFails } from './fail-on.ts';
import { readInputs } from './read-inputs.ts';
import { secretsOf } from './secrets-of-messages.ts';

/**
 * Reads saved messages and prints what they say, what deviates in them, and the likely causes.
 * @throws UsageError when an input is nothing that is known; FindingsError after printing, when something is at or
 * above `--fail-on`
 */
export async function runDebug(
  inputs: readonly string[],
  options: OptionReader,
  { context }: Invocation,
): Promise<void> {
  const kind = options.text('as') as InputKind | undefined;
  const threshold = options.text('fail-on') ?? 'violation';
  const { captured, remarks } = await readInputs(inputs, kind, context, options.isOn('no-input'));
  const { stdout, stderr } = context.terminal;
  if (!options.isOn('quiet')) for (const remark of remarks) say(stderr, remark);

  const conversation = sortConversation(captured);
  const runs = captured.filter((one) => one.type === 'run');
  if (conversation.messages.length === 0 && runs.length === 0) {
    throw new UsageError('There is no OAuth message in the input.', {
      hint: 'Say what a response is with --as token_response, userinfo or metadata. A recording has to begin before the login.',
    });
  }
  const document = explain(conversation, runs, context.now());
  stdout.write(
    settleOutput(options).json
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : renderDebug(
          options.isOn('show-secrets') ? document : hideSecrets(document, secretsOf(conversation)),
          viewOf(stdout, settleOutput(options), context),
        ),
  );
  failOn(threshold, document);
  const why = settleOutput(options).json ? undefined : whyNothingFails(threshold, document);
  if (why !== undefined && !options.isOn('quiet')) {
    tellStep(stderr, { mark: 'skipped', name: 'Exit 0', text: why });
  }
}

function explain(conversation: Conversation, recorded: readonly RecordedRun[], now: Date): DebugDocument {
  const several = conversation.messages.length > 1;
  const runs = recorded.map(runOf);
  const read = conversation.messages.map((message): DebugMessage => {
    const judged = judgeMessage(message, now);
    const exchange = exchangeOf(message);
    return {
      kind: message.kind,
      outcome: judged.outcome,
      values: judged.values,
      findings: judged.findings,
      ...(judged.challenge === undefined ? {} : { challenge: judged.challenge }),
      diagnosis: diagnoseMessage(message, judged, conversation),
      ...(several ? { source: message.source } : {}),
      ...(Object.keys(exchange).length === 0 ? {} : { exchange }),
    };
  });
  const messages = withRecordedCauses(read, runs);
  return {
    version: 1,
    ...(runs.length === 0 ? {} : { runs }),
    messages: hasFailed(runs, messages) ? messages.map(withoutWishes) : messages,
  };
}

function runOf({ source, command, outcome: { status, error, diagnosis = [] } }: RecordedRun): DebugRun {
  return {
    source,
    command,
    status,
    error:
      error === undefined
        ? null
        : { code: error.code, step: error.step, message: error.message, hint: error.hint },
    diagnosis,
  };
}

function exchangeOf(message: Message): NonNullable<DebugMessage['exchange']> {
  const sent = 'sent' in message ? message.sent : null;
  const request =
    'request' in message && message.request !== null
      ? message.request
      : message.kind === 'token_response' && sent !== null && 'method' in sent
        ? sent
        : undefined;
  const status = 'response' in message ? message.response?.status : null;
  const url = request?.url.replace(/[?#].*$/s, '');
  return {
    ...(request === undefined || !url ? {} : { method: request.method, url }),
    ...(status == null ? {} : { status }),
  };
}

const oauthErrors: readonly (string | undefined)[] = ['authorization_error', 'token_error', 'endpoint_error'];

/**
 * The run knew the secrets that its trace hides: its causes are better than those found here. They belong to the last
 * error answer only where that answer ended the run; a check of ours or the network has causes of another kind.
 */
function withRecordedCauses(
  messages: readonly DebugMessage[],
  runs: readonly DebugRun[],
): readonly DebugMessage[] {
  const [run] = runs;
  const causes = runs.length === 1 && oauthErrors.includes(run?.error?.code) ? (run?.diagnosis ?? []) : [];
  const failed = messages.findLast(({ outcome }) => outcome === 'error');
  return causes.length === 0
    ? messages
    : messages.map((message) => (message === failed ? { ...message, diagnosis: causes } : message));
}

function hasFailed(runs: readonly DebugRun[], messages: readonly DebugMessage[]): boolean {
  return (
    runs.some(({ status }) => status === 'failed') ||
    messages.some(
      ({ outcome, diagnosis }) =>
        outcome === 'error' || diagnosis.some(({ confidence, missing }) => confidence === 'high' && !missing),
    )
  );
}

/** Beside a failure nobody asks for what else might have come. */
function withoutWishes(message: DebugMessage): DebugMessage {
  return { ...message, diagnosis: message.diagnosis.filter(({ missing }) => missing === undefined) };
}

/** Values with a name of their own are shortened where they are shown; everywhere else a secret is replaced. */
function hideSecrets(document: DebugDocument, secrets: readonly Secret[]): DebugDocument {
  const { redact, redactValue } = createRedactor(secrets);
  return {
    ...document,
    messages: document.messages.map((message) => ({
      ...message,
      values: redactNested(message.values, redactValue),
      findings: redactValue(message.findings),
      diagnosis: redactValue(message.diagnosis),
      ...(message.challenge === undefined ? {} : { challenge: redactValue(message.challenge) }),
      ...(message.source === undefined ? {} : { source: redact(message.source) }),
      ...(message.exchange === undefined ? {} : { exchange: redactValue(message.exchange) }),
    })),
    ...(document.runs === undefined ? {} : { runs: redactValue(document.runs) }),
  };
}

const shortened = ['access_token', 'refresh_token', 'code'];

function redactNested(
  values: DebugMessage['values'],
  redactValue: <T>(value: T) => T,
): DebugMessage['values'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      shortened.includes(name) ? value : redactValue(value),
    ]),
  );
}
