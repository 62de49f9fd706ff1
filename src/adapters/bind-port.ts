import { once } from 'node:events';
import type { Server } from 'node:http';
import { errorCode, type PortFailure, portError } from '../errors/system-failure.ts';

/** Servers that share one port, one server for each address. */
export interface BoundServers {
  readonly port: number;
  readonly bound: readonly { readonly address: string; readonly server: Server }[];
}

/** Ports that browsers refuse to open: their users would see an error page instead of the callback (Fetch §2.9). */
export const blockedPorts: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** `address:port`, with brackets around an IPv6 address (RFC 3986 §3.2.2). */
export function authority(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A port chosen by the system for one address may be taken on the other: so often another one is asked for. */
const anyPortAttempts = 20;

/**
 * Binds the first port that is free on all addresses; port 0 stands for any. An address that this machine does not
 * have is left out as long as another one is bound.
 *
 * @throws UsageError when no port is free.
 */
export async function bindPort(
  createServer: () => Server,
  addresses: readonly string[],
  ports: readonly number[],
  further: () => Promise<readonly number[]> = async () => [],
  option?: string,
): Promise<BoundServers> {
  const failures: PortFailure[] = [];
  const inOrder = async function* () {
    yield* ports;
    yield* await further();
  };
  for await (const port of inOrder()) {
    let failure: PortFailure | undefined;
    for (let attempt = 0; attempt < (port === 0 ? anyPortAttempts : 1); attempt++) {
      const result = await bindEverywhere(createServer, addresses, port);
      if ('code' in result) {
        failure = result;
      } else if (port === 0 && blockedPorts.has(result.port)) {
        await closeAll(result.bound);
      } else {
        return result;
      }
    }
    failures.push(failure ?? { place: authority(addresses.join(', '), port), port, code: 'EADDRINUSE' });
  }
  throw portError(failures, process.platform, option);
}

async function bindEverywhere(
  createServer: () => Server,
  addresses: readonly string[],
  wanted: number,
): Promise<BoundServers | PortFailure> {
  const bound: { address: string; server: Server }[] = [];
  let port = wanted;
  let missing: PortFailure | undefined;
  for (const address of addresses) {
    const server = createServer();
    try {
      port = await listen(server, address, port);
      bound.push({ address, server });
    } catch (error) {
      const failure = { place: authority(address, port), port, code: errorCode(error) };
      if (failure.code === '') throw error;
      if (failure.code === 'EADDRNOTAVAIL' || failure.code === 'EAFNOSUPPORT') {
        missing = failure;
      } else {
        await closeAll(bound);
        return failure;
      }
    }
  }
  if (bound.length === 0 && missing !== undefined) return missing;
  return { port, bound };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await once(server.listen({ host, port, exclusive: true }), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function closeAll(bound: BoundServers['bound']): Promise<void> {
  await Promise.all(bound.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))));
}
