import { checkResult } from '../checks/check-result.ts';
import { checkSignedMetadata } from '../checks/signed-metadata.ts';
import { UsageError } from '../errors.ts';
import { textListMember, textMember } from '../json/json.ts';
import { say } from '../say.ts';
import { type Conversation, isUnreachable } from './conversation.ts';
import { discoverServer } from './discover-metadata.ts';
import { type DiscoveredResource, discoverResource, type ResourceRules } from './discover-resource.ts';
import type { LoginSettings, ServerSettings } from './login-settings.ts';

/**
 * The login that a protected resource asks for, once it was asked what it wants.
 * @throws ValidationError where the resource leads nowhere; UsageError where it needs no token
 */
export async function loginForResource(
  conversation: Conversation,
  { url, ...rules }: ResourceRules & { readonly url: string },
  login: LoginSettings,
): Promise<LoginSettings> {
  const found = await discoverResource(conversation, url, rules);
  const { status } = found.answer;
  if (found.metadata === null && status < 400) {
    throw new UsageError(say`${url} answers without a token (status ${status}): it needs none.`, {
      step: 'resource',
      hint: 'To log in all the same, name the authorization server with --issuer URL, without --resource-url.',
    });
  }
  return aimAtResource(conversation, found, login);
}

/**
 * Aims a login at a resource: at the first authorization server of it that can be reached, for the scope of its
 * challenge or its metadata, and for itself (RFC 9728 §5, RFC 8707 §2). The user's own values go before it.
 * @throws ValidationError where the resource leads nowhere
 */
export async function aimAtResource<
  Login extends Pick<LoginSettings, 'server' | 'request' | 'dpop' | 'flow'>,
>(
  conversation: Conversation,
  found: DiscoveredResource,
  login: Login,
): Promise<Login & Pick<LoginSettings, 'resourceScope'>> {
  const given = login.server.issuer;
  const isListed =
    given === undefined || found.metadata === null || found.authorizationServers.includes(given);
  const unlisted = say`${given ?? ''} is not among the authorization servers that the resource names.`;
  const checks = [
    ...found.checks.filter(({ id }) => isListed || id !== 'resource-authorization-servers'),
    ...(await checkSignedMetadata(found.metadata ?? {})),
    ...(isListed
      ? []
      : [
          checkResult('resource-authorization-servers', 'fail', unlisted, {
            expected: found.authorizationServers.join(' '),
            received: given,
          }),
        ]),
  ];
  // A resource without metadata leads where the user says.
  const isBlind = given !== undefined && found.metadata === null;
  conversation.requireChecks(
    'resource',
    isBlind
      ? checks.map((check) => (check.outcome === 'fail' ? { ...check, outcome: 'warn' } : check))
      : checks,
  );
  const chosen =
    given === undefined ? await firstReachable(conversation, found.authorizationServers) : { issuer: given };
  const identifier = (found.metadata && textMember(found.metadata, 'resource')) ?? found.url;
  const { request, server } = login;
  return {
    ...login,
    resourceScope: [
      ...found.scope,
      ...((found.metadata && textListMember(found.metadata, 'scopes_supported')) ?? []),
    ],
    server: {
      ...server,
      ...chosen,
      // A flow that redeems no code in this browser has no use for it.
      demandsPkce: login.flow === undefined,
    },
    request: {
      ...request,
      scope: request.scope.length > 0 ? request.scope : found.scope,
      resources: request.resources.length > 0 ? request.resources : [identifier],
    },
    dpop: login.dpop ?? (demandsDpop(found) ? {} : undefined),
  };
}

/** Tells whether a resource takes no token but one that is bound to a key (RFC 9728 §2, RFC 9449 §7.1). */
export function demandsDpop({ metadata, challenges }: DiscoveredResource): boolean {
  return (
    metadata?.dpop_bound_access_tokens_required === true ||
    (challenges.length > 0 && challenges.every(({ scheme }) => /^dpop$/i.test(scheme)))
  );
}

/** Of several servers the first that has metadata; where none has, the first, whose failure is then told (RFC 9728 §7.6). */
async function firstReachable(
  conversation: Conversation,
  servers: readonly string[],
): Promise<Pick<ServerSettings, 'issuer' | 'found'>> {
  const [first] = servers;
  if (first === undefined) return {};
  if (servers.length === 1) return { issuer: first };
  for (const issuer of servers) {
    try {
      const { documents } = await discoverServer(conversation, { issuer, given: {} }, 'first');
      return { issuer, found: documents };
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const text = say`${issuer} gave no metadata: the next authorization server is asked.`;
      conversation.requireChecks('resource', [checkResult('resource-authorization-servers', 'warn', text)]);
    }
  }
  return { issuer: first };
}
