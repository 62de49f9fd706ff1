import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { renderHelp } from '../output/render-help.ts';
import { describeCommand } from './command-tree.ts';

/** Prints the help of a command: the short one for `-h` and where a command is missing, else the whole. */
export function printHelp(command: Command, argv: readonly string[], { terminal }: Context): void {
  let parents = '';
  for (let { parent } = command; parent !== null; { parent } = parent)
    parents = `${parent.name()} ${parents}`;
  const short = argv[0] !== 'help' && !argv.includes('--help');
  const { columns } = terminal.stdout;
  terminal.stdout.write(renderHelp(describeCommand(command, parents), { columns, short }));
}
