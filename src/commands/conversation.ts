import type { Client, ClientSettings } from '../client/client.ts';
import {
  type Conversation,
  createProver,
  type DpopSettings,
  startConversation,
} from '../flows/conversation.ts';
import { rememberedClient } from '../sessions/renew-session.ts';
import type { ServerAccess } from '../sessions/token-settings.ts';
import { canAsk } from '../settings/output-settings.ts';
import type { Session } from '../storage/session-store.ts';
import type { Invocation } from './command.ts';
import { narrateRequests } from './narrate.ts';
import { recordTrace } from './trace/record-trace.ts';

/** Holds a conversation with one server, told on stderr as it goes and recorded where that is wanted. */
export async function withConversation<Result>(
  access: Pick<ServerAccess, 'connection'> & {
    readonly waived?: ServerAccess['waived'];
    /** Where answers may be encrypted. */
    readonly decryptionKey?: ServerAccess['decryptionKey'];
    readonly dpop?: DpopSettings | undefined;
  },
  invocation: Invocation,
  hold: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const { context } = invocation;
  const connection = await access.connection();
  const decryptionKey = await access.decryptionKey?.();
  const narrate = narrateRequests(invocation, { loud: true });
  const emit = await recordTrace(invocation, narrate);
  const http = await context.connect(connection);
  try {
    const dpop = await createProver(access.dpop, context.now, emit);
    const { waived = new Set() } = access;
    const { signal } = context;
    return await hold(startConversation({ http, signal, emit, waived, dpop, decryptionKey }));
  } finally {
    await http.close();
  }
}

/** The client of a session, at the server that the session is with; its assertion is fetched where it has to be. */
export async function clientOfSession(
  access: ServerAccess,
  session: Session,
  invocation: Invocation,
): Promise<Client> {
  return rememberedClient(await fetchAssertion(await access.client(session), access, invocation), session);
}

/** The client with its assertion, which is fetched where it has to be. @throws as `withAssertion` */
export async function fetchAssertion(
  client: ClientSettings,
  access: Pick<ServerAccess, 'connection' | 'waived'>,
  invocation: Invocation,
): Promise<ClientSettings> {
  if (client.assertionService === undefined) return client;
  const { withAssertion } = await import('../flows/client-assertion.ts');
  const narrate = narrateRequests(invocation, { loud: false });
  const emit = await recordTrace(invocation, narrate);
  return withAssertion(client, await access.connection(), invocation.context, {
    emit,
    waived: access.waived,
  });
}

/** Whether a public resource may lead to an address of this machine or of a private network: as was said, else the user is asked. */
export function mayLeadToPrivate(
  isAllowed: boolean,
  { context, output }: Invocation,
): (target: URL, kind: string) => Promise<boolean> {
  return async ({ host }, kind) =>
    isAllowed ||
    (canAsk(output, context) && context.prompt.confirm(`The server leads to ${host}, ${kind}. Go there?`));
}
