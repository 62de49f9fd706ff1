import { isatty } from 'node:tty';
import type { Environment, OutputStream, Terminal } from '../context.ts';
import { outputError } from '../errors/system-failure.ts';
import { writeWhole } from './write-whole.ts';

/** A shorter wait is not worth a line. */
const shownAfterMs = 300;
/** Takes away the line of a wait; what draws it is loaded with the first one that is shown. */
let beforeWriting = () => {};

/** The values of `--color`. */
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

/** The terminal of this process; reading all of stdin ends with the reason of the signal. */
export function createTerminal(env: Environment, choice: ColorChoice, signal: AbortSignal): Terminal {
  const stderr = outputStream(2, env, choice);
  return {
    stdout: outputStream(1, env, choice),
    stderr,
    showWait(load, typing = false) {
      if (!stderr.isTTY || env.TERM === 'dumb') return () => {};
      let stop: (() => void) | undefined;
      let isOver = false;
      const timer = setTimeout(async () => {
        const [{ hideWait, startWait }, what] = await Promise.all([import('./progress.ts'), load()]);
        if (isOver || what === undefined) return;
        const line = {
          write: (text: string) => writeOut(2, text),
          columns: () => stderr.columns,
          unicode: stderr.unicode,
        };
        beforeWriting = () => hideWait(line);
        stop = startWait({ what, typing }, line);
      }, shownAfterMs).unref();
      return () => {
        isOver = true;
        clearTimeout(timer);
        stop?.();
      };
    },
    stdinIsTTY: isatty(0),
    async *lines(over) {
      if (!isatty(0) || over.aborted) return;
      const { createInterface } = await import('node:readline');
      if (over.aborted) return;
      // An earlier question let go of stdin; the process stays while this one waits for its answer.
      process.stdin.ref();
      const reader = createInterface({ input: process.stdin });
      const stop = () => reader.close();
      over.addEventListener('abort', stop, { once: true });
      try {
        for await (const line of reader) yield line;
      } finally {
        over.removeEventListener('abort', stop);
        reader.close();
        // Nothing reads it any more: an open terminal must not keep the process alive.
        process.stdin.pause();
        process.stdin.unref();
      }
    },
    async readStdin(decode) {
      const { chunksOf, collectText } = await import('./user-files.ts');
      return collectText(chunksOf(process.stdin, signal), 'stdin', decode);
    },
    async *stdinChunks() {
      yield* (await import('./user-files.ts')).chunksOf(process.stdin, signal);
    },
  };
}

/** `process.stdout` and `process.stderr` are left alone but for the width: loading them is felt at every start. */
function outputStream(descriptor: 1 | 2, env: Environment, choice: ColorChoice): OutputStream {
  const isTTY = isatty(descriptor);
  const stream = () => (descriptor === 1 ? process.stdout : process.stderr);
  return {
    isTTY,
    get columns() {
      return (isTTY && stream().columns) || 80;
    },
    color: showsColor(choice, env, isTTY),
    unicode: showsUnicode(env, process.platform),
    write(text) {
      beforeWriting();
      writeOut(descriptor, text);
    },
    writeOctets(octets) {
      beforeWriting();
      writeOut(descriptor, octets);
    },
  };
}

/** A result that is lost is an error; what is told on the way is not worth failing for. @throws ConfigError */
function writeOut(descriptor: 1 | 2, content: string | Uint8Array): void {
  try {
    writeWhole(descriptor, content);
  } catch (error) {
    if (descriptor === 1) throw outputError(error);
  }
}

/** The value of `--color` or OAUTH_CODE_COLOR, read before the command line is parsed; anything odd counts as `auto`. */
export function colorChoice(argv: readonly string[], env: Environment): ColorChoice {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const at = own.findLastIndex((word) => word === '--color' || word.startsWith('--color='));
  const word = own[at] ?? '';
  const given =
    at === -1 ? env.OAUTH_CODE_COLOR : word === '--color' ? own[at + 1] : word.slice('--color='.length);
  return given === 'always' || given === 'never' ? given : 'auto';
}
