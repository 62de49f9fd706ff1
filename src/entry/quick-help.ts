import { fstatSync, readFileSync, statSync } from 'node:fs';
import { tryToWrite } from '../adapters/write-whole.ts';
import { type CommandDescription, type HelpOption, renderHelp } from '../output/render-help.ts';
import type { PeekedArgv } from './peek-argv.ts';

/** What the build took from the whole program: the commands, and the options they share once. */
interface HelpFile {
  readonly options: readonly HelpOption[];
  readonly commands: Readonly<
    Record<string, Omit<CommandDescription, 'options'> & { readonly options: readonly number[] }>
  >;
}

/** Prints the help of a command as the whole program would; false when that has to answer. */
export function answerHelp({ topic, short }: Extract<PeekedArgv, { type: 'help' }>): boolean {
  const { options, commands }: HelpFile = JSON.parse(readFileSync(`${__dirname}/help.json`, 'utf8'));
  const command = Object.hasOwn(commands, topic) ? commands[topic] : undefined;
  if (command === undefined) return false;
  const description = { ...command, options: command.options.flatMap((at) => options[at] ?? []) };
  return tryToWrite(renderHelp(description, { columns: columnsOfStdout(), short }));
}

/** Only a terminal has columns; elsewhere node:tty is not loaded. */
function columnsOfStdout(): number {
  const stats = fstatSync(1);
  const isNowhere = stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
  return (stats.isCharacterDevice() && !isNowhere && process.stdout.columns) || 80;
}
