import { BlockList, isIP } from 'node:net';

/**
 * Tells whether NO_PROXY excludes a URL: `*`, a host name (its subdomains too), a leading dot or `*.`, an IP
 * address or CIDR block, each with an optional port; separated by commas or blanks.
 */
export function bypassesProxy(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
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
