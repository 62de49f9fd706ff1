import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bindPort } from '../../src/adapters/bind-port.ts';
import { UsageError } from '../../src/errors.ts';

const open: Server[] = [];
const create = () => {
  const server = createServer();
  open.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function occupy(address: string): Promise<number> {
  const server = create();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return (server.address() as AddressInfo).port;
}

/** A server whose first attempt to listen fails like the system would. */
function failingOnce(code: string): Server {
  const server = create();
  server.listen = () => {
    queueMicrotask(() => server.emit('error', Object.assign(new Error(code), { code })));
    return server;
  };
  return server;
}

const hasIpv6 = await occupy('::1').then(
  () => true,
  () => false,
);

describe('binding', () => {
  it('takes the first port that is free', async () => {
    const taken = await occupy('127.0.0.1');
    const result = await bindPort(create, ['127.0.0.1'], [taken, 0]);
    expect(result.port).not.toBe(taken);
    expect(result.bound.map(({ address }) => address)).toEqual(['127.0.0.1']);
  });

  it('asks for further ports only when all of the first are taken', async () => {
    const taken = await occupy('127.0.0.1');
    let asked = 0;
    const further = async () => {
      asked += 1;
      return [taken, 0];
    };
    const one = await bindPort(create, ['127.0.0.1'], [taken], further);
    expect([one.port === taken, asked]).toEqual([false, 1]);
    await bindPort(create, ['127.0.0.1'], [0], further);
    expect(asked).toBe(1);
    await expect(bindPort(create, ['127.0.0.1'], [taken], async () => [])).rejects.toThrow(
      `:${taken} (address in use)`,
    );
  });

  it.runIf(hasIpv6)('binds both families on one port', async () => {
    const { port, bound } = await bindPort(create, ['127.0.0.1', '::1'], [0]);
    const addresses = bound.map(({ server }) => server.address() as AddressInfo);
    expect(addresses.map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    expect(addresses.map((address) => address.port)).toEqual([port, port]);
  });

  it.runIf(hasIpv6)('counts a port as taken when one family has it, and lets go of the other', async () => {
    const taken = await occupy('::1');
    await expect(bindPort(create, ['127.0.0.1', '::1'], [taken])).rejects.toThrow(
      `[::1]:${taken} (address in use)`,
    );
    await expect(bindPort(create, ['127.0.0.1'], [taken])).resolves.toMatchObject({ port: taken });
  });

  it.runIf(hasIpv6)(
    'asks for another port when the one it got for one family is taken on the other',
    async () => {
      let made = 0;
      const second = () => (++made === 2 ? failingOnce('EADDRINUSE') : create());
      const { bound } = await bindPort(second, ['127.0.0.1', '::1'], [0]);
      expect(bound).toHaveLength(2);
      expect(made).toBe(4);
    },
  );

  it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])(
    'is content with IPv4 where IPv6 fails with %s',
    async (code) => {
      let made = 0;
      const noIpv6 = () => (++made === 2 ? failingOnce(code) : create());
      const { bound } = await bindPort(noIpv6, ['127.0.0.1', '::1'], [0]);
      expect(bound.map(({ address }) => address)).toEqual(['127.0.0.1']);
    },
  );

  it('refuses an address that is not of this machine', async () => {
    const refused = bindPort(create, ['192.0.2.1'], [0]);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(/192\.0\.2\.1:0 \(this machine has no such address\)/);
  });

  it('names every port that is taken', async () => {
    const taken = [await occupy('127.0.0.1'), await occupy('127.0.0.1')];
    await expect(bindPort(create, ['127.0.0.1'], taken)).rejects.toThrow(
      `every port was tried: 127.0.0.1:${taken[0]} (address in use), 127.0.0.1:${taken[1]} (address in use)`,
    );
  });
});
