import { homedir } from 'node:os';
import { cancelOnSignals } from './adapters/signals.ts';
import { colorChoice, createTerminal } from './adapters/terminal.ts';
import type { Context, PrivateFiles } from './context.ts';
import { run } from './program.ts';

/** The real doors to the outside; whatever is heavy behind one is loaded when it is first opened. */
function createContext(argv: readonly string[], signal: AbortSignal): Context {
  const { env, platform } = process;
  return {
    env,
    platform,
    utcOffsetMinutes: (at) => -at.getTimezoneOffset(),
    terminal: createTerminal(env, colorChoice(argv, env)),
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
    async readFile(path) {
      const { readFile } = await import('node:fs/promises');
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        const { fileError } = await import('./adapters/file-error.ts');
        throw fileError('read', path, error);
      }
    },
    files: {
      read: async (path) => (await openFiles()).read(path),
      exists: async (path) => (await openFiles()).exists(path),
      write: async (path, text) => (await openFiles()).write(path, text),
      remove: async (path) => (await openFiles()).remove(path),
      list: async (folder) => (await openFiles()).list(folder),
      setAside: async (path, label) => (await openFiles()).setAside(path, label),
      sweep: async (folder) => (await openFiles()).sweep(folder),
    },
    async connect(settings) {
      const { connectHttpClient } = await import('./adapters/http-client.ts');
      return connectHttpClient(settings, env);
    },
    async listen(options) {
      const { listenForCallback } = await import('./adapters/callback-listener.ts');
      return listenForCallback(options);
    },
    async openBrowser(url, command) {
      const { openBrowser } = await import('./adapters/browser.ts');
      return openBrowser(url, command, env, platform, signal);
    },
  };
}

async function openFiles(): Promise<PrivateFiles> {
  return (await import('./adapters/private-files.ts')).privateFiles;
}

const argv = process.argv.slice(2);
const signals = cancelOnSignals();
run(argv, createContext(argv, signals.signal)).then((status) => {
  process.exitCode = status;
  signals.release();
});
