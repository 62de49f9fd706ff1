import { spawn } from 'node:child_process';
import { ConfigError } from '../errors.ts';
import { splitCommandLine } from './split-command-line.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
  throw new ConfigError(`The editor "${command}" did not finish: ${how}.`, {
    hint: 'EDITOR names another one; --set KEY=VALUE needs none.',
  });
}
