/** The two modules of undici that are loaded alone: its root would load fetch, WebSocket and the mocks too. */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}

declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net';
  import type { buildConnector as connector } from 'undici';
  /** The published type hides that the socket is returned while it is still connecting. */
  export default function buildConnect(
    options?: connector.BuildOptions,
  ): (options: connector.Options, callback: connector.Callback) => Socket;
}
