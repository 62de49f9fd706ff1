import { readFile } from 'node:fs/promises';
import { listenForCallback } from '../../src/adapters/callback-listener.ts';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import { inspectMachine } from '../../src/adapters/machine.ts';
import { serveMessages } from '../../src/adapters/message-server.ts';
import { privateFiles } from '../../src/adapters/private-files.ts';
import type {
  BrowserLaunch,
  ChildEnding,
  ChildProgram,
  Context,
  Machine,
  OutputStream,
  PromptChoice,
  ValidateAnswer,
} from '../../src/context.ts';
import { fileError } from '../../src/errors/system-failure.ts';
import { CancelledError, type CancellingSignal } from '../../src/errors.ts';
import { decodeText } from '../../src/protocol/text-input.ts';

/** How the fake surroundings of a run differ from a bare pipe with an empty environment. */
export interface TestContextOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  /** A moment the clock stands still at, or a clock of its own; the real one when left out. */
  readonly now?: Date | (() => Date);
  /** The home directory; without it a path at which there is nothing. */
  readonly home?: string;
  /** The working directory; without it the home directory. */
  readonly workingDirectory?: string;
  /** What the user's files hold, by path; other paths are read from the disk. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What the keychain holds, by account; it is changed by the run. */
  readonly keychain?: Map<string, string>;
  /** Where the machine is to look other than the one the test runs on. */
  readonly machine?: Partial<Machine>;
  /** What the person answers to a question; without it a question is a failure. */
  readonly confirm?: (message: string) => boolean;
  /** What the person answers to the questions of a wizard; `undefined` is Ctrl-C. Without it one is a failure. */
  readonly person?: (question: AskedQuestion) => string | readonly string[] | undefined;
  /** Plays the program that is run; without it running one is a failure. */
  readonly outputOf?: (command: string) => Promise<string>;
  readonly runProgram?: (program: ChildProgram) => Promise<ChildEnding>;
  /** Plays the editor; without it opening one is a failure. */
  readonly editFile?: (path: string) => Promise<void>;
  /** All of stdin, for values given as `-`. */
  readonly stdin?: string | Uint8Array;
  /** Whether a person sits at the terminal, who can type with `type`. */
  readonly stdinIsTTY?: boolean;
  readonly stdout?: Partial<OutputLooks>;
  readonly stderr?: Partial<OutputLooks>;
  /** Plays the browser; without it the redirects of the URL are followed to their end. Its failure is `failed`. */
  readonly visit?: (url: string) => Promise<void>;
  /** What opening the browser says; without it that it was opened. Nothing is visited unless it was. */
  readonly launch?: BrowserLaunch;
}

/** A question as the person sees it. */
export interface AskedQuestion {
  readonly type: 'line' | 'secret' | 'choose' | 'choose-many';
  readonly message: string;
  /** The answer of the return key alone. */
  readonly preset?: string;
  readonly choices: readonly PromptChoice[];
  /** What was wrong with the answer before. */
  readonly complaint?: string;
}

/** How an output stream looks to the program. */
export type OutputLooks = Omit<OutputStream, 'write' | 'writeOctets'>;

/** A context with the real HTTP client, listener and files whose person, browser and terminal are played. */
export interface TestContext {
  readonly context: Context;
  /** All that was written so far. */
  stdout(): string;
  stderr(): string;
  /** Both streams in the order they were written. */
  readonly written: readonly { readonly stream: 'stdout' | 'stderr'; readonly text: string }[];
  /** Every URL that a browser was to open, with the command that was given for it. */
  readonly opened: readonly { readonly url: string; readonly command: string | undefined }[];
  /** Resolves when every visit has come to its end. @throws what a visit threw */
  visited(): Promise<void>;
  /** Types a line, without its line feed. */
  type(line: string): void;
  /** Presses Ctrl-C, or sends another signal. */
  cancel(signalName?: CancellingSignal): void;
}

const pipe: OutputLooks = { isTTY: false, columns: 80, color: false, unicode: true };

