import { type OptionTable, pickOptions, repeatable, usual } from '../settings/option-reader.ts';
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

const metadataOptions: OptionTable = {
  '--redirect-uri <uri>': usual(repeatable(`default ${defaultRedirectUri}; repeatable`)),
  '--client-name <name>': usual('what users are shown'),
  '--application-type <type>': {
    description: 'default native, unless a redirect URI is https',
    choices: ['native', 'web'],
  },
  '--metadata <json>': usual('any other members as JSON, or a file of it; null leaves one out'),
  '--software-statement-file <file>': 'the statement is in this file, or - for stdin',
  '--software-statement-env <name>': 'the statement is in this variable',
  ...initialTokenOptions,
};

const actionOptions: OptionTable = {
  '--read': usual('show what the server has registered (RFC 7592)'),
  '--update': usual('change the members that are given, keep all others'),
  '--delete': usual('delete the client at the server and here'),
  '--registration-client-uri <url>': 'address of a client that is not kept here',
  '--registration-access-token-file <file>': 'its token is in this file, or - for stdin',
  '--registration-access-token-env <name>': 'its token is in this variable',
};

const savingOptions: OptionTable = {
  '--save <name>': usual('save a profile with the client'),
  '-y, --yes': 'replace an existing profile without asking',
  ...storeOptions,
};

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
      { ...pickOptions(serverOptions, /^--(?:issuer|metadata-url) /), ...registrationEndpointOption },
    ],
    [
      'Client:',
      pickOptions({ ...clientOptions, ...accessOptions }, /^--(?:client-id|auth-m|signing-|key-pass|scope)/),
    ],
    ['Saving:', savingOptions],
    ['Checks:', pickOptions(checkOptions, /^--no-verify /)],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle }) {
    const { settleRegister } = await import('../settings/settle-registration.ts');
    const { runRegister } = await import('./register/run-register.ts');
    await runRegister(...(await settle(settleRegister)));
  },
});
