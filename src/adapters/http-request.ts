import { version } from '../../package.json';
import { ConfigError } from '../errors.ts';
import { type HeaderList, type HttpRequest, headerValue, parseUrl, withoutQuery } from '../http-message.ts';
import { isLoopbackHost, portOf } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';

/** How this tool names itself to servers (RFC 9110 §10.1.5). */
export const userAgent = `oauth-code/${version}`;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

// The client itself decides these: a second value would contradict it on the wire.
const ownHeaders = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
]);

/**
 * Reads the URL of a request and refuses what cannot be put on the wire; messages hold neither a query, a user
 * name or password, nor a header value (RFC 9110 §5.1, §5.5, §9.1).
 * @throws ConfigError
 */
export function checkRequest(request: HttpRequest): URL {
  const url = readHttpUrl(request.url);
  if (!token.test(request.method) || request.method === 'CONNECT') {
    throw new ConfigError('The HTTP method of the request is not one that can be sent.', {
      hint: 'Use a method such as GET or POST.',
    });
  }
  let hosts = 0;
  for (const [name, value] of request.headers) {
    if (!token.test(name)) {
      throw new ConfigError(
        say`A request header is named ${JSON.stringify(name)}, which is not a header name.`,
        { hint: 'Header names consist of letters, digits and hyphens.' },
      );
    }
    if (/[^\t\x20-\x7e]/.test(value)) {
      throw new ConfigError(
        say`The value of the request header ${name} has characters that a header cannot carry: only printable ASCII can be sent.`,
        {
          hint: 'Look for a line end or a non-ASCII letter, as in a copied value or the last line of a file.',
        },
      );
    }
    if (ownHeaders.has(name.toLowerCase())) {
      throw new ConfigError(say`The request header ${name} cannot be set: it follows from the request.`);
    }
    hosts += name.toLowerCase() === 'host' ? 1 : 0;
  }
  if (hosts > 1) throw new ConfigError('The request header Host is given more than once.');
  return url;
}

function readHttpUrl(text: string): URL {
  const shown = JSON.stringify(withoutQuery(text).replace(/\/\/[^/]*@/, '//'));
  const url = parseUrl(text);
  if (url === undefined) {
    throw new ConfigError(say`${shown} is not a URL.`, {
      hint: 'Give an absolute URL such as https://host/path.',
    });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ConfigError(say`${shown} is neither an https:// nor an http:// URL.`, {
      hint: 'Only http:// and https:// URLs can be requested.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(say`${shown} holds a user name or password, which is never sent.`, {
      hint: 'Remove the part before @ from the URL.',
    });
  }
  return url;
}

/** Compressed answers are asked not to come: what is recorded is then what was sent. */
export function withDefaultHeaders(request: HttpRequest, agent = userAgent): HttpRequest {
  const defaults: HeaderList = [
    ['user-agent', agent],
    ['accept-encoding', 'identity'],
  ];
  const missing = defaults.filter(([name]) => headerValue(request.headers, name) === undefined);
  return { ...request, headers: [...request.headers, ...missing] };
}

/** `host:port` of a URL, whether it names the port or not. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Begins with the Host field, unless the request has one of its own. */
export function withHost(headers: HeaderList, url: URL): HeaderList {
  return headerValue(headers, 'host') === undefined ? [['host', url.host], ...headers] : headers;
}

/** Header fields from the flat list in which Node and undici have them. */
export function headerPairs(raw: readonly (string | Buffer)[]): HeaderList {
  const texts = raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
  return texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ''] as const] : []));
}

/** The name that is connected to: a name below localhost is this machine, whatever a resolver says (RFC 6761 §6.3). */
export function socketHost(hostname: string): string {
  return /localhost\.?$/i.test(hostname) && isLoopbackHost(hostname) ? 'localhost' : hostname;
}
