import type { OptionSpec } from '../settings/option-reader.ts';
import {
  accessOptions,
  checkedOutputOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  defaultRedirectUri,
  initialTokenOptions,
  registrationEndpointOption,
  serverOptions,
  settingsOptions,
  storeOptions,
} from '../settings/options.ts';
import { defineCommand } from './command.ts';

const option = (flags: string, description: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  flags,
  description,
  ...more,
});
const usual = { usual: true } as const;
const repeatable = { repeatable: true };

const metadataOptions = [
  option('--redirect-uri <uri>', `default ${defaultRedirectUri}; repeatable`, { ...usual, ...repeatable }),
  option('--client-name <name>', 'what users are shown', usual),
  option('--application-type <type>', 'default native, unless a redirect URI is https', {
    choices: ['native', 'web'],
  }),
  option('--metadata <json>', 'any other members as JSON, or a file of it; null leaves one out', usual),
  option('--software-statement-file <file>', 'the statement is in this file, or - for stdin'),
  option('--software-statement-env <name>', 'the statement is in this variable'),
  ...initialTokenOptions,
];

const actionOptions = [
  option('--read', 'show what the server has registered (RFC 7592)', usual),
  option('--update', 'change the members that are given, keep all others', usual),
  option('--delete', 'delete the client at the server and here', usual),
  option('--registration-client-uri <url>', 'address of a client that is not kept here'),
  option('--registration-access-token-file <file>', 'its token is in this file, or - for stdin'),
  option('--registration-access-token-env <name>', 'its token is in this variable'),
];

const savingOptions = [
  option('--save <name>', 'save a profile with the client', usual),
  option('-y, --yes', 'replace an existing profile without asking'),
  ...storeOptions,
];

const examples = `
Examples:
  A client for logins on this machine, as a profile:
  $ oauth-code register --issuer https://login.example.com --save work
  $ oauth-code login -p work

  A public client of another kind:
  $ oauth-code register --issuer https://login.example.com --auth-method none \\
      --metadata '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}'

  Change its name, then delete it:
  $ oauth-code register --update -p work --client-name "My tool"
  $ oauth-code register --delete -p work`;

const named = (specs: readonly OptionSpec[], names: RegExp) => specs.filter(({ flags }) => names.test(flags));

/** Gives `register` its options and action. */
export const define = defineCommand({
  description:
    'Register a client at the authorization server; read, change or delete it (RFC 7591, RFC 7592).',
  usage: '--issuer URL [options]',
  groups: [
    ['Client metadata:', metadataOptions],
    ['A registered client:', actionOptions],
    ['Settings:', settingsOptions],
    [
      'Authorization server:',
      [...named(serverOptions, /^--(?:issuer|metadata-url) /), registrationEndpointOption],
    ],
    [
      'Client:',
      named([...clientOptions, ...accessOptions], /^--(?:client-id|auth-m|signing-|key-pass|scope)/),
    ],
    ['Saving:', savingOptions],
    ['Checks:', named(checkOptions, /^--no-verify /)],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, invocation }) {
    const { settleRegister } = await import('../settings/settle-registration.ts');
    const { runRegister } = await import('./register/run-register.ts');
    await runRegister(await settle(settleRegister), invocation);
  },
});
