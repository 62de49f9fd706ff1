import { isIP } from 'node:net';
import type { ListenOptions } from '../context.ts';
import { UsageError } from '../errors.ts';
import { isLoopbackHost, portOf, readRedirectUri, withPort } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';
import { authority, blockedPorts } from './bind-port.ts';

/** Addresses and ports to bind for a redirect URI. */
export interface BindPlan {
  /** One or two IP addresses. */
  readonly addresses: readonly string[];
  /** Tried in order; 0 is any free port. */
  readonly ports: readonly number[];
  /** Whether the listener itself speaks TLS. */
  readonly secure: boolean;
}

/** Where a listener is to be, as far as it is about addresses. */
export type Advertised = Pick<ListenOptions, 'redirectUri' | 'ports' | 'bind' | 'tls'>;

/** The addresses at which a request is the callback. */
export interface CallbackPlace {
  /** The redirect URI with the port that was bound, otherwise octet for octet as given. */
  readonly redirectUri: string;
  /** Scheme and authority of the redirect URI as written. */
  readonly origin: string;
  /** The path as written and as a browser sends it. */
  readonly paths: ReadonlySet<string>;
  /** The redirect URI's own query in both spellings, with `?`, and the empty one. */
  readonly ownQueries: ReadonlySet<string>;
  /** Lower-case `host:port` that `Host` may say, without the port too where it is the default of the scheme. */
  readonly authorities: ReadonlySet<string>;
}

/**
 * Settles from the redirect URI where to listen: a name such as `localhost` means both loopback addresses (RFC 8252 §8.3), an
 * address itself; `bind` overrides. Behind `bind` TLS is spoken only with a given certificate, as a TLS proxy may
 * stand in front.
 *
 * @throws UsageError when no listener of this machine can stand behind the redirect URI, or a browser would refuse
 * its port.
 */
export function planBinding(options: Advertised): BindPlan {
  const { url, host } = readHttpRedirectUri(options.redirectUri);
  const https = url.protocol === 'https:';
  const advertised = portOf(url);
  const { bind } = options;
  if (bind !== undefined) {
    if (url.port !== '0') refuseBlocked(advertised);
    refuseImpossible(bind.port);
    return {
      addresses: addressesOf(stripBrackets(bind.address), '--listen'),
      ports: [bind.port],
      secure: https && options.tls !== undefined,
    };
  }
  if (!isLoopbackHost(host)) {
    throw new UsageError(
      say`oauth-code cannot listen at ${options.redirectUri}: ${host} is not this machine's loopback.`,
      {
        step: 'listen',
        hint: 'Use a redirect URI on 127.0.0.1, [::1] or localhost; or give --listen ADDR:PORT, the address where its requests arrive.',
      },
    );
  }
  const ports = options.ports.length === 0 ? [advertised] : options.ports;
  for (const port of ports) {
    refuseImpossible(port);
    if (port !== 0) refuseBlocked(port);
  }
  return { addresses: addressesOf(host, '--redirect-uri'), ports, secure: https };
}

/** Tells, once the port is known, which requests are the callback. */
export function placeOf(options: Advertised, plan: BindPlan, port: number): CallbackPlace {
  const redirectUri = advertise(options, port);
  const { url } = readHttpRedirectUri(redirectUri);
  const [, origin = '', path = '', query = ''] = /^([^/]*\/\/[^/?]*)([^?]*)(.*)$/s.exec(redirectUri) ?? [];
  const defaultPort = (secure: boolean) => (secure ? ':443' : ':80');
  const named = (name: string, suffix: string) =>
    name.endsWith(suffix) ? [name, name.slice(0, -suffix.length)] : [name];
  const advertised = `${url.hostname}:${url.port === '' ? defaultPort(url.protocol === 'https:').slice(1) : url.port}`;
  return {
    redirectUri,
    origin,
    paths: new Set([path === '' ? '/' : path, url.pathname]),
    ownQueries: new Set(['', '?', query, url.search]),
    authorities: new Set([
      ...named(advertised, defaultPort(url.protocol === 'https:')),
      ...plan.addresses.flatMap((address) => named(authority(address, port), defaultPort(plan.secure))),
    ]),
  };
}

/** The redirect URI as it is to be sent: behind `bind` only a written port 0 gives way to the bound one. */
function advertise(options: Advertised, port: number): string {
  const { url } = readHttpRedirectUri(options.redirectUri);
  const written = portOf(url);
  if (written === port || (options.bind !== undefined && written !== 0)) return options.redirectUri;
  return withPort(options.redirectUri, port);
}

function readHttpRedirectUri(text: string): { url: URL; host: string } {
  const read = readRedirectUri(text);
  if (read === undefined || (read.scheme !== 'http' && read.scheme !== 'https')) {
    throw new UsageError(say`oauth-code cannot listen at the redirect URI ${text}.`, {
      step: 'listen',
      hint: 'It must be an absolute http or https URL without a fragment, such as http://127.0.0.1:8378/callback.',
    });
  }
  const url = new URL(text);
  // The URL parser repairs these silently; the result would never equal the registered redirect URI.
  if (/[\s\\]/.test(text) || url.username !== '' || url.password !== '' || !/^https?:\/\/[^/]/i.test(text)) {
    throw new UsageError('The redirect URI holds white space, a backslash, a user name or no host.', {
      step: 'listen',
      hint: 'Write it exactly as it is registered, such as http://127.0.0.1:8378/callback.',
    });
  }
  return { url, host: read.host };
}

function addressesOf(host: string, option: string): readonly string[] {
  if (isIP(host) !== 0) return [host];
  if (isLoopbackHost(host)) return ['127.0.0.1', '::1'];
  throw new UsageError(say`${option} names ${host}, which is not an IP address and not localhost.`, {
    step: 'listen',
    hint: 'Give an address of this machine: 127.0.0.1:8378, [::1]:8378, or 0.0.0.0:8378 inside a container.',
  });
}

function stripBrackets(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1');
}

function refuseImpossible(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return;
  throw new UsageError(say`${port} is not a port.`, {
    step: 'listen',
    hint: 'A port is a number from 0 (any free one) to 65535.',
  });
}

function refuseBlocked(port: number): void {
  if (!blockedPorts.has(port)) return;
  throw new UsageError(say`Browsers refuse to open port ${port}: the callback would never arrive.`, {
    step: 'listen',
    hint: 'Use another port, such as --port 8378 or --port 0 for any free one.',
  });
}
