import { withdrawClient } from '../../flows/register-client.ts';
import type { JsonObject } from '../../json/json.ts';
import type { ServerAccess } from '../../sessions/token-settings.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';

/** No run lasts longer for the sake of a client that it does not need any more. */
const longestMs = 8000;

/** Deletes a client that is not used after all, also when the run was cancelled; whether it is gone is told and returned. */
export function withdraw(
  client: JsonObject,
  access: Pick<ServerAccess, 'connection' | 'waived'>,
  invocation: Invocation,
): Promise<boolean> {
  const context = { ...invocation.context, signal: AbortSignal.timeout(longestMs) };
  return withConversation('register', access, { ...invocation, context }, (conversation) =>
    withdrawClient(conversation, client),
  );
}
