import type { HeaderList, HttpExchange, HttpRequest } from './http-message.ts';

/** Makes a text of octets. */
export type Decode = (octets: Uint8Array) => string;

/** The variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach servers: what the TLS, proxy and time options say, files already read. */
export interface ConnectionSettings {
  /** PEM text of further trusted certificates (`--ca-file`). */
  readonly ca?: string | undefined;
  /** The TLS client certificate and its key (`--cert`, `--key`; RFC 8705). */
  readonly clientCertificate?: TlsIdentity | undefined;
  /** Proxy for every request (`--proxy`); without it the proxy variables of the environment decide. */
  readonly proxy?: string | undefined;
  /** For each exchange, from the first octet sent to the last received. */
  readonly timeoutSeconds: number;
  /** In place of the name of this tool, in every request (`--user-agent`). */
  readonly userAgent?: string | undefined;
  /** The run sends one request, or hardly more: what is quickest to load carries it, where that can do all of it. */
  readonly frugal?: boolean;
}

/** A certificate and its key: two PEM texts, or a PKCS #12 file with its passphrase (RFC 7292). */
export type TlsIdentity =
  | { readonly cert: string; readonly key: string }
  | { readonly pfx: Uint8Array; readonly passphrase: string };

/** What is known of the client certificate of a run. */
export interface CertificateFacts {
  /** SHA-256 of its DER, base64url, as tokens are bound to it (RFC 8705 §3.1). */
  readonly thumbprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** By the clock of this machine. */
  readonly readAt: Date;
}

/** Sends requests over kept-alive connections, one client a run. Never follows a redirect, never retries. */
export interface HttpClient {
  /**
   * @throws NetworkError `network`, `tls` or `timeout`; InvalidResponseError when what came back is not HTTP
   * or is too large.
   */
  send(request: HttpRequest, options?: SendOptions): Promise<HttpExchange>;
  /** The certificate that it shows to servers which ask for one. */
  readonly certificate?: CertificateFacts | undefined;
  close(): Promise<void>;
}

/** Tells whether as much of a body has come as is wanted. */
export type IsWhole = (headers: HeaderList, body: () => string) => boolean;

/** How one request is sent. */
export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Goes over the wire in place of `body`, which then is only its reading as UTF-8. */
  readonly octets?: Uint8Array | undefined;
  /** Keeps the octets of the response too, for a body that may be no text. */
  readonly keepOctets?: boolean | undefined;
  /** Ends a body that has no end of its own: asked when the header fields have come, and at each part of the body. */
  readonly isWhole?: IsWhole | undefined;
}

/** A request that reached the redirect URI, as received; nothing is judged yet. */
export type ReceivedCallback =
  | { readonly type: 'query'; readonly url: string }
  | { readonly type: 'form_post'; readonly url: string; readonly body: string }
  /** The relay page handed over what stood behind `#`. */
  | { readonly type: 'fragment'; readonly url: string; readonly fragment: string };

/** The flow's verdict on a received callback: take it and end the wait; or show a page or send the browser on, and wait. */
export type CallbackVerdict =
  | { readonly type: 'accept' }
  | { readonly type: 'redirect'; readonly url: string }
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

