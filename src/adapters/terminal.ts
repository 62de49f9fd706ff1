import { createInterface } from 'node:readline';
import type { OutputStream, Terminal } from '../context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `--color` may say. */
export type ColorChoice = 'auto' | 'always' | 'never';

/**
 * Decides once whether a stream shows colour:
 * `--color`, then a non-empty NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether it is a terminal.
 */
export function showsColor(choice: ColorChoice, env: Environment, isTTY: boolean): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return env.TERM !== 'dumb' && isTTY;
}

/** Whether marks beyond ASCII can be expected to be shown: not in another character set, not in an old console. */
export function showsUnicode(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** The terminal of this process. */
export function createTerminal(env: Environment, choice: ColorChoice): Terminal {
  return {
    stdout: outputStream(process.stdout, env, choice),
    stderr: outputStream(process.stderr, env, choice),
    stdinIsTTY: process.stdin.isTTY === true,
    async *lines(signal) {
      if (!process.stdin.isTTY || signal.aborted) return;
      const reader = createInterface({ input: process.stdin });
      const stop = () => reader.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const line of reader) yield line;
      } finally {
        signal.removeEventListener('abort', stop);
        reader.close();
        process.stdin.pause();
        process.stdin.unref();
      }
    },
    async readStdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

function outputStream(stream: NodeJS.WriteStream, env: Environment, choice: ColorChoice): OutputStream {
  // A reader that went away (`| head`) is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || 80;
    },
    color: showsColor(choice, env, stream.isTTY === true),
    unicode: showsUnicode(env, process.platform),
    write(text) {
      stream.write(text);
    },
  };
}

/** What `--color` or OAUTH_CODE_COLOR says, read before the command line is parsed; anything odd counts as `auto`. */
export function colorChoice(argv: readonly string[], env: Environment): ColorChoice {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const at = own.findLastIndex((word) => word === '--color' || word.startsWith('--color='));
  const word = own[at] ?? '';
  const given =
    at === -1 ? env.OAUTH_CODE_COLOR : word === '--color' ? own[at + 1] : word.slice('--color='.length);
  return given === 'always' || given === 'never' ? given : 'auto';
}
