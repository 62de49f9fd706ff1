import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');

let home = '';

/** Gives the runs of a test file a home, and removes it at the end: the files of a worker share this module. */
export function giveHomeToFile(): void {
  home = mkdtempSync(join(tmpdir(), 'oauth-code-home-'));
  afterAll(() => rmSync(home, { recursive: true }));
}

/** The environment of a run without a terminal, a display or a browser, whose files are its own. */
export const cleanEnvironment = {
  PATH: process.env.PATH ?? '',
  get HOME() {
    return home;
  },
};

/** What a finished run said. */
export interface FinishedRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the built bin that is still going on. */
export interface RunningCli {
  readonly child: ChildProcess;
  /** Resolves with the first match on stderr; rejects with all output when the run ends without one. */
  stderrMatches(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly finished: Promise<FinishedRun>;
}

/** How to start the bin. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Where the run starts; the folder of the test run when left out. */
  readonly cwd?: string;
  /** Another Node binary or bin file than this run's. */
  readonly node?: string;
  readonly bin?: string;
  /** The user that runs it, which only root can choose. */
  readonly uid?: number;
}

/** Starts the built bin in a clean environment that stores nothing. */
export function startCli(
  args: readonly string[],
  { env = {}, input, cwd, node, bin: file, uid }: CliOptions = {},
): RunningCli {
  const child = spawn(node ?? process.execPath, [file ?? bin, ...args], {
    env: { ...cleanEnvironment, OAUTH_CODE_STORE: 'none', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);

  const finished = new Promise<FinishedRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
  return {
    child,
    finished,
    stderrMatches(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = output.stderr.match(pattern);
          if (match !== null) resolve(match);
        };
        child.stderr.on('data', look);
        look();
        finished.then(({ status }) => {
          look();
          reject(
            new Error(`The run ended with ${status} before ${pattern}:\n${output.stderr}\n${output.stdout}`),
          );
        }, reject);
      });
    },
  };
}

/** Runs the built bin to its end. */
export function runCli(args: readonly string[], options?: CliOptions): Promise<FinishedRun> {
  return startCli(args, options).finished;
}

/** The authorization URL of a login, which stands alone on a line of stderr. */
export async function authorizationUrl(cli: RunningCli, login = 0): Promise<string> {
  const url = String.raw`^(https?:\/\/\S+[?&](?:response_type=code|request_uri=|request=)\S*)$`;
  const found = await cli.stderrMatches(new RegExp(`(?:${url}[^]*?){${login + 1}}`, 'm'));
  return found[1] ?? '';
}
