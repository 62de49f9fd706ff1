import type { Command } from 'commander';
import type { Invocation } from './command.ts';
import { commands } from './command-table.ts';

/** A command with its options, for the manual page. */
interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly options: readonly {
    readonly flags: string;
    readonly description: string;
    readonly group: string;
  }[];
  readonly commands: readonly CommandDescription[];
}

/** Gives `__tree` its action: it prints every command as JSON, from which the build makes the manual page. */
export function define(command: Command, invocation: Invocation): void {
  command.action(async () => {
    const tree: CommandDescription[] = [];
    for (const entry of commands) {
      const { define: defineEntry } = await entry.load();
      const defined = command.createCommand(entry.name).summary(entry.summary);
      defineEntry(defined, invocation);
      tree.push(describe(defined));
    }
    invocation.context.terminal.stdout.write(`${JSON.stringify(tree)}\n`);
  });
}

function describe(command: Command): CommandDescription {
  return {
    name: command.name(),
    summary: command.summary(),
    description: command.description(),
    usage: command.usage(),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags, description, helpGroupHeading }) => ({
        flags,
        description,
        group: helpGroupHeading ?? '',
      })),
    commands: command.commands.map(describe),
  };
}
