import { type HttpResponse, isHttpUrl, isUrl } from '../http-message.ts';
import { claimsOf } from '../jose/jwt.ts';
import { type JsonObject, textListMember } from '../json/json.ts';
import { challengeParameter, readChallenges } from '../protocol/challenge.ts';
import { own, say } from '../say.ts';
import {
  type CheckResult,
  checkOf,
  checkResult,
  comparedWith,
  fail,
  pass,
  skip,
  type Verdict,
  warn,
} from './check-result.ts';
import { listed, shownValue } from './shown-value.ts';

/** Judges how a resource refuses a request without a token (RFC 9728 §5.1, RFC 6750 §3). */
export const checkResourceChallenge = checkOf('resource-challenge', ({ status, headers }: HttpResponse) => {
  if (status < 400) return skip(say`It answered ${status} without a token: it needs none here.`);
  if (status !== 401) return warn(say`It answered ${status} without a token; 401 asks for one.`);
  const challenges = readChallenges(headers);
  const ours = challenges.filter(({ scheme }) => /^(?:bearer|dpop)$/i.test(scheme));
  if (ours.length === 0) return warn('Status 401, and WWW-Authenticate names neither Bearer nor DPoP.');
  if (ours.some(({ wellFormed }) => !wellFormed))
    return warn('WWW-Authenticate does not follow its grammar; clients may read it otherwise.');
  return ours.some((one) => challengeParameter(one, 'resource_metadata') !== null)
    ? pass('Status 401 with a challenge that names the metadata of the resource.')
    : warn('The challenge has no resource_metadata: a client has to guess where the metadata is.');
});

/** A place where the metadata of a resource may be, and what was there. */
export interface ResourcePlace {
  readonly url: string;
  readonly result: string;
  readonly metadata?: JsonObject;
}

/** Judges whether the metadata of a resource was found, and where its challenge names it (RFC 9728 §3.1, §3.2, §5.1). */
export const checkResourceMetadata = checkOf('resource-metadata', judgePlaces);

function judgePlaces(places: readonly ResourcePlace[], named: string | undefined): Verdict {
  const found = places.find(({ metadata }) => metadata !== undefined);
  const [first] = places;
  if (found === undefined) {
    const tried = places.map(({ url, result }) => `${url} (${result})`).join(', ');
    return fail(say`None of these is metadata of a resource: ${tried}.`);
  }
  return named === undefined || first === found
    ? pass(say`Found at ${found.url}.`)
    : warn(
        say`The challenge names ${named}, where it is not (${first?.result ?? 'not looked at'}). Found at ${found.url}.`,
      );
}

/**
 * Judges whether the metadata is that of the resource that was asked for: `resource` is its URL, octet by octet (RFC
 * 9728 §3.3). A URL below it on the same origin only warns, as clients in use allow it.
 */
export const checkResourceIdentifier = checkOf('resource-identifier', judgeIdentifier);

function judgeIdentifier(asked: string, { resource }: JsonObject): Verdict {
  const compared = comparedWith(asked, shownValue(resource));
  if (typeof resource !== 'string' || !isUrl(resource))
    return fail('resource is missing, or is not a URL.', compared);
  if (/[\s#]/.test(resource))
    return fail('resource has a fragment or white space, which no identifier has.', compared);
  if (resource === asked) return pass('resource is the URL that was asked for.', compared);
  const [wanted, named] = [new URL(asked), new URL(resource)];
  if (wanted.origin !== named.origin) return fail('resource names another origin.', compared);
  if (wanted.href === named.href)
    return warn('resource differs in its spelling alone: the case of the host, or a slash.', compared);
  const path = (url: URL) => url.pathname.replace(/\/$/, '');
  if (path(wanted) === path(named))
    return warn('resource differs by a slash at its end, or by its query.', compared);
  return path(wanted).startsWith(`${path(named)}/`)
    ? warn('resource names a path above the one that was asked for.', compared)
    : fail('resource names another path.', compared);
}

/** Judges how a resource takes tokens: this tool, as every MCP client, sends them in the header alone (RFC 9728 §2). */
export const checkBearerMethods = checkOf('resource-bearer-methods', (metadata: JsonObject) => {
  const { bearer_methods_supported: methods } = metadata;
  if (methods === undefined) return skip('bearer_methods_supported is not there.');
  const compared = comparedWith(own('header'), shownValue(methods));
  return Array.isArray(methods) && methods.includes('header')
    ? pass('It takes tokens in the Authorization header.', compared)
    : warn('It does not list the Authorization header, where clients send the token.', compared);
});

/** Judges the authorization servers that a resource names (RFC 9728 §2, §7.6). */
export const checkAuthorizationServers = checkOf('resource-authorization-servers', judgeServers);

function judgeServers(servers: readonly string[] | undefined): Verdict {
  if (servers === undefined || servers.length === 0)
    return fail('authorization_servers is missing, empty or not a list of texts: no server is named to ask.');
  const wrong = servers.filter(
    (server) => !isHttpUrl(server) || /[?#\s]|\/\.well-known\/|^\w+:\/\/[^/]*@/.test(server),
  );
  if (wrong.length === 0) return pass(say`It names ${listed(servers)}.`);
  const objection = say`${listed(wrong)} ${own(wrong.length === 1 ? 'is' : 'are')} not an issuer URL.`;
  return wrong.length === servers.length ? fail(objection) : warn(objection);
}

/** Judges the authorization server that the user gives: a resource that names its own takes tokens of no other. */
export function checkGivenServer(given: string, metadata: JsonObject | null): readonly CheckResult[] {
  const named = textListMember(metadata ?? {}, 'authorization_servers') ?? [];
  if (metadata === null || named.includes(given)) return [];
  const text = say`${given} is not among the authorization servers that the resource names.`;
  const compared = { expected: named.join(' '), received: given };
  return [checkResult('resource-authorization-servers', 'fail', text, compared)];
}

/**
 * Judges the audience of an access token, where it is a JWT (RFC 8707 §2, RFC 9068 §3). Some servers name the client in
 * place of the resource, as Microsoft Entra does.
 */
export const checkResourceAudience = checkOf('access-token-aud', judgeAudience);

function judgeAudience(accessToken: string, resources: readonly string[], clientId: string): Verdict {
  const claims = claimsOf(accessToken);
  if (Object.keys(claims).length === 0)
    return skip('The access token is not a JWT: only the server can read its audience.');
  const compared = comparedWith(listed(resources), shownValue(claims.aud));
  const audiences = [claims.aud].flat().filter((one) => typeof one === 'string');
  if (audiences.length === 0) return warn('The access token names no audience.', compared);
  if (resources.some((resource) => audiences.includes(resource)))
    return pass('The access token is for this resource.', compared);
  const isNear = (one: string) =>
    resources.some((resource) => one.replace(/\/$/, '') === resource.replace(/\/$/, ''));
  if (audiences.some(isNear))
    return warn('Its audience differs from the resource by a slash at its end.', compared);
  return audiences.includes(clientId)
    ? warn('The access token is for the client itself, as some servers have it.', compared)
    : fail('The access token is for another resource.', compared);
}
