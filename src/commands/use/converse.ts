import type { ConnectionSettings } from '../../context.ts';
import { type Conversation, startConversation } from '../../flows/conversation.ts';
import { narrateRenewal } from '../../sessions/narrate-renewal.ts';
import { waivedChecks } from '../../sessions/renewal.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { settleConnection } from '../../settings/settle-connection.ts';
import type { Invocation } from '../command.ts';
import { recordTrace } from '../trace/record-trace.ts';

/** Opens what a command of one request needs, runs it, and closes it again. */
export async function converse<Result>(
  name: string,
  options: OptionReader,
  invocation: Invocation,
  story: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const { context } = invocation;
  const connection: ConnectionSettings = await settleConnection(options, context);
  const emit = await recordTrace(
    settleOutput(options),
    invocation,
    name,
    narrateRenewal(settleOutput(options), invocation, { loud: true }),
  );
  const http = await context.connect(connection);
  try {
    const waived = waivedChecks(options);
    return await story(startConversation({ http, signal: context.signal, emit, waived }));
  } finally {
    await http.close();
  }
}
