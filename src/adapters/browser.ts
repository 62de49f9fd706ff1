import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { BrowserLaunch, BrowserObstacle, Environment } from '../context.ts';
import { splitCommandLine } from './child-program.ts';

/** How long a browser may take to fail before it counts as opened. */
const watchMs = 2000;

/** Why the system's browser would not reach the person: another machine, no window system. */
export function browserObstacle(
  env: Environment,
  platform: NodeJS.Platform,
  exists: (path: string) => boolean = existsSync,
): BrowserObstacle | undefined {
  if (env.SSH_CONNECTION || env.SSH_TTY || env.SSH_CLIENT) return 'ssh';
  if (env.container || exists('/.dockerenv') || exists('/run/.containerenv')) return 'container';
  const windowSystem = env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  if (platform !== 'darwin' && platform !== 'win32' && !windowSystem) return 'no-display';
  return undefined;
}

/** Where a browser is opened, and who is told that it runs. */
export interface BrowserSurroundings {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
  readonly started?: ((command: string) => void) | undefined;
}

/**
 * Opens a URL: with the given command, else with BROWSER, else with the system's browser. `%s` in a command stands
 * for the URL, which otherwise comes last; no shell is involved. Resolves when the child has ended or has lived for
 * two seconds.
 */
export async function openBrowser(
  url: string,
  command: string | undefined,
  { env, platform, signal, started }: BrowserSurroundings,
): Promise<BrowserLaunch> {
  const asked = command ?? chosenBrowser(env, platform);
  if (asked === undefined) {
    const obstacle = browserObstacle(env, platform);
    if (obstacle !== undefined) return { type: 'not-launched', obstacle };
  }
  const name = asked === undefined ? 'the default browser' : nameOf(asked);
  try {
    const child = asked === undefined ? await openDefault(url) : startCommand(asked, url);
    // A program that is not there has no process number.
    if (child.pid !== undefined) started?.(name);
    return await watch(child, name, asked !== undefined, signal);
  } catch (error) {
    return { type: 'failed', command: name, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The command in BROWSER: of a list with colons the first that exists (xdg-open(1), sensible-browser(1)). */
export function chosenBrowser(env: Environment, platform: NodeJS.Platform): string | undefined {
  const value = env.BROWSER?.trim() || undefined;
  if (value === undefined || platform === 'win32' || existsSync(value)) return value;
  const commands = value.split(':').filter((one) => one.trim() !== '');
  const folders = (env.PATH ?? '').split(':');
  const exists = (one: string) => {
    const [program = ''] = commandWords(one);
    return program.includes('/')
      ? existsSync(program)
      : folders.some((folder) => existsSync(`${folder}/${program}`));
  };
  return commands.length > 1 ? (commands.find(exists) ?? commands[0]) : value;
}

/** The words of a command; the longest beginning that is the path of something, blanks included, is the first. */
export function commandWords(command: string): readonly string[] {
  for (let end = command.length; end > 0; end = command.lastIndexOf(' ', end - 1)) {
    const path = command.slice(0, end);
    if (/[\\/][^\\/]+$/.test(path) && existsSync(path))
      return [path, ...splitCommandLine(command.slice(end))];
  }
  return splitCommandLine(command);
}

/** A command as it is spoken of: the URL was printed already. */
function nameOf(command: string): string {
  return command.replace(/\s+(['"]?)%s\1\s*$/, '').replaceAll('%s', 'URL');
}

async function openDefault(url: string): Promise<ChildProcess> {
  const { default: open } = await import('open');
  return open(url, { wait: false });
}

function startCommand(command: string, url: string): ChildProcess {
  const words = commandWords(command);
  // Without a word of its own the URL would be taken for the program.
  if (words.length === 0) throw new Error('the command is empty');
  const withUrl = words.some((word) => word.includes('%s'))
    ? words.map((word) => word.replaceAll('%s', () => url))
    : [...words, url];
  const [file = '', ...args] = withUrl;
  return spawn(file, args, { stdio: 'ignore', detached: true, windowsHide: true });
}

/** A command is often a script that has started the browser proper; detached, both are one process group. */
function endWithChildren(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid);
    else child.kill();
  } catch {
    child.kill();
  }
}

function watch(
  child: ChildProcess,
  command: string,
  ours: boolean,
  signal: AbortSignal,
): Promise<BrowserLaunch> {
  const stop = () => {
    if (ours && child.exitCode === null) endWithChildren(child);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  child.once('exit', () => signal.removeEventListener('abort', stop));
  return new Promise((resolve) => {
    const report = (launch: BrowserLaunch) => {
      clearTimeout(timer);
      // Until here the child keeps the run alive: without a listener the run would end before the browser has started.
      child.unref();
      resolve(launch);
    };
    const timer = setTimeout(() => report({ type: 'opened', command }), watchMs);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'the program was not found' : error.message;
      report({ type: 'failed', command, reason });
    });
    child.once('exit', (code, signalName) => {
      if (code === 0) report({ type: 'opened', command });
      else
        report({
          type: 'failed',
          command,
          reason: `it ended with ${code === null ? signalName : `status ${code}`}`,
        });
    });
  });
}
