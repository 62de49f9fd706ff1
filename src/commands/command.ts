import type { Command } from 'commander';
import type { Context } from '../context.ts';
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
