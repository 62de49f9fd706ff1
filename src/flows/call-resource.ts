import type { SendOptions } from '../context.ts';
import { type HttpExchange, type HttpRequest, headerValue, isUrl } from '../http-message.ts';
import type { Conversation } from './conversation.ts';

/** A request to an API before it is given its token. */
export interface ResourceRequest extends HttpRequest {
  /** The body as it goes over the wire. */
  readonly octets?: Uint8Array;
}

/** The last answer of an API; `redirect` when it points elsewhere and was not followed, and why. */
export interface ResourceAnswer {
  readonly exchange: HttpExchange;
  readonly redirect?: {
    readonly to: string;
    readonly reason: 'not-asked' | 'method' | 'other-origin' | 'too-many';
  };
}

/** More redirects than this in a row lead nowhere. */
const mostRedirects = 5;

/**
 * Calls an API with an access token in the Authorization header (RFC 6750 §2.1). Redirects of GET and HEAD are
 * followed when asked, and only within the origin: the token is for this API alone.
 * @throws what the HTTP client throws
 */
export async function callResource(
  conversation: Conversation,
  { octets, ...request }: ResourceRequest,
  authorization: string,
  { follow, isWhole }: { readonly follow: boolean } & Pick<SendOptions, 'isWhole'>,
): Promise<ResourceAnswer> {
  const headers = [...request.headers, ['authorization', authorization] as const];
  const { origin } = new URL(request.url);
  let { url } = request;
  for (let redirects = 0; ; redirects += 1) {
    const exchange = await conversation.send(
      'request',
      { ...request, headers, url },
      { keepOctets: true, octets, isWhole },
    );
    const target = redirectTarget(exchange, url);
    if (target === undefined) return { exchange };
    const reason = !follow
      ? 'not-asked'
      : !/^(GET|HEAD)$/.test(request.method)
        ? 'method'
        : target.origin !== origin
          ? 'other-origin'
          : redirects === mostRedirects
            ? 'too-many'
            : undefined;
    if (reason !== undefined) return { exchange, redirect: { to: target.href, reason } };
    url = target.href;
  }
}

/** The place that a redirect leads to; undefined for any other answer. */
export function redirectTarget({ response }: Pick<HttpExchange, 'response'>, url: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = headerValue(response.headers, 'location');
  if (location === undefined || !isUrl(location, url)) return undefined;
  const target = new URL(location, url);
  target.hash = '';
  return target;
}
