import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addOptionGroups, type OptionGroups } from '../settings/option-reader.ts';
import type { OutputSettings } from '../settings/output-settings.ts';
import { readSettings, type Settle } from '../settings/read-settings.ts';
import type { Journal } from './journal.ts';

/** The doors and the journal of one run of a command. */
export interface Start {
  readonly context: Context;
  readonly journal: Journal;
}

/** One run of a command whose options were read. */
export interface Invocation extends Start {
  /** How it is shown. */
  readonly output: OutputSettings;
}

/** The exports of the file of a command. */
export interface CommandModule {
  /** Gives the command its arguments, options, help and action. */
  define(command: Command, start: Start): void;
}

type SettleRun = <Settings>(
  settle: Settle<Settings>,
) => Promise<readonly [settings: Settings, invocation: Invocation]>;

/** One run of a command, before its options were read. */
export interface CommandRun {
  readonly command: Command;
  /** Settles the options, below them those of a profile. @throws as `readSettings` */
  readonly settle: SettleRun;
  /** Settles the options alone. @throws as `readSettings` */
  readonly settleAlone: SettleRun;
}

/** A command as its file describes it. */
export interface CommandDefinition {
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

/** Makes the `define` of a command that only has others, which are given by how they are called. */
export function defineGroup(
  description: string,
  notes: string,
  commands: Readonly<Record<string, CommandDefinition>>,
): CommandModule['define'] {
  return (command, start) => {
    addNotes(command, notes).description(description).usage('COMMAND [options]').helpCommand(false);
    for (const [usage, definition] of Object.entries(commands))
      defineCommand(definition)(command.command(usage), start);
  };
}

/** Makes the `define` of a command from its description. */
export function defineCommand(definition: CommandDefinition): CommandModule['define'] {
  const { description, usage, words = {}, groups, notes } = definition;
  return (command, start) => {
    command.description(description);
    if (usage !== undefined) command.usage(usage);
    for (const [name, meaning] of Object.entries(words)) command.argument(name, meaning);
    addNotes(command, notes);
    const specs = addOptionGroups(command, groups);
    const settleWith =
      (knowsProfiles: boolean): SettleRun =>
      async (settle) => {
        const { settings, output } = await readSettings(command, specs, start, settle, knowsProfiles);
        return [settings, { ...start, output }];
      };
    const run = { command, settle: settleWith(true), settleAlone: settleWith(false) };
    command.action(() => definition.action(run, command.args));
  };
}
