import { applyWaivers, type CheckResult, checkResult, firstStoppingFailure } from '../checks/check-result.ts';
import { checkGivenServer } from '../checks/protected-resource.ts';
import { checkSignedMetadata } from '../checks/signed-metadata.ts';
import { UsageError } from '../errors.ts';
import { textListMember, textMember } from '../json/json.ts';
import { joined, own, recall, type Said, say } from '../say.ts';
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
 * Aims a login at a resource: at the first authorization server of it that can be used, for the scope of its
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
  const unlisted = given === undefined ? [] : checkGivenServer(given, found.metadata);
  const checks = [
    ...found.checks.filter(({ id }) => unlisted.every((one) => one.id !== id)),
    ...(await checkSignedMetadata(found.metadata ?? {})),
    ...unlisted,
  ];
  // A resource without metadata leads where the user says.
  const isBlind = given !== undefined && found.metadata === null;
  conversation.requireChecks(
    'resource',
    isBlind
      ? checks.map((check) => (check.outcome === 'fail' ? { ...check, outcome: 'warn' } : check))
      : checks,
  );
  // A flow that redeems no code in this browser has no use for it.
  const demandsPkce = login.flow === undefined;
  const { checks: faults = [], ...chosen } =
    given === undefined ? await firstUsable(conversation, found, demandsPkce) : { issuer: given };
  conversation.requireChecks('resource', faults);
  const identifier = (found.metadata && textMember(found.metadata, 'resource')) ?? found.url;
  const { request, server } = login;
  return {
    ...login,
    resourceScope: [
      ...found.scope,
      ...((found.metadata && textListMember(found.metadata, 'scopes_supported')) ?? []),
    ],
    server: { ...server, ...chosen, demandsPkce },
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

/**
 * Of several authorization servers the first whose metadata can be used, and what is wrong with those before it; where
 * none can be, the first, whose failure is told by the login (RFC 9728 §7.6).
 */
export async function firstUsable(
  conversation: Conversation,
  { authorizationServers: servers, judgeAddress }: DiscoveredResource,
  demandsPkce: boolean,
): Promise<
  Pick<ServerSettings, 'issuer' | 'found' | 'judgeAddress'> & { readonly checks?: readonly CheckResult[] }
> {
  const faults: Said[] = [];
  const told = (end: Said) => {
    const text = say`${joined(faults, ' ')}${end}`;
    return faults.length === 0 ? [] : [checkResult('resource-authorization-servers', 'warn', text)];
  };
  for (const issuer of servers.length > 1 ? servers : []) {
    try {
      const asked = { issuer, given: {}, demandsPkce, judgeAddress };
      const { documents, checks } = await discoverServer(conversation, asked, 'first');
      const failure = firstStoppingFailure(applyWaivers(checks, conversation.waived));
      if (failure === undefined)
        return { issuer, judgeAddress, found: documents, checks: told(say` ${issuer} is used instead.`) };
      const { id, title, detail, received = '' } = failure;
      const named = id === 'metadata-issuer' ? say` It names ${recall(received)}.` : own('');
      faults.push(say`${issuer} cannot be used: ${own(title)}: ${recall(detail)}${named}`);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      faults.push(say`${issuer} cannot be used: ${recall(error.message)}`);
    }
  }
  return { issuer: servers[0], judgeAddress, checks: told(own('')) };
}
