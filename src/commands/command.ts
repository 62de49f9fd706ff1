import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { Journal } from './journal.ts';

/** What a command is handed for one run. */
export interface Invocation {
  readonly context: Context;
  readonly journal: Journal;
}

/** What the file of a command exports. */
export interface CommandModule {
  /** Gives the command its arguments, options, help and action. */
  define(command: Command, invocation: Invocation): void;
}
