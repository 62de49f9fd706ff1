import { createServer, type Server } from 'node:net';

const attempts = 100;

/**
 * A port of loopback that is free now and that the system does not hand out by itself: a later
 * bind of it fails for no other test's server or connection. Linux hands out 32768 and above,
 * macOS and Windows 49152 and above.
 *
 * @throws when none of 100 ports was free
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${attempts} ports of loopback was free`);
}

/**
 * Holds a port of loopback for one test, as soon as other tests have let go of it.
 *
 * @returns undefined where another program kept it for ten seconds, and so holds it for this test too
 */
export async function holdPort(port: number): Promise<{ release(): Promise<void> } | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const server = await bind(port);
    if (server) return { release: () => closed(server) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = await bind(port);
  if (server) await closed(server);
  return server !== undefined;
}

function bind(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
