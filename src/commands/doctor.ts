import { ConfigError, UsageError } from '../errors.ts';
import type { OptionSpec } from '../settings/option-reader.ts';
import {
  connectionOptions,
  loginOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { settleDoctor } from '../settings/settle-tools.ts';
import { type CommandRun, defineCommand } from './command.ts';

const redirectOptions: readonly OptionSpec[] = [
  { flags: '--redirect-uri <uri>', usual: true, description: 'try the port of this redirect URI' },
  { flags: '--port <ports>', usual: true, description: 'try these ports; default 8378' },
];

const probeOptions: readonly OptionSpec[] = [
  {
    flags: '--probe',
    usual: true,
    description:
      'ask how the server answers the authorization request of the client, as a login would send it',
  },
  ...loginOptions.filter(({ flags }) => /^--(?:client-id|scope|pkce|param) /.test(flags)),
];

const examples = `
Examples:
  $ oauth-code doctor
  $ oauth-code doctor --issuer https://login.example.com
  $ oauth-code doctor --issuer https://login.example.com --client-id my-app --probe
  $ oauth-code doctor -p work --json | jq '.checks[] | select(.outcome != "pass")'`;

/** Gives `doctor` its options and action. */
export const define = defineCommand({
  description:
    'Check what a login needs of this machine: Node, port, browser, keychain, proxy, certificates, files. With an ' +
    'issuer, or a profile that names one, also the way to it: DNS, TLS, clock, metadata. Status 7 when something ' +
    'failed.',
  groups: [
    ['Settings:', settingsOptions],
    ['Authorization server:', serverOptions],
    ['Redirect URI:', redirectOptions],
    ['Authorization request:', probeOptions],
    ['Connection:', connectionOptions],
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action(run) {
    const { settings, broken } = await settled(run);
    const { runDoctor } = await import('./doctor/run-doctor.ts');
    await runDoctor(settings, broken, run.invocation);
  },
});

/** A broken settings file is a finding here, and the rest is checked without it. */
async function settled({ settle, settleAlone }: CommandRun) {
  try {
    return { settings: await settle(settleDoctor), broken: undefined };
  } catch (error) {
    const settings = await settleAlone(settleDoctor);
    // Without a named profile, a usage error is about the default profile that a file names.
    const ofFile = error instanceof UsageError && !settings.namesProfile;
    if (!(error instanceof ConfigError) && !ofFile) throw error;
    return { settings, broken: error };
  }
}
