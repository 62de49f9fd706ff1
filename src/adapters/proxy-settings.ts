import { BlockList, isIP } from 'node:net';
import type { Environment, ProxyFacts } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { parseUrl } from '../http-message.ts';
import { isLoopbackHost, portOf } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';
import { hostAndPort } from './http-request.ts';

/** A proxy to send through. */
export interface HttpProxy {
  /** `http://host:port` or `https://host:port`, without user name and password. */
  readonly origin: string;
  /** `host:port`, for messages. */
  readonly label: string;
  /** Value of `Proxy-Authorization`, when the URL holds a user name (RFC 7617). */
  readonly authorization?: string;
}

/**
 * Reads the URL of a proxy; without a scheme it is taken as http://, as curl does.
 * @param source the option or variable it came from, for the message
 * @throws ConfigError when it is not a URL, or a kind of proxy that is not supported
 */
export function readProxy(text: string, source: string): HttpProxy {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = parseUrl(withScheme);
  const hint =
    'Supported are http://host:port and https://host:port, with user:password@ before the host if needed.';
  if (url === undefined || url.hostname === '') {
    throw new ConfigError(say`The proxy given by ${source} is not a URL.`, { hint });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const message = say`The proxy given by ${source} is of the kind ${url.protocol}// which is not supported.`;
    throw new ConfigError(message, { hint });
  }
  const proxy = { origin: url.origin, label: hostAndPort(url) };
  if (url.username === '') return proxy;
  return { ...proxy, authorization: basicCredentials(url, source) };
}

function basicCredentials(url: URL, source: string): string {
  try {
    const userAndPassword = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
  } catch {
    const message = say`The user name or password of the proxy given by ${source} is not percent-encoded.`;
    throw new ConfigError(message, { hint: 'Write a % in the password as %25.' });
  }
}

/**
 * The proxy the environment names for a URL: HTTP_PROXY or HTTPS_PROXY after its scheme, else ALL_PROXY, the lower-case
 * name first, unless NO_PROXY lists the host or the host is loopback.
 * @throws ConfigError when the variable names no supported proxy
 */
export function proxyFromEnvironment(url: URL, env: Environment): HttpProxy | undefined {
  const found = variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy', 'all_proxy');
  if (found === undefined) return undefined;
  if (isLoopbackHost(url.hostname) || bypassesProxy(url, variable(env, 'no_proxy')?.value ?? ''))
    return undefined;
  return readProxy(found.value, found.name);
}

/**
 * The proxies the environment names for each scheme, as `host:port`, and the hosts that are excepted.
 * @throws ConfigError when a variable names no supported proxy
 */
export function proxyVariables(env: Environment): Pick<ProxyFacts, 'http' | 'https' | 'exceptions'> {
  const label = (name: string) => {
    const found = variable(env, name, 'all_proxy');
    return found && readProxy(found.value, found.name).label;
  };
  const exceptions = variable(env, 'no_proxy')?.value;
  return { http: label('http_proxy'), https: label('https_proxy'), exceptions };
}

/** A set but empty variable counts as unset. */
function variable(
  env: Environment,
  ...names: readonly string[]
): { readonly name: string; readonly value: string } | undefined {
  for (const candidate of names.flatMap((name) => [name, name.toUpperCase()])) {
    const value = env[candidate]?.trim();
    if (value !== undefined && value !== '') return { name: candidate, value };
  }
  return undefined;
}

/**
 * Tells whether NO_PROXY excludes a URL: `*`, a host name (its subdomains too), a leading dot or `*.`, an IP
 * address or CIDR block, each with an optional port; separated by commas or blanks.
 */
export function bypassesProxy(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname);
  const port = String(portOf(url));
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = entry, onlyPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const wanted = bareHost(name.replace(/^\*?\./, ''));
  if (wanted === '') return false;
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`)) || inBlock(wanted, host);
}

function inBlock(block: string, host: string): boolean {
  const [network = '', prefix = ''] = block.split('/');
  const family = isIP(network);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || isIP(host) !== family || !(bits <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}

/** Without the brackets of an IPv6 address and the dot that ends a fully qualified name. */
function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
