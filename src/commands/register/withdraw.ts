import { withdrawClient } from '../../flows/register-client.ts';
import type { JsonObject } from '../../json/json.ts';
import type { ServerAccess } from '../../sessions/token-settings.ts';
import {
  openRegistration,
  removeRegistration,
  savedRegistrations,
} from '../../storage/registration-store.ts';
import { savedSessions } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';

/** A client at its server. */
interface ClientOfServer {
  readonly issuer: string | null;
  readonly client_id: string;
}

/**
 * Deletes the clients that were registered for logins and that no session uses any more, at the server and here; one
 * that stays at the server is told, and kept here.
 * @throws ConfigError when a file cannot be read or removed
 */
export async function dropUnusedClients(
  left: readonly ClientOfServer[],
  access: Pick<ServerAccess, 'connection' | 'waived'>,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const isAmong = (list: readonly ClientOfServer[], one: ClientOfServer) =>
    list.some(({ issuer, client_id }) => issuer === one.issuer && client_id === one.client_id);
  const unused = (await savedRegistrations(context)).filter((one) => one.of_login && isAmong(left, one));
  if (unused.length === 0) return;
  const used = (await savedSessions(context)).map(({ saved }) => saved);
  for (const saved of unused.filter((one) => !isAmong(used, one))) {
    const client = await openRegistration(context, saved);
    if (await withdraw(client, access, invocation)) await removeRegistration(context, saved);
  }
}

/** No run lasts longer for the sake of a client that it does not need any more. */
const longestMs = 8000;

/** Deletes a client that is not used after all, also when the run was cancelled; whether it is gone is told and returned. */
export function withdraw(
  client: JsonObject,
  access: Pick<ServerAccess, 'connection' | 'waived'>,
  invocation: Invocation,
): Promise<boolean> {
  const context = { ...invocation.context, signal: AbortSignal.timeout(longestMs) };
  return withConversation(access, { ...invocation, context }, (conversation) =>
    withdrawClient(conversation, client),
  );
}
