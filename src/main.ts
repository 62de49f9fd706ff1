import { cancelOnSignals } from './adapters/signals.ts';
import { colorChoice, createTerminal } from './adapters/terminal.ts';
import type { Context } from './context.ts';
import { ConfigError } from './errors.ts';
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
    async readFile(path) {
      const { readFile } = await import('node:fs/promises');
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const why =
          code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : code;
        throw new ConfigError(`Cannot read ${path}: ${why}.`, { cause: error });
      }
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

const argv = process.argv.slice(2);
const signals = cancelOnSignals();
run(argv, createContext(argv, signals.signal)).then((status) => {
  process.exitCode = status;
  signals.release();
});
