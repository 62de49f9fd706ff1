import type { CheckResult } from '../checks/check-result.ts';
import {
  checkAuthorizationServers,
  checkPrivateAddress,
  checkResourceChallenge,
  checkResourceIdentifier,
  checkResourceMetadata,
  type ResourcePlace,
} from '../checks/protected-resource.ts';
import { InvalidResponseError, NetworkError } from '../errors.ts';
import { type HttpResponse, isHttpUrl } from '../http-message.ts';
import { type JsonObject, textListMember } from '../json/json.ts';
import { challengeParameter, readChallenges } from '../protocol/challenge.ts';
import { splitScope } from '../protocol/parameters.ts';
import { readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import { remember, say } from '../say.ts';
import type { Conversation } from './conversation.ts';

/** A protected resource once it was asked what it wants (RFC 9728). */
export interface DiscoveredResource {
  /** As it was typed. */
  readonly url: string;
  readonly status: number;
  readonly challenges: readonly {
    readonly scheme: string;
    readonly params: Readonly<Record<string, string>>;
  }[];
  readonly places: readonly ResourcePlace[];
  readonly metadataUrl: string | null;
  readonly metadata: JsonObject | null;
  /** In the order of the metadata. */
  readonly authorizationServers: readonly string[];
  /** What to ask for: the scope of the challenge, else all that the metadata lists (RFC 9728 §7.2). */
  readonly scope: readonly string[];
  readonly checks: readonly CheckResult[];
}

/** An MCP server answers a GET with 405 or a stream, and asks for a token when it is called. */
const mcpCall = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'oauth-code', version: '1' },
  },
};

/**
 * Asks a resource without a token, and fetches the metadata that it names or that is at one of its well-known places
 * (RFC 9728 §3, §5).
 * @throws NetworkError when the resource itself cannot be reached
 */
export async function discoverResource(
  conversation: Conversation,
  url: string,
  { allowsPrivate = false }: { readonly allowsPrivate?: boolean } = {},
): Promise<DiscoveredResource> {
  const answer = await askWithoutToken(conversation, url);
  const found = readChallenges(answer.headers);
  const parameter = (name: string) =>
    found.map((one) => challengeParameter(one, name)).find((value) => value !== null) ?? undefined;
  const named = parameter('resource_metadata');
  const checks: CheckResult[] = [checkResourceChallenge(answer)];
  const mayFollow = (target: string) => {
    const refusal = allowsPrivate ? undefined : checkPrivateAddress(url, target);
    if (refusal !== undefined) checks.push(refusal);
    return refusal === undefined;
  };
  const places: ResourcePlace[] = [];
  for (const place of new Set([...(named === undefined ? [] : [named]), ...wellKnownPlaces(url)])) {
    if (!isHttpUrl(place)) places.push({ url: place, result: 'not an http or https URL' });
    else if (mayFollow(place)) places.push(await lookAt(conversation, place));
    if (places.at(-1)?.metadata !== undefined) break;
  }
  const place = places.find(({ metadata }) => metadata !== undefined);
  const metadata = place?.metadata ?? null;
  const servers = metadata === null ? undefined : textListMember(metadata, 'authorization_servers');
  const scope = parameter('scope');
  checks.push(checkResourceMetadata(places));
  if (metadata !== null)
    checks.push(checkResourceIdentifier(url, metadata), checkAuthorizationServers(servers));
  return {
    url,
    status: answer.status,
    challenges: found.map(({ scheme, parameters }) => ({ scheme, params: Object.fromEntries(parameters) })),
    places,
    metadataUrl: place?.url ?? null,
    metadata,
    authorizationServers: (servers ?? []).filter((server) => isHttpUrl(server) && mayFollow(server)),
    scope:
      scope !== undefined
        ? splitScope(scope)
        : ((metadata && textListMember(metadata, 'scopes_supported')) ?? []),
    checks,
  };
}

async function askWithoutToken(conversation: Conversation, url: string): Promise<HttpResponse> {
  // A stream of events, where one is accepted, would stay open.
  const headers = [['accept', 'application/json'] as const];
  const get = await conversation.send('resource', { method: 'GET', url, headers });
  if (get.response.status === 401 || get.response.status < 400) return get.response;
  const call = await conversation.send('resource', {
    method: 'POST',
    url,
    headers: [
      ['accept', 'application/json, text/event-stream'],
      ['content-type', 'application/json'],
    ],
    body: JSON.stringify(mcpCall),
  });
  return call.response.status === 401 || call.response.status < 400 ? call.response : get.response;
}

/** The well-known places of a resource: inserted before its path, and at the root (RFC 9728 §3.1). */
function wellKnownPlaces(url: string): readonly string[] {
  const { origin, pathname, search } = new URL(url);
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname.replace(/\/$/, '');
  return [...(path === '' && search === '' ? [] : [`${root}${path}${search}`]), root];
}

async function lookAt(conversation: Conversation, url: string): Promise<ResourcePlace> {
  try {
    const { response } = await conversation.send('resource', {
      method: 'GET',
      url,
      headers: [['accept', 'application/json']],
    });
    const metadata = response.status === 200 ? topLevelObject(readResponseBody(response.body)) : undefined;
    if (metadata !== undefined && (metadata.resource ?? metadata.authorization_servers) !== undefined)
      return { url, result: 'found', metadata };
    const isNone = response.status === 200;
    return {
      url,
      result: isNone ? 'no metadata of a resource' : remember(say`status ${response.status}`),
    };
  } catch (error) {
    if (!(error instanceof NetworkError || error instanceof InvalidResponseError)) throw error;
    return { url, result: error.message };
  }
}
