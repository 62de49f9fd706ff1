import type { Command } from 'commander';
import type { OptionGroups, OptionTable } from '../settings/option-reader.ts';
import { connectionOptions, noInputOptions, plainOutputOptions } from '../settings/options.ts';
import { type SavedSessionsSettings, settleSavedSessions } from '../settings/settle-session.ts';
import { addNotes, defineCommand, type Invocation, type Start } from './command.ts';

type Run = (
  settings: SavedSessionsSettings,
  invocation: Invocation,
  name: string | undefined,
) => Promise<void>;

const output = ['Output:', plainOutputOptions] as const;
const askingOutput = ['Output:', { ...plainOutputOptions, ...noInputOptions }] as const;
const removeOptions: OptionTable = {
  '--all': 'all of them',
  '-y, --yes': 'with --all: do it without asking',
};

const examples = `
Examples:
  $ oauth-code session list
  $ oauth-code session show work
  $ oauth-code session remove 5f0c81aa

NAME is a profile, or the id that the list shows. No tokens are shown here:
"oauth-code token" prints them.`;

/** Gives `session` its subcommands. */
export function define(command: Command, start: Start): void {
  addNotes(command, examples)
    .description('Manage saved sessions.')
    .usage('COMMAND [options]')
    .helpCommand(false);
  const add = (usage: string, description: string, groups: OptionGroups, load: () => Promise<Run>): void =>
    defineCommand({
      description,
      groups,
      action: async ({ settleAlone }, [name]) =>
        (await load())(...(await settleAlone(settleSavedSessions)), name),
    })(command.command(usage), start);
  const story = () => import('./session/run-session.ts');
  add('list', 'Show all saved sessions.', [output], async () => (await story()).listSavedSessions);
  add('show <name>', 'Show one, without its tokens.', [output], async () => (await story()).showSavedSession);
  add(
    'remove [name]',
    'Forget one here; the server keeps its tokens valid. See logout --revoke.',
    [['Sessions:', removeOptions], ['Connection:', connectionOptions], askingOutput],
    async () => (await story()).removeSavedSessions,
  );
}
