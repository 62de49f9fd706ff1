import type { Command } from 'commander';
import { ConfigError, UsageError } from '../errors.ts';
import { addOptionGroups, type OptionSpec } from '../settings/option-reader.ts';
import { connectionOptions, outputOptions, serverOptions, settingsOptions } from '../settings/options.ts';
import { readOwnSettings, readSettings } from '../settings/read-settings.ts';
import { settleDoctor } from '../settings/settle-tools.ts';
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
  const specs = addOptionGroups(command, groups);
  command.action(async () => {
    const { settings, broken } = await settle(command, specs, invocation);
    const { runDoctor } = await import('./doctor/run-doctor.ts');
    await runDoctor(settings, broken, invocation);
  });
}

/** A broken settings file is a finding here, and the rest is checked without it. */
async function settle(command: Command, specs: readonly OptionSpec[], invocation: Invocation) {
  try {
    return { settings: await readSettings(command, specs, invocation, settleDoctor), broken: undefined };
  } catch (error) {
    const settings = await readOwnSettings(command, specs, invocation, settleDoctor);
    // Without a named profile, a usage error is about the default profile that a file names.
    const ofFile = error instanceof UsageError && !settings.namesProfile;
    if (!(error instanceof ConfigError) && !ofFile) throw error;
    return { settings, broken: error };
  }
}
