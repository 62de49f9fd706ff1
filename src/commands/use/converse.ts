import type { ConnectionSettings } from '../../context.ts';
import type { Emit } from '../../flows/flow-event.ts';
import type { Wire } from '../../flows/send.ts';
import { createGate, type SettleChecks } from '../../flows/settle-checks.ts';
import { narrateRenewal } from '../../sessions/narrate-renewal.ts';
import { waivedChecks } from '../../sessions/renewal.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleConnection } from '../../settings/settle-connection.ts';
import type { Invocation } from '../command.ts';
import { recordTrace } from '../trace/record-trace.ts';

/** A conversation with one server, told on stderr as it goes and recorded where that is wanted. */
export interface Conversation {
  readonly wire: Wire;
  readonly settle: SettleChecks;
  readonly emit: Emit;
}

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
    options,
    invocation,
    name,
    narrateRenewal(options, invocation, { loud: true }),
  );
  const http = await context.connect(connection);
  try {
    return await story({
      wire: { http, signal: context.signal, emit },
      settle: createGate(waivedChecks(options), emit),
      emit,
    });
  } finally {
    await http.close();
  }
}
