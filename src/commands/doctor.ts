import { ConfigError, FindingsError, type NamedError, UsageError } from '../errors.ts';
import { type DoctorCheck, type DoctorDocument, renderDoctor } from '../output/render-doctor.ts';
import { say } from '../say.ts';
import { type OptionTable, pickOptions, usual } from '../settings/option-reader.ts';
import {
  connectionOptions,
  grantOptions,
  loginOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { type DoctorSettings, settleDoctor } from '../settings/settle-tools.ts';
import { type CommandRun, defineCommand, type Invocation } from './command.ts';
import {
  checkBrowser,
  checkCertificates,
  checkKeychain,
  checkNode,
  checkPorts,
  checkProxies,
  checkSettings,
  checkState,
} from './doctor/check-machine.ts';
import { checkConnection, checkServer } from './doctor/check-server.ts';
import { printDocument } from './print-result.ts';
import { recordEvenNothing } from './trace/record-trace.ts';

const redirectOptions: OptionTable = {
  '--redirect-uri <uri>': usual('try the port of this redirect URI'),
  '--port <ports>': usual('try these ports; default 8378'),
};

const probeOptions: OptionTable = {
  '--probe': usual(
    'ask how the server answers the authorization request of the client, as a login would send it',
  ),
  ...pickOptions(loginOptions, /^--(?:client-id|scope|pkce|param) /),
};

const wantedOptions: OptionTable = { ...pickOptions(loginOptions, /^--flow /), ...grantOptions };

const examples = `
Examples:
  $ oauth-code doctor
  $ oauth-code doctor --issuer https://login.example.com
  $ oauth-code doctor --issuer https://login.example.com --flow device
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
    ['Grant:', wantedOptions],
    ['Redirect URI:', redirectOptions],
    ['Authorization request:', probeOptions],
    ['Connection:', connectionOptions],
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action(run) {
    await runDoctor(...(await settled(run)));
  },
});

/** A broken settings file is a finding here, and the rest is checked without it. */
async function settled({ settle, settleAlone }: CommandRun): Promise<Parameters<typeof runDoctor>> {
  try {
    return [...(await settle(settleDoctor)), undefined];
  } catch (error) {
    const [settings, invocation] = await settleAlone(settleDoctor);
    // Without a named profile, a usage error is about the default profile that a file names.
    const ofFile = error instanceof UsageError && !settings.namesProfile;
    if (!(error instanceof ConfigError) && !ofFile) throw error;
    return [settings, invocation, error];
  }
}

/**
 * Checks the machine and, where a server is named, the way to it, and prints each result with its cure.
 * @param broken why the settings file could not be used
 * @throws FindingsError after printing, when something failed
 */
async function runDoctor(
  settings: DoctorSettings,
  invocation: Invocation,
  broken: NamedError | undefined,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(invocation);
  const { server } = settings;
  const url = server.issuer ?? server.metadataUrl;
  const machine = await context.machine();
  const checks: DoctorCheck[] = [
    checkNode(machine),
    ...(settings.usesBrowser
      ? [...(await checkPorts(settings, context)), await checkBrowser(machine, settings)]
      : []),
    await checkKeychain(context),
    await checkProxies(machine, settings.proxy, url),
    ...(await checkCertificates(machine)),
    await checkSettings(settings, broken, context),
    await checkState(machine, context),
    ...(url === undefined
      ? await checkConnection(settings, context)
      : await checkServer(settings, server, url, invocation)),
  ];
  context.signal.throwIfAborted();
  const document: DoctorDocument = { version: 1, checks };
  printDocument(document, renderDoctor, invocation);
  failOn(checks);
}

function failOn(checks: readonly DoctorCheck[]): void {
  const [first, ...rest] = checks.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  throw new FindingsError('findings', say`Failed: ${first.title} (${first.id})${more}.`);
}