/** Makes the surroundings of one run. */
export function createTestContext(options: TestContextOptions = {}): TestContext {
  // Nothing is kept unless a test says so.
  const env = { OAUTH_CODE_STORE: 'none', ...options.env };
  const ofPrograms: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^OAUTH_CODE_(?!HOME$)/.test(name)),
  );
  const { now = () => new Date(), files = {}, visit = followRedirects, launch } = options;
  const { home = '/nonexistent/home' } = options;
  const keychain = options.keychain ?? new Map<string, string>();
  const written: { stream: 'stdout' | 'stderr'; text: string }[] = [];
  const opened: { url: string; command: string | undefined }[] = [];
  const visits: Promise<void>[] = [];
  const cancelled = new AbortController();
  const keyboard = createKeyboard();

  const output = (stream: 'stdout' | 'stderr'): OutputStream => ({
    ...pipe,
    ...options[stream],
    write: (text) => void written.push({ stream, text }),
    writeOctets: (octets) => void written.push({ stream, text: Buffer.from(octets).toString('latin1') }),
  });
  const text = (wanted: 'stdout' | 'stderr') =>
    written
      .filter(({ stream }) => stream === wanted)
      .map((piece) => piece.text)
      .join('');

  const ask = async (question: AskedQuestion & { readonly validate?: ValidateAnswer }) => {
    const { validate, ...asked } = question;
    for (let complaint: string | undefined; ; ) {
      const answer = options.person?.({ ...asked, ...(complaint === undefined ? {} : { complaint }) });
      if (options.person === undefined) throw new Error(`A question that was not expected: ${asked.message}`);
      if (answer === undefined) throw new CancelledError('SIGINT');
      const verdict = typeof answer === 'string' ? await (validate?.(answer) ?? true) : true;
      if (verdict === true) return answer;
      if (verdict === complaint) throw new Error(`Twice the same complaint: ${verdict}`);
      complaint = verdict;
    }
  };

  let unread = options.stdin ?? '';
  const context: Context = {
    env,
    hideVariable: (name) => void delete ofPrograms[name],
    platform: options.platform ?? 'linux',
    terminal: {
      stdout: output('stdout'),
      stderr: output('stderr'),
      stdinIsTTY: options.stdinIsTTY === true,
      showWait: () => () => {},
      lines: (signal) => (options.stdinIsTTY === true ? keyboard.lines(signal) : noLines()),
      async readStdin(decode = decodeText) {
        const text = decode(Buffer.from(unread));
        unread = '';
        return text;
      },
      async *stdinChunks() {
        yield Buffer.from(options.stdin ?? '');
      },
    },
    signal: cancelled.signal,
    now: () => (now instanceof Date ? now : now()),
    monotonicMs: () => performance.now(),
    workingDirectory: () => options.workingDirectory ?? home,
    homeDirectory: () => home,
    readFile: async (path, decode = decodeText) => decode(await context.readOctets(path)),
    async readOctets(path) {
      if (path === '/dev/stdin') return Buffer.from(options.stdin ?? '');
      if (Object.hasOwn(files, path)) return Buffer.from(files[path] ?? '');
      return readFile(path).catch((cause) => {
        throw fileError('read', path, cause);
      });
    },
    async *readChunks(path) {
      yield await context.readOctets(path);
    },
    files: privateFiles,
    keychain: {
      get: async (account) => keychain.get(account),
      set: async (account, secret) => void keychain.set(account, secret),
      remove: async (account) => keychain.delete(account),
    },
    machine: async () => ({ ...inspectMachine(env, options.platform ?? 'linux'), ...options.machine }),
    prompt: {
      async confirm(message) {
        if (options.confirm === undefined) throw new Error(`A question that was not expected: ${message}`);
        return options.confirm(message);
      },
      line: async (message, how) => String(await ask({ type: 'line', message, choices: [], ...how })),
      secret: async (message, how) => String(await ask({ type: 'secret', message, choices: [], ...how })),
      choose: async (message, choices) => String(await ask({ type: 'choose', message, choices })),
      async chooseMany(message, choices) {
        const answer = await ask({ type: 'choose-many', message, choices });
        return Array.isArray(answer) ? answer : [String(answer)];
      },
    },
    async editFile(path) {
      if (options.editFile === undefined) throw new Error(`An editor that was not expected: ${path}`);
      return options.editFile(path);
    },
    async runProgram(program) {
      if (options.runProgram === undefined) throw new Error('A program that was not expected');
      return options.runProgram({
        ...program,
        env: { ...(ofPrograms as Record<string, string>), ...program.env },
      });
    },
    async outputOf(command) {
      if (options.outputOf === undefined) throw new Error(`A command that was not expected: ${command}`);
      return options.outputOf(command);
    },
    connect: (settings) => connectHttpClient(settings, env),
    listen: (wanted) => listenForCallback(wanted),
    receive: serveMessages,
    async openBrowser(url, command, started) {
      opened.push({ url, command });
      if (launch !== undefined && launch.type !== 'opened') return launch;
      started?.(command ?? 'the test');
      const visited = visit(url);
      // Whoever awaits `visited()` is told; until then it is not unhandled.
      visited.catch(() => {});
      visits.push(visited);
      return launch ?? { type: 'opened', command: command ?? 'the test' };
    },
  };

  return {
    context,
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    written,
    opened,
    visited: async () => void (await Promise.all(visits)),
    type: keyboard.type,
    cancel: (signalName = 'SIGINT') => cancelled.abort(new CancelledError(signalName)),
  };
}

async function followRedirects(url: string): Promise<void> {
  const response = await fetch(url, { redirect: 'follow' });
  await response.text();
}

async function* noLines(): AsyncIterable<string> {}

/** Lines wait until they are asked for; the asking ends with its signal. */
function createKeyboard() {
  const typed: string[] = [];
  let wake = () => {};
  return {
    type(line: string): void {
      typed.push(line);
      wake();
    },
    async *lines(signal: AbortSignal): AsyncIterable<string> {
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      try {
        while (!signal.aborted) {
          const line = typed.shift();
          if (line !== undefined) yield line;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
