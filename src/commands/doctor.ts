import type { Command } from 'commander';
import { ConfigError, UsageError } from '../errors.ts';
import { addOptions, type OptionSpec } from '../settings/option-reader.ts';
import { readOwnSettings, readSettings } from '../settings/read-settings.ts';
import {
  connectionOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from '../settings/server-options.ts';
import type { Invocation } from './command.ts';

const redirectOptions: readonly OptionSpec[] = [
  { flags: '--redirect-uri <uri>', description: 'try the port of this redirect URI' },
  { flags: '--port <ports>', description: 'try these ports; default 8378' },
];

const groups = [
  ['Settings:', settingsOptions],
  ['Authorization server:', serverOptions],
  ['Redirect URI:', redirectOptions],
  ['Connection:', connectionOptions],
  ['Output:', outputOptions],
] as const;

const examples = `
Examples:
  $ oauth-code doctor
  $ oauth-code doctor --issuer https://login.example.com
  $ oauth-code doctor -p work --json | jq '.checks[] | select(.outcome != "pass")'`;

/** Gives `doctor` its options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description(
      'Check what a login needs of this machine: Node, port, browser, keychain, proxy, certificates, files. With an ' +
        'issuer, or a profile that names one, also the way to it: DNS, TLS, clock, metadata. Status 7 when something ' +
        'failed.',
    )
    .addHelpText('after', examples);
  for (const [heading, specs] of groups) addOptions(command, heading, specs);
  const specs = groups.flatMap(([, list]) => list);
  command.action(async () => {
    const { options, broken } = await settle(command, specs, invocation);
    const { runDoctor } = await import('./doctor/run-doctor.ts');
    await runDoctor(options, broken, invocation);
  });
}

/** Broken settings are a finding here, and the rest can be checked without them. */
async function settle(command: Command, specs: readonly OptionSpec[], invocation: Invocation) {
  try {
    return {
      options: await readSettings(command, specs, invocation, (options) => options),
      broken: undefined,
    };
  } catch (error) {
    const options = await readOwnSettings(command, specs, invocation, (options) => options);
    // A profile that nobody named here is one that a file calls the default.
    const ofFile = error instanceof UsageError && options.text('profile') === undefined;
    if (!(error instanceof ConfigError) && !ofFile) throw error;
    return { options, broken: error };
  }
}
