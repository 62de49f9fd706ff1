import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { addOptions, type OptionReader, type OptionSpec } from '../settings/option-reader.ts';
import { readSettings } from '../settings/read-settings.ts';
import {
  connectionOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from '../settings/server-options.ts';
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
  for (const [heading, specs] of groups) addOptions(command, heading, specs);
  const specs = groups.flatMap(([, list]) => list);
  command.action(async (issuer?: string) => {
    if (issuer !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    if (issuer !== undefined) command.setOptionValue('issuer', issuer);
    return discover(await readSettings(command, specs, invocation, (options) => options), invocation);
  });
}

async function discover(options: OptionReader, invocation: Invocation): Promise<void> {
  const { settleServer } = await import('../settings/settle-server.ts');
  const server = settleServer(options);
  if (server.issuer === undefined && server.metadataUrl === undefined) {
    throw new UsageError('No issuer was given.', {
      hint: 'For example: oauth-code discover https://login.example.com',
    });
  }
  const { runDiscover } = await import('./discover/run-discover.ts');
  await runDiscover(options, server, invocation);
}
