import { type OptionGroups, type OptionTable, pickOptions, repeatable, usual } from './option-reader.ts';
import {
  accessOptions,
  bindingOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  dpopOptions,
  expectOptions,
  grantInputOptions,
  grantOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
  storeOptions,
} from './options.ts';

/** The formats of `token -o` that are texts of their own; `json` is the document of `login`. */
export const tokenFormats = [
  'token',
  'header',
  'json',
  'env',
  'curl-config',
  'exec-credential',
  'git-credential',
  'github-output',
  'dpop-proof',
] as const;

/** One of {@link tokenFormats}. */
export type TokenFormat = (typeof tokenFormats)[number];

/** An access token from elsewhere in place of a session's. */
export const accessTokenOptions: OptionTable = {
  '--access-token-file <file>': 'use the token in this file, or - for stdin; no session',
  '--access-token-env <name>': 'use the token in this variable; no session',
};

/** Which saved session, when a profile or client has several. */
const accountOptions: OptionTable = {
  '--account <name>': 'the session of this account: its subject, user name or email',
};

/** How good a token has to be. */
export const freshnessOptions: OptionTable = {
  '--min-validity <seconds>': usual(
    'valid for at least this long; default 60, or half the life of a shorter token',
  ),
  '--max-age <seconds>': { description: 'issued at most this long ago', perRun: true },
  '--fresh': usual('fetched now, even if a saved one is valid'),
};

/** The kind of a token, for a server that is asked about it. */
export const hintOptions: OptionTable = {
  '--token-type-hint <type>': 'access_token or refresh_token; for a saved session, which of the two',
};

const tokenParamOptions: OptionTable = {
  '--token-param <k=v>': repeatable('token request parameter; k= sends it empty, k removes it; repeatable'),
};

const formatOptions: OptionTable = {
  '-o, --output <format>': usual({
    description: 'how to print the token; default token',
    choices: tokenFormats,
  }),
  '--for <request>': 'DPoP: the request to prove, such as "POST https://api.example.com/items"',
  '--dpop-nonce <value>': 'DPoP: the nonce of the last DPoP-Nonce header',
  ...bindingOptions,
  '--git-username <name>': 'user name for git-credential; default oauth2',
  '--git-bearer': 'answer git-credential with a Bearer token where git can use it',
};

/** The options of every command that works with a saved session. */
export const sessionOptionGroups: OptionGroups = [
  ['Session:', { ...settingsOptions, ...accountOptions }],
  ['Authorization server:', serverOptions],
  ['Client:', clientOptions],
  ['Access:', { ...accessOptions, ...tokenParamOptions }],
  ['Checks:', checkOptions],
  ['Connection:', connectionOptions],
];

/** The options of `token` under the headings of its help. */
export const tokenOptionGroups: OptionGroups = [
  ['Token:', { ...freshnessOptions, ...grantOptions, ...grantInputOptions, ...dpopOptions, ...storeOptions }],
  ['Expectations:', expectOptions],
  ...sessionOptionGroups,
  ['Output:', { ...formatOptions, ...pickOptions(outputOptions, /^(?!-o)/) }],
];
