import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { ChildEnding, ChildProgram, Environment } from '../context.ts';
import { errorCode } from '../errors/system-failure.ts';
import { ConfigError } from '../errors.ts';
import { say } from '../say.ts';

/** Signals to us that are meant for the program. */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGBREAK'] as const;

/** Runs a program on our own stdin, stdout and stderr, without a shell, to its end. */
export function runProgram({ words: [file, ...args], env }: ChildProgram): Promise<ChildEnding> {
  return new Promise((resolve, reject) => {
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(file, args, { env: { ...process.env, ...env }, stdio: 'inherit' });
    } catch (error) {
      const ending = neverBegan(error);
      return ending === undefined ? reject(error) : resolve(ending);
    }
    const handlers = [...passedOn, 'SIGINT' as const].flatMap((name) => {
      // The terminal sends Ctrl-C to the program as well; a second one could mean "at once" to it.
      const pass = () => void (name === 'SIGINT' && isatty(0) ? undefined : child.kill(name));
      try {
        process.on(name, pass);
        return [[name, pass] as const];
      } catch {
        // Not every system has every signal.
        return [];
      }
    });
    const release = () => {
      for (const [name, pass] of handlers) process.removeListener(name, pass);
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      release();
      const ending = neverBegan(error);
      if (ending === undefined) reject(error);
      else resolve(ending);
    });
    child.once('close', (status, signal) => {
      release();
      const number = signal === null ? 0 : constants.signals[signal];
      resolve({ type: 'ended', status: status ?? 128 + number });
    });
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOEXEC: 'it is not a program this system can run',
  // Node refuses to run .cmd and .bat files without a shell.
  EINVAL: 'it is not a program that can be run without a shell',
  E2BIG: 'its arguments and environment are too long',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
};

function neverBegan(error: unknown): ChildEnding | undefined {
  const code = errorCode(error);
  if (code === 'ENOENT') return { type: 'not-found' };
  const reason = reasons[code];
  return reason === undefined ? undefined : { type: 'not-executable', reason };
}

/**
 * Opens a file in VISUAL, else EDITOR, else the editor every system has, and waits until it is closed. No shell is
 * involved.
 * @throws ConfigError when it cannot be started or ends with a failure
 */
export async function editFile(path: string, env: Environment, platform: NodeJS.Platform): Promise<void> {
  const command = env.VISUAL || env.EDITOR || (platform === 'win32' ? 'notepad' : 'vi');
  const [program = command, ...words] = splitCommandLine(command);
  const how = await new Promise<string>((resolve) => {
    const child = spawn(program, [...words, path], { stdio: 'inherit' });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status === 0 ? '' : `ended with ${signal ?? status}`));
  });
  if (how === '') return;
  throw new ConfigError(say`The editor "${command}" did not finish: ${how}.`, {
    hint: 'EDITOR names another one; --set KEY=VALUE needs none.',
  });
}

/**
 * What a program writes to stdout within a minute; it has our stdin and stderr. No shell is involved.
 * @throws ConfigError when it cannot be started or ends with a failure; the reason of the signal, which ends it
 */
export async function outputOf(command: string, signal: AbortSignal, timeout = 60_000): Promise<string> {
  const [program = command, ...words] = splitCommandLine(command);
  let output = '';
  const how = await new Promise<string>((resolve) => {
    // Not the timeout of spawn: it keeps us alive where the program was not found.
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const child = spawn(program, words, { stdio: ['inherit', 'pipe', 'inherit'], signal: ended });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', (error) => {
      if (ended.aborted) resolve(`it took over ${timeout / 1000} s`);
      else resolve(errorCode(error) === 'ENOENT' ? 'the program was not found' : error.message);
    });
    child.once('close', (status, by) => resolve(status === 0 ? '' : `it ended with ${by ?? status}`));
  });
  signal.throwIfAborted();
  if (how === '') return output;
  throw new ConfigError(say`The command "${command}" did not bring a token: ${how}.`);
}

/**
 * Splits a command into words at white space; single and double quotes keep white space inside a word.
 * Nothing is expanded and a backslash is an ordinary character, so that Windows paths stay whole.
 */
export function splitCommandLine(command: string): string[] {
  const words: string[] = [];
  for (const [, spaced] of command.matchAll(/((?:"[^"]*"|'[^']*'|[^\s"']|["'])+)/g)) {
    if (spaced !== undefined) words.push(spaced.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}
