import { homedir } from 'node:os';
import { isOpenStream } from '../adapters/open-file.ts';
import { colorChoice, createTerminal } from '../adapters/terminal.ts';
import type { Context, StoredFile } from '../context.ts';
import { attempt } from '../errors/attempt.ts';

/** The real doors to the outside; the heavy ones are loaded when they are first opened. */
export function createContext(argv: readonly string[], signal: AbortSignal): Context {
  const { platform } = process;
  const env = { ...process.env };
  // Programs that are started from here, such as a browser, have no use for settings, which may hold a secret.
  for (const name of Object.keys(env)) {
    if (/^OAUTH_CODE_(?!HOME$)/i.test(name)) delete process.env[name];
  }
  const userFiles = () => import('../adapters/user-files.ts');
  const readFile: Context['readFile'] = async (path, decode) =>
    (await userFiles()).readTextFile(path, signal, decode);
  return {
    env,
    hideVariable: (name) => void delete process.env[name],
    platform,
    terminal: createTerminal(env, colorChoice(argv, env), signal),
    signal,
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    workingDirectory: () => attempt(() => process.cwd()) ?? '/',
    homeDirectory: () => homedir(),
    readFile,
    readOctets: async (path) => (await userFiles()).readOctets(path, signal),
    async *readChunks(path) {
      yield* (await userFiles()).readChunks(path, signal);
    },
    files: loadedLate(async () => {
      const { privateFiles } = await import('../adapters/private-files.ts');
      const readStream = async (path: string): Promise<StoredFile> => ({
        text: await readFile(path),
        readableByOthers: false,
        changeableBy: [],
        asRoot: false,
      });
      return {
        ...privateFiles,
        read: (path, folders) => (isOpenStream(path) ? readStream(path) : privateFiles.read(path, folders)),
      };
    }),
    keychain: loadedLate(async () => (await import('../adapters/keychain.ts')).openKeychain(signal)),
    prompt: loadedLate(async () => (await import('../adapters/prompt.ts')).openPrompt(signal)),
    async machine() {
      const { inspectMachine } = await import('../adapters/machine.ts');
      return inspectMachine(env, platform);
    },
    async editFile(path) {
      const { editFile } = await import('../adapters/child-program.ts');
      return editFile(path, env, platform);
    },
    async runProgram(program) {
      const { runProgram } = await import('../adapters/child-program.ts');
      return runProgram(program);
    },
    async outputOf(command) {
      const { outputOf } = await import('../adapters/child-program.ts');
      return outputOf(command, signal);
    },
    async connect(settings) {
      const { connectHttpClient } = await import('../adapters/http-client.ts');
      return connectHttpClient(settings, env);
    },
    async listen(options) {
      const { listenForCallback } = await import('../adapters/callback-listener.ts');
      return listenForCallback(options);
    },
    async receive(options) {
      const { serveMessages } = await import('../adapters/message-server.ts');
      return serveMessages(options);
    },
    async openBrowser(url, command, started) {
      const { openBrowser } = await import('../adapters/browser.ts');
      return openBrowser(url, command, { env, platform, signal, started });
    },
  };
}

/** A door whose real one is loaded when one of its methods is called; all of them answer with a promise. */
function loadedLate<Door extends object>(load: () => Promise<Door>): Door {
  return new Proxy({} as Door, {
    get:
      (_, name) =>
      async (...args: unknown[]) => {
        const door: object = await load();
        return Reflect.apply(Reflect.get(door, name), door, args);
      },
  });
}
