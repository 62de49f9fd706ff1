import { homedir } from 'node:os';
import { colorChoice, createTerminal } from '../adapters/terminal.ts';
import type { Context, PrivateFiles } from '../context.ts';

/** The real doors to the outside; the heavy ones are loaded when they are first opened. */
export function createContext(argv: readonly string[], signal: AbortSignal): Context {
  const { platform } = process;
  const env = { ...process.env };
  // Programs that are started from here, such as a browser, have no use for settings, which may hold a secret.
  for (const name of Object.keys(env)) {
    if (/^OAUTH_CODE_(?!HOME$)/i.test(name)) delete process.env[name];
  }
  const userFiles = () => import('../adapters/user-files.ts');
  const keychain = async () => (await import('../adapters/keychain.ts')).openKeychain(signal);
  const prompt = async () => (await import('../adapters/prompt.ts')).openPrompt(signal);
  return {
    env,
    hideVariable: (name) => void delete process.env[name],
    platform,
    utcOffsetMinutes: (at) => -at.getTimezoneOffset(),
    terminal: createTerminal(env, colorChoice(argv, env), signal),
    signal,
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    workingDirectory() {
      try {
        return process.cwd();
      } catch {
        return '/';
      }
    },
    homeDirectory: () => homedir(),
    readFile: async (path) => (await userFiles()).readTextFile(path),
    readOctets: async (path) => (await userFiles()).readOctets(path),
    async *readChunks(path) {
      yield* (await userFiles()).readChunks(path);
    },
    files: {
      read: async (path) => (await openFiles()).read(path),
      exists: async (path) => (await openFiles()).exists(path),
      write: async (path, text) => (await openFiles()).write(path, text),
      remove: async (path) => (await openFiles()).remove(path),
      list: async (folder) => (await openFiles()).list(folder),
      setAside: async (path, label) => (await openFiles()).setAside(path, label),
      sweep: async (folder) => (await openFiles()).sweep(folder),
      prepare: async (path, octets) => (await openFiles()).prepare(path, octets),
      stamp: async (path) => (await openFiles()).stamp(path),
      append: async (path, text) => (await openFiles()).append(path, text),
      tryLock: async (path) => (await openFiles()).tryLock(path),
    },
    keychain: {
      get: async (account) => (await keychain()).get(account),
      set: async (account, secret) => (await keychain()).set(account, secret),
      remove: async (account) => (await keychain()).remove(account),
    },
    async machine() {
      const { inspectMachine } = await import('../adapters/machine.ts');
      return inspectMachine(env, platform);
    },
    prompt: {
      confirm: async (message) => (await prompt()).confirm(message),
      line: async (message, how) => (await prompt()).line(message, how),
      secret: async (message, how) => (await prompt()).secret(message, how),
      choose: async (message, choices) => (await prompt()).choose(message, choices),
      chooseMany: async (message, choices) => (await prompt()).chooseMany(message, choices),
    },
    async editFile(path) {
      const { editFile } = await import('../adapters/child-program.ts');
      return editFile(path, env, platform);
    },
    async runProgram(program) {
      const { runProgram } = await import('../adapters/child-program.ts');
      return runProgram(program);
    },
    async connect(settings) {
      const { connectHttpClient } = await import('../adapters/http-client.ts');
      return connectHttpClient(settings, env);
    },
    async listen(options) {
      const { listenForCallback } = await import('../adapters/callback-listener.ts');
      return listenForCallback(options);
    },
    async openBrowser(url, command, started) {
      const { openBrowser } = await import('../adapters/browser.ts');
      return openBrowser(url, command, { env, platform, signal, started });
    },
  };
}

async function openFiles(): Promise<PrivateFiles> {
  return (await import('../adapters/private-files.ts')).privateFiles;
}
