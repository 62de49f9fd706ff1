import { InvalidResponseError, UsageError } from '../../errors.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { discoverServer, missingEndpoint } from '../../flows/discover-metadata.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { isHttpUrl } from '../../http-message.ts';
import { type JsonObject, textMember } from '../../json/json.ts';
import { say } from '../../say.ts';
import type { Session } from '../../storage/session-store.ts';

/** An endpoint of a server, and what else is known of that server. */
export interface FoundEndpoint {
  readonly url: string;
  /** Members from the options, the session or discovery. */
  readonly metadata: JsonObject;
  readonly issuer: string | null;
}

/** Endpoints that a command may be about, as messages call them. */
const names = {
  userinfo_endpoint: 'UserInfo endpoint',
  introspection_endpoint: 'introspection endpoint',
  revocation_endpoint: 'revocation endpoint',
} as const;

/**
 * Finds an endpoint: the one that is given, else the one the session was made with, else the discovered one.
 * @throws UsageError when no server is known or it has no such endpoint; what discovery throws
 */
export async function findEndpoint(
  conversation: Conversation,
  member: keyof typeof names,
  server: ServerSettings,
  session: Session | undefined,
): Promise<FoundEndpoint> {
  const remembered: JsonObject = Object.fromEntries(
    Object.entries(session?.server ?? {}).filter(([, value]) => typeof value === 'string'),
  ) as JsonObject;
  const known: JsonObject = { ...remembered, ...server.given };
  const issuer = server.issuer ?? session?.issuer ?? undefined;
  const knownUrl = textMember(known, member);
  if (knownUrl !== undefined)
    return { url: requireUrl(knownUrl, member), metadata: known, issuer: issuer ?? null };
  if (issuer === undefined && server.metadataUrl === undefined) {
    throw new UsageError('No authorization server was given.', {
      hint: say`Add --issuer URL, or --${member.replaceAll('_', '-')} URL for a server without metadata.`,
    });
  }
  const asked = { ...server, ...(issuer === undefined ? {} : { issuer }) };
  const discovered = await discoverServer(conversation, asked, 'first');
  conversation.requireChecks('discovery', discovered.checks);
  const metadata = { ...remembered, ...discovered.metadata };
  const url = textMember(metadata, member);
  if (url === undefined) throw missingEndpoint(member, discovered.issuer);
  return { url: requireUrl(url, member), metadata, issuer: discovered.issuer };
}

function requireUrl(url: string, member: keyof typeof names): string {
  if (isHttpUrl(url)) return url;
  throw new InvalidResponseError(`The metadata names a ${names[member]} that is not an http or https URL.`, {
    step: 'discovery',
    hint: say`Give the right one with --${member.replaceAll('_', '-')} URL.`,
  });
}
