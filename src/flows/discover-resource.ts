import type { CheckResult } from '../checks/check-result.ts';
import { addressKind, checkPrivateAddress } from '../checks/private-address.ts';
import {
  checkAuthorizationServers,
  checkBearerMethods,
  checkResourceChallenge,
  checkResourceIdentifier,
  checkResourceMetadata,
  type ResourcePlace,
} from '../checks/protected-resource.ts';
import { InvalidResponseError, NetworkError } from '../errors.ts';
import { getRequest, type HttpResponse, isHttpUrl } from '../http-message.ts';
import { type JsonObject, textListMember } from '../json/json.ts';
import { challengeParameter, readChallenges } from '../protocol/challenge.ts';
import { splitScope } from '../protocol/parameters.ts';
import { readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import { remember, say } from '../say.ts';
import { callMcp, isStream, toolNames } from './call-mcp.ts';
import type { Conversation } from './conversation.ts';
import type { ServerSettings } from './login-settings.ts';

/** A protected resource once it was asked what it wants (RFC 9728). */
export interface DiscoveredResource {
  /** As it was typed. */
  readonly url: string;
  /** To a request without a token. */
  readonly answer: HttpResponse;
  /** Names of the tools that an MCP server lists without a token; null where it lists none. */
  readonly tools: readonly string[] | null;
  /** Whether it opens a stream to GET and takes no POST (MCP 2024-11-05, Transports). */
  readonly isOldTransport: boolean;
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
  /** Judges an address that an authorization server of it names; asks where that is not public. */
  readonly judgeAddress: NonNullable<ServerSettings['judgeAddress']>;
  readonly checks: readonly CheckResult[];
}

/** How a resource is asked. */
export interface ResourceRules {
  /** Whether a resource may lead to this address, which is private or link-local; asked once for each host. */
  readonly allowsPrivate?: (target: URL, kind: string) => Promise<boolean>;
  /** Whether it is known for an MCP server, and so judged by the list of its tools. */
  readonly isMcp?: boolean;
}

/**
 * Asks a resource without a token, and fetches the metadata that it names or that is at one of its well-known places
 * (RFC 9728 §3, §5).
 * @throws NetworkError when the resource itself cannot be reached
 */
export async function discoverResource(
  conversation: Conversation,
  url: string,
  { allowsPrivate, isMcp = false }: ResourceRules = {},
): Promise<DiscoveredResource> {
  const { answer, tools, isOldTransport } = await askWithoutToken(conversation, url, isMcp);
  const found = readChallenges(answer.headers);
  const parameter = (name: string) =>
    found.map((one) => challengeParameter(one, name)).find((value) => value !== null) ?? undefined;
  const named = parameter('resource_metadata');
  const checks: CheckResult[] = [checkResourceChallenge(answer)];
  const allowed = new Map<string, Promise<boolean>>();
  const judgeAddress = async (target: string, id?: 'metadata-private-address') => {
    const refusal = checkPrivateAddress(url, target, id);
    if (refusal === undefined) return undefined;
    const place = new URL(target);
    const asked = allowed.get(place.host) ?? allowsPrivate?.(place, addressKind(target));
    allowed.set(place.host, asked ?? Promise.resolve(false));
    return (await asked) === true ? undefined : refusal;
  };
  const mayFollow = async (target: string) => {
    const refusal = await judgeAddress(target);
    if (refusal !== undefined) checks.push(refusal);
    return refusal === undefined;
  };
  const places: ResourcePlace[] = [];
  for (const place of new Set([...(named === undefined ? [] : [named]), ...wellKnownPlaces(url)])) {
    if (!isHttpUrl(place)) places.push({ url: place, result: 'not an http or https URL' });
    else if (await mayFollow(place)) places.push(await lookAt(conversation, place));
    if (places.at(-1)?.metadata !== undefined) break;
  }
  const place = places.find(({ metadata }) => metadata !== undefined);
  const metadata = place?.metadata ?? null;
  const servers = metadata === null ? undefined : textListMember(metadata, 'authorization_servers');
  const authorizationServers: string[] = [];
  const refusedBefore = checks.length;
  for (const server of servers ?? [])
    if (isHttpUrl(server) && (await mayFollow(server))) authorizationServers.push(server);
  // A server that is passed over stops nothing where another is left (RFC 9728 §7.6).
  const refusals = checks.splice(refusedBefore);
  checks.push(
    ...refusals.map((one) => (authorizationServers.length > 0 ? { ...one, outcome: 'warn' as const } : one)),
  );
  const scope = parameter('scope');
  checks.push(checkResourceMetadata(places, named));
  if (metadata !== null)
    checks.push(
      checkResourceIdentifier(url, metadata),
      checkAuthorizationServers(servers),
      checkBearerMethods(metadata),
    );
  return {
    url,
    answer,
    tools,
    isOldTransport,
    challenges: found.map(({ scheme, parameters }) => ({ scheme, params: Object.fromEntries(parameters) })),
    places,
    metadataUrl: place?.url ?? null,
    metadata,
    authorizationServers,
    scope:
      scope !== undefined
        ? splitScope(scope)
        : ((metadata && textListMember(metadata, 'scopes_supported')) ?? []),
    judgeAddress: (target) => judgeAddress(target, 'metadata-private-address'),
    checks,
  };
}

/** An MCP server may answer a GET with anything, and ask for a token when it is called. */
async function askWithoutToken(
  conversation: Conversation,
  url: string,
  isMcp: boolean,
): Promise<Pick<DiscoveredResource, 'answer' | 'tools' | 'isOldTransport'>> {
  const request = getRequest(url, 'application/json');
  const get = await conversation.send('resource', request, { isWhole: isStream });
  const { status } = get.response;
  if (status === 401 || (status < 400 && !isMcp))
    return { answer: get.response, tools: null, isOldTransport: false };
  const called = await callMcp(conversation, 'resource', url);
  const { response } = called.exchange;
  // Only an MCP server takes a POST.
  const isFit = isMcp ? !isOtherMethod(response) : response.status < 400;
  const isTheAnswer = response.status === 401 || called.result !== null || isFit;
  const isOldTransport = status === 200 && isStream(get.response.headers) && isOtherMethod(response);
  return { answer: isTheAnswer ? response : get.response, tools: toolNames(called), isOldTransport };
}

/** Whether an answer to a POST says that none is taken. */
export function isOtherMethod({ status }: HttpResponse): boolean {
  return [404, 405, 415].includes(status);
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
    const { response } = await conversation.send('resource', getRequest(url, 'application/json'));
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
