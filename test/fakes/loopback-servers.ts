import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A server on a free port of 127.0.0.1. */
export interface LoopbackServer {
  readonly port: number;
  /** TCP connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Opens servers and closes them all, with whatever is still connected to them. */
export class LoopbackServers {
  readonly #open: LoopbackServer[] = [];

  http(listener: RequestListener): Promise<LoopbackServer & { readonly server: HttpServer }> {
    return this.#listen(createHttpServer(listener));
  }

  https(options: ServerOptions, listener: RequestListener): Promise<LoopbackServer> {
    return this.#listen(createHttpsServer(options, listener));
  }

  /** What it is given speaks the octets itself. */
  raw(onConnection: (socket: Socket) => void): Promise<LoopbackServer> {
    return this.#listen(
      createTcpServer((socket) => {
        socket.on('error', () => {});
        onConnection(socket);
      }),
    );
  }

  /** Sends the same octets to whoever has sent something, then leaves the connection open. */
  answering(octets: string | Buffer): Promise<LoopbackServer> {
    return this.raw((socket) => socket.once('data', () => socket.write(octets)));
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((server) => server.close()));
  }

  async #listen<S extends Server>(server: S): Promise<LoopbackServer & { readonly server: S }> {
    const sockets = new Set<Socket>();
    let connections = 0;
    server.on('connection', (socket: Socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const opened = {
      server,
      port: (server.address() as AddressInfo).port,
      connections: () => connections,
      close: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    };
    this.#open.push(opened);
    return opened;
  }
}
