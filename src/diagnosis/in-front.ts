import { type HttpResponse, headerValue } from '../http-message.ts';
import { readChallenges, tokenChallenge } from '../protocol/challenge.ts';
import { isPage, readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import { own, type Said, say } from '../say.ts';

const fronts =
  /cloudflare|akamai|cloudfront|awselb|sucuri|imperva|incapsula|ddos-guard|big-?ip|fastly|varnish/i;
/** The header field by which the API gateway of AWS names its own errors. */
const gatewayError = 'x-amzn-errortype';

/** What the owner of a server does about a login in front of it that is not OAuth. */
export const letThrough = own('Have the owner of the server let clients through that sign in with OAuth.');

/**
 * What is said of an answer to a request, `what`, that is not that of the application: one of a gateway, proxy or
 * firewall. A 401 that asks for other credentials than a token is one where it is of a resource. undefined for others.
 */
export function refusedInFront(what: Said, response: HttpResponse, isOfResource = false) {
  if (!comesFromInFront(response) && !(isOfResource && asksForOtherLogin(response))) return undefined;
  const { status } = response;
  return {
    fault: 'in_front' as const,
    statement: say`Something in front of the server refused the ${what} with status ${status}.`,
    evidence: [nameOf(response)],
    fix: waitFor(response) ?? wayPast(status),
  };
}

function comesFromInFront(response: HttpResponse): boolean {
  const { status, headers } = response;
  if (status === 407 || headerValue(headers, 'cf-mitigated') !== undefined) return true;
  if (![403, 429, 502, 503, 504].includes(status) && !(status >= 520 && status < 531)) return false;
  if (isPage(response) || headerValue(headers, gatewayError) !== undefined) return true;
  // JSON is of the application, whose answers bear the name of what is in front of it too.
  if (topLevelObject(readResponseBody(response.body)) !== undefined) return false;
  return status === 502 || status === 504 || fronts.test(headerValue(headers, 'server') ?? '');
}

/** Whether a 401 asks for credentials that are not a token, as a proxy with a password does. */
function asksForOtherLogin({ status, headers }: HttpResponse): boolean {
  const challenges = readChallenges(headers);
  return status === 401 && challenges.length > 0 && tokenChallenge(challenges) === undefined;
}

/** How long to wait for a server that limits requests, or says when to come again. */
export function waitFor({ status, headers }: HttpResponse): Said | undefined {
  const seconds = headerValue(headers, 'retry-after');
  if (seconds !== undefined && status >= 400) return say`Wait, and try it again: Retry-After is ${seconds}.`;
  return status === 429 ? own('Wait, and try it again.') : undefined;
}

/** What to do about an answer of something in front: a name that it refuses is another matter than a server that is down. */
function wayPast(status: number): Said {
  if (status === 401) return letThrough;
  if (status === 407)
    return own(
      'It is a proxy that wants a password: give it in HTTPS_PROXY or OAUTH_CODE_PROXY, http://user:password@host:port.',
    );
  return own(
    status >= 500
      ? 'Try it again later. What is in front of the server gets no answer of it.'
      : 'Try it under the name of another client: --user-agent "Mozilla/5.0". Or have its owner let such clients through.',
  );
}

function nameOf(response: HttpResponse): Said {
  const server = headerValue(response.headers, 'server');
  const gateway = headerValue(response.headers, gatewayError);
  if (gateway !== undefined) return say`It is of a gateway: ${own(gatewayError)} is ${gateway}.`;
  const page = own(isPage(response) ? 'a web page' : 'no JSON');
  return server === undefined ? say`The answer is ${page}.` : say`The answer is ${page}, of "${server}".`;
}
