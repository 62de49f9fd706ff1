import { checkResult } from '../checks/check-result.ts';
import { UsageError } from '../errors.ts';
import { textMember } from '../json/json.ts';
import { say } from '../say.ts';
import type { Conversation } from './conversation.ts';
import { discoverResource } from './discover-resource.ts';
import type { LoginSettings } from './login-settings.ts';

/**
 * The login that a protected resource asks for: at the first authorization server that it names, for the scope of its
 * challenge or its metadata, and for itself (RFC 9728 §5, RFC 8707 §2). What the user gave goes before it.
 * @throws ValidationError where the resource leads nowhere; UsageError where it needs no token
 */
export async function aimAtResource(
  conversation: Conversation,
  { url, allowsPrivate }: { readonly url: string; readonly allowsPrivate: boolean },
  login: LoginSettings,
): Promise<LoginSettings> {
  const found = await discoverResource(conversation, url, { allowsPrivate });
  if (found.metadata === null && found.status < 400) {
    throw new UsageError(say`${url} answers without a token (status ${found.status}): it needs none.`, {
      step: 'resource',
      hint: 'To log in all the same, name the authorization server with --issuer URL, without --resource-url.',
    });
  }
  const given = login.server.issuer;
  const isListed = given === undefined || found.authorizationServers.includes(given);
  const unlisted = say`${given ?? ''} is not among the authorization servers that the resource names.`;
  conversation.requireChecks('resource', [
    ...found.checks.filter(({ id }) => isListed || id !== 'resource-authorization-servers'),
    ...(isListed ? [] : [checkResult('resource-authorization-servers', 'fail', unlisted)]),
  ]);
  const issuer = given ?? found.authorizationServers[0];
  const identifier = (found.metadata && textMember(found.metadata, 'resource')) ?? url;
  const { request, server } = login;
  return {
    ...login,
    isForResource: true,
    server: issuer === undefined ? server : { ...server, issuer },
    request: {
      ...request,
      scope: request.scope.length > 0 ? request.scope : found.scope,
      resources: request.resources.length > 0 ? request.resources : [identifier],
    },
  };
}
