import { checkPrivateAddress } from '../checks/private-address.ts';
import type { Secret } from '../client/middleware.ts';
import { refusedInFront } from '../diagnosis/in-front.ts';
import { causeCode } from '../errors/system-failure.ts';
import { NamedError, NetworkError } from '../errors.ts';
import { getRequest, type HttpResponse, headerValue, withoutQuery } from '../http-message.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { type AnswerPage, mayBeOfFront, readAnswerPage } from '../recording/answer-page.ts';
import { isAt } from '../recording/url-input.ts';
import { own, remember, say } from '../say.ts';
import { redirectTarget } from './call-resource.ts';
import type { Conversation } from './conversation.ts';

/** How the server answers an authorization request without a user. */
export type ProbedAnswer =
  | (AnswerPage & { readonly response: HttpResponse })
  /** A code, or tokens, came without a person; they are discarded. */
  | { readonly type: 'granted' }
  /** A redirect to another origin, which is not followed. */
  | { readonly type: 'elsewhere'; readonly to: string }
  | { readonly type: 'circle' }
  /** No server is there, or one that ends each connection: at the endpoint, or where it sends the browser. */
  | { readonly type: 'dead'; readonly to?: string; readonly reason: string }
  /** An error after a redirect, of a page that needs a cookie or a session: it says nothing of the request. */
  | { readonly type: 'needs-cookies' }
  | { readonly type: 'unanswered'; readonly reason: string };

/** Browsers give up after as many (Fetch, HTTP-redirect fetch). */
const mostRedirects = 20;
/** Failures of a connection, by their codes in Node, that each client meets. */
const nobodyThere = /^(?:ECONNREFUSED|ENOTFOUND)$/;
const hangsUp = /^(?:ECONNRESET|UND_ERR_SOCKET)$/;
/** The user may be waiting for it. */
const longestSeconds = 10;

/**
 * Asks once, without cookies, how the server answers an authorization request, so that an error can be told which it
 * shows in the browser alone (RFC 6749 §4.1.2.1). Redirects are followed within the origin, and never to the redirect URI;
 * of another origin it is asked whether one is there.
 * @throws the reason of the signal
 */
export async function probeAuthorization(
  conversation: Pick<Conversation, 'send'>,
  { url, parameters }: { readonly url: string; readonly parameters: Parameters },
  signal: AbortSignal,
): Promise<ProbedAnswer> {
  const limit = new AbortController();
  const end = (reason: string) => () =>
    limit.abort(new NetworkError('timeout', say`${reason}`, { step: 'probe' }));
  const timer = setTimeout(end(`The server took longer than ${longestSeconds} s.`), longestSeconds * 1000);
  const onAbort = end('The login came to its end.');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await follow(conversation, url, parameters, limit.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NamedError)) throw error;
    const isDead = failsBy(nobodyThere, error) || failsBy(hangsUp, error);
    return { type: isDead ? 'dead' : 'unanswered', reason: error.message };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A proxy that cannot be reached says nothing of the server. */
function failsBy(codes: RegExp, error: NamedError): boolean {
  return codes.test(causeCode(error)) && !/proxy/i.test(error.message);
}

async function follow(
  { send }: Pick<Conversation, 'send'>,
  url: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<ProbedAnswer> {
  const state = parameterValue(parameters, 'state');
  const redirectUri = parameterValue(parameters, 'redirect_uri');
  let at = url;
  const asked = new Set<string>();
  let setsCookie = false;
  for (let redirects = 0; redirects <= mostRedirects && !asked.has(at); redirects += 1) {
    asked.add(at);
    const request = getRequest(at, 'text/html, application/json;q=0.9');
    const { response } = await send('probe', request, { secretsIn: grantedIn, signal });
    const page = readAnswerPage(response);
    // A page behind a redirect finds no session, since cookies are not sent; an error in the redirect itself counts.
    const misses = setsCookie || (redirects > 0 && /cookie|session/i.test(page.words ?? ''));
    if (page.type === 'error' && misses && response.status >= 400) return { type: 'needs-cookies' };
    setsCookie ||= headerValue(response.headers, 'set-cookie') !== undefined;
    if (page.type === 'error') {
      const answer = { ...page, response };
      const front = response.status < 500 && mayBeOfFront(answer) && refusedInFront(own('request'), response);
      if (!front) return answer;
      return { type: 'unanswered', reason: remember(say`${front.statement} A browser may get past it.`) };
    }
    const target = redirectTarget({ response }, at);
    const place = target?.href ?? response.body;
    const isHome = [redirectUri, state].some((own) => own !== undefined && place.includes(own));
    if (isHome && grantedIn(response).length > 0) return { type: 'granted' };
    if (target === undefined) return { ...page, response };
    const to = withoutQuery(target.href);
    if (isAt(target.href, redirectUri)) return { type: 'elsewhere', to };
    if (target.origin !== new URL(url).origin)
      return (await reasonOfDeath(target)) ?? { type: 'elsewhere', to };
    at = target.href;
  }
  return { type: setsCookie ? 'needs-cookies' : 'circle' };

  /** What the redirect carries is for the browser alone. */
  async function reasonOfDeath(target: URL): Promise<ProbedAnswer | undefined> {
    const { protocol, href, origin } = target;
    if ((protocol !== 'https:' && !isLoopbackUrl(target)) || checkPrivateAddress(url, href) !== undefined)
      return undefined;
    try {
      await send('probe', { method: 'HEAD', url: `${origin}/`, headers: [] }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NamedError)) throw error;
      if (failsBy(nobodyThere, error)) return { type: 'dead', to: withoutQuery(href), reason: error.message };
    }
    return undefined;
  }
}

const grantedNames = 'code|id_token|access_token|response';
const inUrl = new RegExp(`[?&#;](${grantedNames})=([^&"'\\s<>\\\\]{6,8000})`, 'g');
const inForm = new RegExp(
  `name=["']?(${grantedNames})["']?[^<>]{0,200}value=["']([^"'<>]{6,8000})|value=["']([^"'<>]{6,8000})["'][^<>]{0,200}name=["']?(${grantedNames})\\b`,
  'gi',
);

/** Codes and tokens that an answer brings, in a redirect or in a form that posts itself. */
function grantedIn({ headers, body }: HttpResponse): readonly Secret[] {
  const text = `${headerValue(headers, 'location') ?? ''}\n${body.slice(0, 300_000)}`;
  return [...text.matchAll(inUrl), ...text.matchAll(inForm)].map(([, name, value, before = '', after]) => ({
    kind: (name ?? after ?? '').replace('response', 'token'),
    value: value ?? before,
  }));
}
