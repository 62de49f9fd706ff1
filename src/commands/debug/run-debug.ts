import { diagnoseMessage } from '../../checks/diagnosis/diagnose-message.ts';
import { judgeMessage } from '../../checks/judge-message.ts';
import { FindingsError, UsageError } from '../../errors.ts';
import type { DebugDocument, DebugMessage } from '../../output/debug-document.ts';
import { createRedactor, type Secret } from '../../output/redact.ts';
import { renderDebug } from '../../output/render-debug.ts';
import { renderJson } from '../../output/render-json.ts';
import type { InputKind } from '../../protocol/captured/captured.ts';
import type { Conversation } from '../../protocol/captured/message.ts';
import { sortConversation } from '../../protocol/captured/sort-conversation.ts';
import type { Invocation } from '../command.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { asksForJson, viewOf } from '../settings/output-settings.ts';
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
  if (!options.isOn('quiet')) for (const remark of remarks) stderr.write(`${remark}\n`);

  const conversation = sortConversation(captured);
  if (conversation.messages.length === 0) {
    throw new UsageError('There is no OAuth message in the input.', {
      hint: 'Say what a response is with --as token_response, userinfo or metadata. A recording has to begin before the login.',
    });
  }
  const document = explain(conversation, context.now());
  stdout.write(
    asksForJson(options)
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : renderDebug(
          options.isOn('show-secrets') ? document : hideSecrets(document, secretsOf(conversation)),
          viewOf(stdout, options, context),
        ),
  );
  failOn(threshold, document.messages);
}

function explain(conversation: Conversation, now: Date): DebugDocument {
  const several = conversation.messages.length > 1;
  return {
    version: 1,
    messages: conversation.messages.map((message): DebugMessage => {
      const judged = judgeMessage(message, now);
      return {
        kind: message.kind,
        outcome: judged.outcome,
        values: judged.values,
        findings: judged.findings,
        diagnosis: diagnoseMessage(message, judged, conversation),
        ...(several ? { source: message.source } : {}),
      };
    }),
  };
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
      ...(message.source === undefined ? {} : { source: redact(message.source) }),
    })),
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

function failOn(threshold: string, messages: readonly DebugMessage[]): void {
  if (threshold === 'none') return;
  const found = messages.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'violation' || threshold === 'note'),
  );
  const [first] = found;
  if (first === undefined) return;
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  throw new FindingsError('findings', `Found: ${first.title} (${first.id})${more}.`, {
    hint: 'They are listed in the result above. --fail-on none ends with status 0 all the same.',
  });
}
