import { UsageError } from '../../errors.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { discoverServer, requireEndpoint } from '../../flows/discover-metadata.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { type JsonObject, textMember } from '../../json/json.ts';
import { say } from '../../say.ts';
import type { Session } from '../../storage/session-store.ts';

/**
 * Finds an endpoint: the one that is given, else the one the session was made with, else the discovered one; and what
 * else is known of its server.
 * @throws UsageError when no server is known or it has no such endpoint; what discovery throws
 */
export async function findEndpoint(
  conversation: Conversation,
  member: 'userinfo_endpoint' | 'introspection_endpoint' | 'revocation_endpoint',
  server: ServerSettings,
  session: Session | undefined,
) {
  const remembered: JsonObject = Object.fromEntries(
    Object.entries(session?.server ?? {}).filter(([, value]) => typeof value === 'string'),
  ) as JsonObject;
  const known: JsonObject = { ...remembered, ...server.given };
  const issuer = server.issuer ?? session?.issuer ?? undefined;
  if (textMember(known, member) !== undefined) {
    const place = { metadata: known, issuer: issuer ?? null };
    return { ...place, url: requireEndpoint(place, member) };
  }
  if (issuer === undefined && server.metadataUrl === undefined) {
    throw new UsageError('No authorization server was given.', {
      hint: say`Add --issuer URL, or --${member.replaceAll('_', '-')} URL for a server without metadata.`,
    });
  }
  const asked = { ...server, issuer };
  const discovered = await discoverServer(conversation, asked, 'first');
  conversation.requireChecks('discovery', discovered.checks);
  const metadata = { ...remembered, ...discovered.metadata };
  const place = { metadata, issuer: discovered.issuer };
  return { ...place, url: requireEndpoint(place, member) };
}

/** An endpoint that was found. */
export type FoundEndpoint = Awaited<ReturnType<typeof findEndpoint>>;
