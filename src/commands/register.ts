import type { OptionSpec } from '../settings/option-reader.ts';
import {
  accessOptions,
  checkedOutputOptions,
  clientOptions,
  connectionOptions,
  initialTokenOptions,
  serverOptions,
  settingsOptions,
  storeOptions,
} from '../settings/options.ts';
import { defineCommand } from './command.ts';

const actionOptions: readonly OptionSpec[] = [
  { flags: '--read', usual: true, description: 'show what the server has registered (RFC 7592)' },
  { flags: '--update', usual: true, description: 'change the members that are given, keep all others' },
  { flags: '--delete', usual: true, description: 'delete the client at the server and here' },
  { flags: '--registration-client-uri <url>', description: 'address of a client that is not kept here' },
  {
    flags: '--registration-access-token-file <file>',
    description: 'its token is in this file, or - for stdin',
  },
  { flags: '--registration-access-token-env <name>', description: 'its token is in this variable' },
];

const metadataOptions: readonly OptionSpec[] = [
  {
    flags: '--redirect-uri <uri>',
    usual: true,
    description: 'default http://127.0.0.1:8378/callback; repeatable',
    repeatable: true,
  },
  { flags: '--client-name <name>', usual: true, description: 'what users are shown' },
  {
    flags: '--application-type <type>',
    description: 'default native, unless a redirect URI is https',
    choices: ['native', 'web'],
  },
  {
    flags: '--metadata <json>',
    usual: true,
    description: 'any other members as JSON, or a file of it; null leaves one out',
  },
  { flags: '--software-statement-file <file>', description: 'the statement is in this file, or - for stdin' },
  { flags: '--software-statement-env <name>', description: 'the statement is in this variable' },
  ...initialTokenOptions,
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
      [
        ...named(serverOptions, /^--(?:issuer|metadata-url) /),
        { flags: '--registration-endpoint <url>', description: 'use it instead of the discovered one' },
      ],
    ],
    [
      'Client:',
      [
        ...named(clientOptions, /^--(?:auth-method|signing-|key-passphrase)/),
        { flags: '--client-id <id>', description: 'which of the registered clients' },
        ...named(accessOptions, /^--scope /),
      ],
    ],
    [
      'Saving:',
      [
        { flags: '--save <name>', usual: true, description: 'save a profile with the client' },
        { flags: '-y, --yes', description: 'replace an existing profile without asking' },
        ...storeOptions,
      ],
    ],
    [
      'Checks:',
      [
        {
          flags: '--no-verify <check>',
          description: 'report this check as a warning only; repeatable',
          repeatable: true,
        },
      ],
    ],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, invocation }) {
    const [{ settleRegister }, { runRegister }] = await Promise.all([
      import('../settings/settle-registration.ts'),
      import('./register/run-register.ts'),
    ]);
    await runRegister(await settle(settleRegister), invocation);
  },
});
