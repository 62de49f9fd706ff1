import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addOptionGroups, type OptionGroups } from '../settings/option-reader.ts';
import { readOwnSettings, readSettings, type Settle } from '../settings/read-settings.ts';
import type { Journal } from './journal.ts';

/** The doors and the journal of one run of a command. */
export interface Invocation {
  readonly context: Context;
  readonly journal: Journal;
}

/** The exports of the file of a command. */
export interface CommandModule {
  /** Gives the command its arguments, options, help and action. */
  define(command: Command, invocation: Invocation): void;
}

/** One run of a command, before its options were read. */
export interface CommandRun {
  readonly command: Command;
  readonly invocation: Invocation;
  /** Settles the options, below them those of a profile. @throws as `readSettings` */
  readonly settle: <Settings>(settle: Settle<Settings>) => Promise<Settings>;
  /** Settles the options alone. @throws as `readOwnSettings` */
  readonly settleAlone: <Settings>(settle: Settle<Settings>) => Promise<Settings>;
}

/** A command as its file describes it. */
interface CommandDefinition {
  readonly description: string;
  readonly usage?: string;
  /** What the words on the command line mean, by their names such as `[token]` and `<command...>`. */
  readonly words?: Readonly<Record<string, string>>;
  readonly groups: OptionGroups;
  /** Behind the options in the help. */
  readonly notes?: string | undefined;
  action(run: CommandRun, words: readonly string[]): Promise<void>;
}

const notesByCommand = new WeakMap<Command, string>();

/** Gives a command what stands behind the options in its help. */
export function addNotes(command: Command, notes = ''): Command {
  notesByCommand.set(command, notes);
  return command;
}

/** What stands behind the options in the help of a command. */
export function notesOf(command: Command): string {
  return notesByCommand.get(command) ?? '';
}

/** Makes the `define` of a command from its description. */
export function defineCommand(definition: CommandDefinition): CommandModule['define'] {
  const { description, usage, words = {}, groups, notes } = definition;
  return (command, invocation) => {
    command.description(description);
    if (usage !== undefined) command.usage(usage);
    for (const [name, meaning] of Object.entries(words)) command.argument(name, meaning);
    addNotes(command, notes);
    const specs = addOptionGroups(command, groups);
    const run: CommandRun = {
      command,
      invocation,
      settle: (settle) => readSettings(command, specs, invocation, settle),
      settleAlone: (settle) => readOwnSettings(command, specs, invocation, settle),
    };
    command.action(() => definition.action(run, command.args));
  };
}