/** Where the listener binds, and the judge of callbacks that arrive. */
export interface ListenOptions {
  /** As advertised to the authorization server; its port 0 stands for the one that gets bound. */
  readonly redirectUri: string;
  /** Tried in order; 0 is any free port. */
  readonly ports: readonly number[];
  /** Asked for more ports when all of these are taken. */
  readonly further?: (() => Promise<readonly number[]>) | undefined;
  /** Bind here instead of where the redirect URI points (`--listen`). */
  readonly bind?: { readonly address: string; readonly port: number } | undefined;
  /** PEM texts for an https redirect URI; without them a throw-away certificate is made. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly pages: ListenerPages;
  /** May take its time; of several callbacks the first one to be accepted ends the wait. */
  judge(callback: ReceivedCallback): CallbackVerdict | Promise<CallbackVerdict>;
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

/** Where requests of a server are received. */
export interface MessageServerOptions
  extends Omit<ListenOptions, 'redirectUri' | 'pages' | 'judge' | 'further'> {
  /** As it is registered, with the port 0 where any is taken. */
  readonly uri: string;
  /** Which gives another port. */
  readonly option?: string;
}

/** A request that is at the place that is listened on; the next one waits until it is answered. */
export interface ReceivedMessage {
  readonly method: string;
  readonly headers: HeaderList;
  /** The media type of the body. */
  readonly type: string | null;
  readonly query: string;
  /** In UTF-8; undefined when it is too large. */
  readonly body: string | undefined;
  /** Resolves when the answer is on its way. */
  respond(status: number, body: string, headers: Readonly<Record<string, string>>): Promise<void>;
}

/** A loopback server that is already bound when it is handed out. */
export interface MessageServer {
  /** With the port that was bound. */
  readonly uri: string;
  readonly addresses: readonly string[];
  /** The next request; rejects with the reason of the signal. */
  next(signal: AbortSignal): Promise<ReceivedMessage>;
  /** Closes every socket. */
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
  /** Width in columns; 80 when it is not a terminal. */
  readonly columns: number;
  /** Whether colour is shown, decided once from `--color` and the environment. */
  readonly color: boolean;
  /** Whether marks beyond ASCII can be shown. */
  readonly unicode: boolean;
  /** @throws ConfigError when it is stdout and cannot be written; a reader that had enough is not an error. */
  write(text: string): void;
  /** For what is not text. */
  writeOctets(octets: Uint8Array): void;
}

/** The person's side: both output streams and what they type. */
export interface Terminal {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdinIsTTY: boolean;
  /** Lines typed on the terminal until the signal aborts; ends at once when stdin is not a terminal. */
  lines(signal: AbortSignal): AsyncIterable<string>;
  /** All of stdin, for values given as `-`. @throws ConfigError when it has more than 10 MB. */
  readStdin(decode?: Decode): Promise<string>;
  /** stdin as it comes, for what may be large. */
  stdinChunks(): AsyncIterable<Uint8Array>;
  /**
   * Shows on a terminal what is awaited, after 300 ms and until the function that it returns is called.
   * @param load brings the text for each moment once it is needed; undefined for a wait that is not to be shown
   * @param typing whether the user may type meanwhile
   */
  showWait(load: () => Promise<(() => string) | undefined>, typing?: boolean): () => void;
}

/** A file of ours as it was found. Where there are no modes, as on Windows, no other user counts. */
export interface StoredFile {
  readonly text: string;
  /** Whether its mode lets others than its owner in. */
  readonly readableByOthers: boolean;
  readonly changeableBy: readonly FileChanger[];
  /** Whether root has read it. */
  readonly asRoot: boolean;
}

/** Who else can change a file, or a folder and so what is in it: everyone, its group, or the other user who owns it. */
export interface FileChanger {
  readonly who: 'everyone' | 'group' | 'owner';
  readonly path: string;
}

/** Settings and sessions on disk: files of mode 0600, in folders that are made with mode 0700. */
export interface PrivateFiles {
  /** undefined when there is none; judges that many folders above it. @throws ConfigError when it cannot be read. */
  read(path: string, folders?: number): Promise<StoredFile | undefined>;
  /** Judges the folder of a file and the one above it, as far as they are there. */
  judgeFolder(file: string): Promise<Omit<StoredFile, 'text'>>;
  /** Judges a file and as many folders above it; undefined when it is not there. */
  judgeFile(path: string, folders: number): Promise<Omit<StoredFile, 'text'> | undefined>;
  /** Whether a file with a secret in it is open to other users. */
  liesOpen(path: string): Promise<boolean>;
  /** Whether a file or folder is there and can be reached. */
  exists(path: string): Promise<boolean>;
  /**
   * Makes or replaces a file, whole or not at all, and on disk once this resolves; a symbolic link is kept and
   * its target replaced. @throws ConfigError when it cannot be written; what was there then still is.
   * @param how `synced: false` for what may be lost when the power fails: waiting for the disk takes long; `shortens`
   * for a text that may be written over the longer one that is there where the disk has no room for both
   */
  write(
    path: string,
    text: string,
    how?: { readonly synced: boolean; readonly shortens?: boolean },
  ): Promise<void>;
  /** Tells whether there was a file. @throws ConfigError */
  remove(path: string): Promise<boolean>;
  /** Sorted names in a folder without unfinished writes; none when there is no folder. @throws ConfigError */
  list(folder: string): Promise<readonly string[]>;
  /** Renames a file to `PATH.LABEL`, or `PATH.LABEL-2` and so on when taken; the new path. @throws ConfigError */
  setAside(path: string, label: string): Promise<string>;
  /**
   * Begins a write and takes the room for it on the disk, so that committing it cannot fail for want of room unless
   * the text has more octets. @throws ConfigError when there is no room or no permission
   */
  prepare(path: string, octets: number): Promise<PreparedWrite>;
  /** Time of the last change and size in octets; undefined when there is no file or it cannot be reached. */
  stamp(path: string): Promise<{ readonly mtimeMs: number; readonly size: number } | undefined>;
  /** Adds to the end of a file that is not ours, which is made when there is none. @throws ConfigError */
  append(path: string, text: string): Promise<void>;
  /**
   * Tries once to take the lock at a path; with it goes what writes that were killed ten minutes ago or earlier left
   * beside it. @throws ConfigError when its file cannot be made
   */
  tryLock(path: string): Promise<LockAttempt>;
}

/** A write that has its room on the disk; to be committed or discarded. */
export interface PreparedWrite {
  /** Whole or not at all, and on disk once this resolves. @throws ConfigError */
  commit(text: string): Promise<void>;
  /** Harmless after a commit; never throws. */
  discard(): Promise<void>;
}

/** How an attempt to take a lock went. */
export type LockAttempt =
  | {
      readonly type: 'acquired';
      readonly lock: HeldLock;
      /** The lock was taken over from a process that died after it had noted that it was sending. */
      readonly interrupted?: InterruptedHolder;
    }
  | {
      readonly type: 'held';
      /** The process that holds it; undefined when it did not say. */
      readonly pid: number | undefined;
      /** Held on another machine, or in another container: nothing tells whether that process lives. */
      readonly elsewhere: boolean;
    };

/** When the process that died had sent. */
export interface InterruptedHolder {
  readonly sentAt: Date;
}

/** A lock between processes that this one holds. */
export interface HeldLock {
  /** False when it was taken over because this process seemed to be dead. */
  isMine(): boolean;
  /** Leaves a note for the process that takes over should this one die; false, with no note, when one did already. */
  noteSending(at: Date): boolean;
  /** To be called every few seconds, else the lock counts as abandoned after 20; never throws. */
  touch(): void;
  /** Never throws; harmless when the lock is gone. */
  release(): void;
}

/** The keychain of the system; an account is a name for people to recognize. Each throws ConfigError. */
export interface Keychain {
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  /** Tells whether there was one. */
  remove(account: string): Promise<boolean>;
}

/** An answer that can be chosen. */
export interface PromptChoice {
  readonly value: string;
  /** Shown for it. */
  readonly name: string;
  /** Shown below the list while it is the one pointed at. */
  readonly description?: string;
  /** Chosen already, where several can be. */
  readonly checked?: boolean;
}

/** Says in a sentence why an answer cannot be taken, which is then asked for again; true when it can. */
export type ValidateAnswer = (answer: string) => true | string | Promise<true | string>;

/** Questions to the person; to be asked only when stdin and stderr are terminals. Ctrl-C throws CancelledError. */
export interface Prompt {
  /** No is the answer that the return key gives. */
  confirm(message: string): Promise<boolean>;
  /** One line, without the white space around it. */
  line(
    message: string,
    how?: { readonly preset?: string; readonly validate?: ValidateAnswer },
  ): Promise<string>;
  /** One line that is not shown. */
  secret(message: string, how?: { readonly validate?: ValidateAnswer }): Promise<string>;
  /** One of several; the first is the answer that the return key gives. */
  choose(message: string, choices: readonly PromptChoice[]): Promise<string>;
  /** Any number of several. */
  chooseMany(message: string, choices: readonly PromptChoice[]): Promise<readonly string[]>;
}

/** A program to be run in the place of ours, on the same terminal. */
export interface ChildProgram {
  /** The program and its arguments; no shell reads them. */
  readonly words: readonly [string, ...string[]];
  /** Variables beside ours, which it has without those that are our own settings or secrets. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a child program ended, or why it never began. */
export type ChildEnding =
  /** As shells report it: its own status, or 128 and the number of the signal that ended it. */
  | { readonly type: 'ended'; readonly status: number }
  | { readonly type: 'not-found' }
  | { readonly type: 'not-executable'; readonly reason: string };

/** The browser that a login would open which names none. */
export type BrowserPlan =
  /** The command in BROWSER, and whether its program is there. */
  | { readonly type: 'command'; readonly command: string; readonly found: boolean }
  | { readonly type: 'default' }
  | { readonly type: 'none'; readonly obstacle: BrowserObstacle };

/** The proxies in force, each as `host:port`. */
export interface ProxyFacts {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** NO_PROXY as it is set. */
  readonly exceptions?: string | undefined;
  /** The one for the URL that was asked about. */
  readonly used?: string | undefined;
}

/** How many certificates are there to be trusted. */
export interface TrustFacts {
  /** Those that come with Node. */
  readonly bundled: number;
  /** Those of the operating system; undefined where this Node cannot read them. */
  readonly system?: number | undefined;
  /** The file in NODE_EXTRA_CA_CERTS. */
  readonly extra?: { readonly path: string; readonly certificates: number; readonly problem?: string };
}

/** A folder of ours, or where it would be made. */
export interface FolderFacts {
  readonly exists: boolean;
  /** False when a file stands there, or above where it would be made. */
  readonly folder: boolean;
  /** Of the folder, or of the nearest one above it that exists. */
  readonly writable: boolean;
  /** Whether its mode lets others than its owner in; never true on Windows. */
  readonly openToOthers: boolean;
}

/** Facts about this machine, learned without changing anything. */
export interface Machine {
  /** Of the Node that runs, such as `22.21.0`. */
  readonly nodeVersion: string;
  browser(): BrowserPlan;
  /**
   * @param given the proxy that the options name
   * @param url what would be asked
   * @throws ConfigError when one is not a URL, or of a kind that is not supported
   */
  proxies(given: string | undefined, url: string | undefined): ProxyFacts;
  trust(): Promise<TrustFacts>;
  folder(path: string): Promise<FolderFacts>;
}

/** Every door to the outside. main.ts makes the real ones; tests hand in their own. */
export interface Context {
  readonly env: Environment;
  /** Takes a variable that holds a secret from the environment of every program that is started from now on. */
  hideVariable(name: string): void;
  readonly platform: NodeJS.Platform;
  readonly terminal: Terminal;
  /** Aborted by SIGINT, SIGTERM, SIGHUP and SIGBREAK; its reason is a CancelledError. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** Absolute; `/` when the folder the process was started in is gone. */
  workingDirectory(): string;
  /** Of the user, absolute. */
  homeDirectory(): string;
  /** The text of a file the user named. @throws ConfigError when it cannot be read or has more than 10 MB. */
  readFile(path: string, decode?: Decode): Promise<string>;
  /** A file the user named, piece by piece, for what may be large. @throws ConfigError when it cannot be read. */
  readChunks(path: string): AsyncIterable<Uint8Array>;
  /** A file the user named, as octets. @throws ConfigError when it cannot be read or has more than 100 MB. */
  readOctets(path: string): Promise<Uint8Array>;
  /** Settings and sessions, kept between runs. */
  readonly files: PrivateFiles;
  readonly keychain: Keychain;
  machine(): Promise<Machine>;
  readonly prompt: Prompt;
  /** Lets the person change a file in their editor. @throws ConfigError when that fails. */
  editFile(path: string): Promise<void>;
  /** What a program writes to stdout; no shell reads the command. @throws ConfigError when it fails */
  outputOf(command: string): Promise<string>;
  /** Runs a program with our stdin, stdout and stderr to its end; signals that reach us are passed on to it. */
  runProgram(program: ChildProgram): Promise<ChildEnding>;
  /** Connections are made when the first request is sent. */
  connect(settings: ConnectionSettings): Promise<HttpClient>;
  /** @throws UsageError when no port is free or the address is not loopback. */
  listen(options: ListenOptions): Promise<CallbackListener>;
  /** @throws UsageError as `listen` */
  receive(options: MessageServerOptions): Promise<MessageServer>;
  /**
   * Starts the given command, else BROWSER, else the system's browser where one can be expected, and watches its
   * child for two seconds; never throws. A child that is still ours is ended with the run when that is cancelled.
   * @param started told at once that the program runs, before anything is known of how it fares
   */
  openBrowser(
    url: string,
    command: string | undefined,
    started?: (command: string) => void,
  ): Promise<BrowserLaunch>;
}
