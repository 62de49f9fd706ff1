import type { Command } from 'commander';
import type { CommandDescription } from '../output/render-help.ts';
import { specOf } from '../settings/option-reader.ts';
import { type Invocation, notesOf } from './command.ts';

/** Gives `__tree` its action: it prints every command as JSON, of which the build makes the help and the manual page. */
export function define(command: Command, invocation: Invocation): void {
  command.action(async () => {
    const program = command.parent ?? command;
    const { commands } = await import('./command-table.ts');
    for (const { name, load } of commands) {
      const { define: defineEntry } = await load();
      const own = program.commands.find((one) => one.name() === name);
      if (own !== undefined) defineEntry(own, invocation);
    }
    invocation.context.terminal.stdout.write(`${JSON.stringify(describeCommand(program))}\n`);
  });
}

const helpOption = {
  flags: '-h, --help',
  description: 'show help: -h the usual options, --help all',
  group: '',
  usual: true,
} as const;

/** A command as its help describes it; without what is hidden. */
export function describeCommand(command: Command, parent = ''): CommandDescription {
  const name = `${parent}${command.name()}`;
  return {
    name,
    summary: command.summary(),
    description: command.description(),
    usage: command.usage(),
    group: command.helpGroup(),
    words: command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => [argument.name(), argument.description] as const),
    options: [
      ...command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => ({
          flags: option.flags,
          description: option.description,
          group: option.helpGroupHeading ?? '',
          usual: specOf(option)?.usual === true,
        })),
      helpOption,
    ],
    commands: command.commands
      .filter((own) => !/^(?:__|help$)/.test(own.name()))
      .map((own) => describeCommand(own, `${name} `)),
    notes: notesOf(command),
  };
}
