import { createServer } from 'node:net';

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

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const bound = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (bound) await new Promise((resolve) => server.close(resolve));
  return bound;
}
