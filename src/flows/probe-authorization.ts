import type { Secret } from '../client/middleware.ts';
import { NamedError, NetworkError } from '../errors.ts';
import { getRequest, type HttpResponse, headerValue, withoutQuery } from '../http-message.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import { type AnswerPage, readAnswerPage } from '../recording/answer-page.ts';
import { isAt } from '../recording/url-input.ts';
import { say } from '../say.ts';
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
  /** An error after a redirect, of a page that needs a cookie or a session: it says nothing of the request. */
  | { readonly type: 'needs-cookies' }
  | { readonly type: 'unanswered'; readonly reason: string };

/** More redirects than this in a row lead nowhere. */
const mostRedirects = 5;
/** The user may be waiting for it. */
const longestSeconds = 10;

/**
 * Asks once, without cookies, how the server answers an authorization request, so that an error can be told which it
 * shows in the browser alone (RFC 6749 §4.1.2.1). Redirects are followed within the origin, and never to the redirect URI.
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
    return { type: 'unanswered', reason: error.message };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
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
  let setsCookie = false;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const request = getRequest(at, 'text/html, application/json;q=0.9');
    const { response } = await send('probe', request, { secretsIn: grantedIn, signal });
    const page = readAnswerPage(response);
    // A page behind a redirect finds no session, since cookies are not sent; an error in the redirect itself counts.
    const misses = setsCookie || (redirects > 0 && /cookie|session/i.test(page.words ?? ''));
    if (page.type === 'error' && misses && response.status >= 400) return { type: 'needs-cookies' };
    setsCookie ||= headerValue(response.headers, 'set-cookie') !== undefined;
    if (page.type === 'error') return { ...page, response };
    const target = redirectTarget({ response }, at);
    const place = target?.href ?? response.body;
    const isHome = [redirectUri, state].some((own) => own !== undefined && place.includes(own));
    if (isHome && grantedIn(response).length > 0) return { type: 'granted' };
    if (target === undefined) return { ...page, response };
    if (isAt(target.href, redirectUri) || target.origin !== new URL(url).origin)
      return { type: 'elsewhere', to: withoutQuery(target.href) };
    at = target.href;
  }
  return { type: 'circle' };
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
