import type { Server } from 'node:http';
import { blockedPorts } from './blocked-ports.ts';
import { type PortFailure, portError } from './port-error.ts';

/** Servers that share one port, one server for each address. */
export interface BoundServers {
  readonly port: number;
  readonly bound: readonly { readonly address: string; readonly server: Server }[];
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
): Promise<BoundServers> {
  const failures: PortFailure[] = [];
  for (const port of ports) {
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
    failures.push(failure ?? { address: addresses.join(', '), port, code: 'EADDRINUSE' });
  }
  throw portError(failures, process.platform);
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
      const failure = { address, port, code: systemCode(error) };
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

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

async function closeAll(bound: BoundServers['bound']): Promise<void> {
  await Promise.all(bound.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))));
}
