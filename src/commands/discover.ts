import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { addOptionGroups, type OptionSpec } from '../settings/option-reader.ts';
import { connectionOptions, outputOptions, serverOptions, settingsOptions } from '../settings/options.ts';
import { readSettings } from '../settings/read-settings.ts';
import { settleDiscover } from '../settings/settle-tools.ts';
import type { Invocation } from './command.ts';

const findingOptions: readonly OptionSpec[] = [
  {
    flags: '--fail-on <severity>',
    description: 'exit 7 when something this severe is found; default violation',
    choices: ['violation', 'note', 'none'],
  },
];

const groups = [
  ['Settings:', settingsOptions],
  ['Authorization server:', serverOptions],
  ['Findings:', findingOptions],
  ['Connection:', connectionOptions],
  ['Output:', outputOptions],
] as const;

const examples = `
Examples:
  $ oauth-code discover https://accounts.google.com
  $ oauth-code discover https://login.example.com --json | jq '.keys'`;

/** Gives `discover` its argument, options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Fetch the metadata and keys of an authorization server, show them and check them.')
    .argument('[issuer]', 'the issuer; may also be given with --issuer')
    .addHelpText('after', examples);
  const specs = addOptionGroups(command, groups);
  command.action(async (issuer?: string) => {
    if (issuer !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    if (issuer !== undefined) command.setOptionValue('issuer', issuer);
    const settings = await readSettings(command, specs, invocation, settleDiscover);
    const { runDiscover } = await import('./discover/run-discover.ts');
    await runDiscover(settings, invocation);
  });
}
