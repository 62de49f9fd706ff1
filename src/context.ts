import type { HttpExchange, HttpRequest } from './protocol/http-message.ts';

/** How to reach servers: what the TLS, proxy and time options say, files already read. */
export interface ConnectionSettings {
  /** PEM text of further trusted certificates (`--ca-file`). */
  readonly ca?: string;
  /** PEM text of the TLS client certificate and its key (`--cert`, `--key`; RFC 8705). */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** Proxy for every request (`--proxy`); without it the proxy variables of the environment decide. */
  readonly proxy?: string;
  /** For each exchange, from the first octet sent to the last received. */
  readonly timeoutSeconds: number;
}

/** Sends requests over kept-alive connections, one client a run. Never follows a redirect, never retries. */
export interface HttpClient {
  /**
   * @throws NetworkError `network`, `tls` or `timeout`; InvalidResponseError when what came back is not HTTP
   * or is too large.
   */
  send(request: HttpRequest, options?: { readonly signal?: AbortSignal }): Promise<HttpExchange>;
  close(): Promise<void>;
}

/** What reached the redirect URI, as received; nothing is judged yet. */
export type ReceivedCallback =
  | { readonly type: 'query'; readonly url: string }
  | { readonly type: 'form_post'; readonly url: string; readonly body: string }
  /** The relay page handed over what stood behind `#`. */
  | { readonly type: 'fragment'; readonly url: string; readonly fragment: string };

/** What the flow says of a received callback: take it and end the wait, or show a page and wait on. */
export type CallbackVerdict =
  | { readonly type: 'accept' }
  | { readonly type: 'ignore'; readonly status: number; readonly page: string };

/** The pages of the listener, complete HTML documents. */
export interface ListenerPages {
  /** Moves what stands behind `#` to the listener; the one page with a script. */
  readonly relay: string;
  /** A request that is not the callback. */
  readonly notFound: string;
  /** A further callback after one was accepted. */
  readonly alreadyAnswered: string;
  /** `Host` is none of ours, or the method, size or form of the request is refused. */
  readonly refused: string;
}

/** What the listener is to bind, and who judges what arrives. */
export interface ListenOptions {
  /** As advertised to the authorization server; its port 0 stands for the one that gets bound. */
  readonly redirectUri: string;
  /** Tried in order; 0 is any free port. */
  readonly ports: readonly number[];
  /** Bind here instead of where the redirect URI points (`--listen`). */
  readonly bind?: { readonly address: string; readonly port: number };
  /** PEM texts for an https redirect URI; without them a throw-away certificate is made. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly pages: ListenerPages;
  judge(callback: ReceivedCallback): CallbackVerdict;
}

/** An accepted callback whose browser is still waiting for its page. */
export interface AcceptedCallback {
  readonly callback: ReceivedCallback;
  /** Sends the final page and ends that connection; harmless when the browser is gone. */
  respond(page: string): Promise<void>;
}

/** The temporary loopback server behind the redirect URI; already bound when it is handed out. */
export interface CallbackListener {
  /** The redirect URI with the port that was bound: the one value for both requests (RFC 6749 §4.1.3). */
  readonly redirectUri: string;
  /** `address:port` of every bound socket. */
  readonly addresses: readonly string[];
  /** Resolves with the first accepted callback; rejects with the reason of the signal. */
  accepted(signal: AbortSignal): Promise<AcceptedCallback>;
  /** Closes every socket, the kept-alive ones too. */
  close(): Promise<void>;
}

/** Why no browser is opened here without being asked for by name. */
export type BrowserObstacle = 'ssh' | 'container' | 'no-display';

/** How an attempt to open the browser went so far. */
export type BrowserLaunch =
  | { readonly type: 'opened'; readonly command: string }
  | { readonly type: 'failed'; readonly command: string; readonly reason: string }
  | { readonly type: 'not-launched'; readonly obstacle: BrowserObstacle }
  /** No browser is needed: the demo plays the person. */
  | { readonly type: 'played' };

/** One output stream as the user sees it. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Width in columns; 80 when it is no terminal. */
  readonly columns: number;
  /** Whether colour is shown, decided once from `--color` and the environment. */
  readonly color: boolean;
  /** Whether marks beyond ASCII can be shown. */
  readonly unicode: boolean;
  write(text: string): void;
}

/** The person's side: both output streams and what they type. */
export interface Terminal {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdinIsTTY: boolean;
  /** Lines typed on the terminal until the signal aborts; ends at once when stdin is no terminal. */
  lines(signal: AbortSignal): AsyncIterable<string>;
  /** All of stdin, for values given as `-`. */
  readStdin(): Promise<string>;
}

/** A file of ours as it was found. */
export interface StoredFile {
  readonly text: string;
  /** Whether its mode lets anybody but its owner in; never true on Windows, which has no such mode. */
  readonly readableByOthers: boolean;
}

/** Settings and sessions on disk: files of mode 0600, in folders that are made with mode 0700. */
export interface PrivateFiles {
  /** undefined when there is none. @throws ConfigError when it cannot be read. */
  read(path: string): Promise<StoredFile | undefined>;
  /** Whether a file or folder is there and can be reached. */
  exists(path: string): Promise<boolean>;
  /**
   * Makes or replaces a file, whole or not at all, and on disk once this resolves; a symbolic link is kept and
   * its target replaced. @throws ConfigError when it cannot be written; what was there then still is.
   */
  write(path: string, text: string): Promise<void>;
  /** Tells whether there was a file. @throws ConfigError */
  remove(path: string): Promise<boolean>;
  /** Sorted names in a folder without unfinished writes; none when there is no folder. @throws ConfigError */
  list(folder: string): Promise<readonly string[]>;
  /** Renames a file to `PATH.LABEL`, or `PATH.LABEL-2` and so on when taken; the new path. @throws ConfigError */
  setAside(path: string, label: string): Promise<string>;
  /** Removes what writes that were killed ten minutes ago or earlier left in a folder; never throws. */
  sweep(folder: string): Promise<void>;
}

/** Every door to the outside. main.ts makes the real ones; tests hand in their own. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** How far local time is ahead of UTC at that moment, in minutes. */
  utcOffsetMinutes(at: Date): number;
  readonly terminal: Terminal;
  /** Aborted by SIGINT and SIGTERM; its reason is a CancelledError. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** Absolute; `/` when the folder the process was started in is gone. */
  workingDirectory(): string;
  /** Of the user, absolute. */
  homeDirectory(): string;
  /** A file the user named. @throws ConfigError when it cannot be read. */
  readFile(path: string): Promise<string>;
  /** What is kept between runs. */
  readonly files: PrivateFiles;
  /** Connections are made when the first request is sent. */
  connect(settings: ConnectionSettings): Promise<HttpClient>;
  /** @throws UsageError when no port is free or the address is not loopback. */
  listen(options: ListenOptions): Promise<CallbackListener>;
  /**
   * Starts the given command, else BROWSER, else the system's browser where one can be expected, and watches its
   * child for two seconds; never throws. A child that is still ours is ended with the run when that is cancelled.
   */
  openBrowser(url: string, command: string | undefined): Promise<BrowserLaunch>;
}
