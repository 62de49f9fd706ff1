import type { OptionGroups, OptionSpec } from './option-reader.ts';
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
export const accessTokenOptions: readonly OptionSpec[] = [
  {
    flags: '--access-token-file <file>',
    description: 'use the token in this file, or - for stdin; no session',
  },
  { flags: '--access-token-env <name>', description: 'use the token in this variable; no session' },
];

/** Which saved session, when a profile or client has several. */
const accountOptions: readonly OptionSpec[] = [
  { flags: '--account <name>', description: 'the session of this account: its subject, user name or email' },
];

/** How good a token has to be. */
export const freshnessOptions: readonly OptionSpec[] = [
  {
    flags: '--min-validity <seconds>',
    usual: true,
    description: 'valid for at least this long; default 60, or half the life of a shorter token',
  },
  { flags: '--max-age <seconds>', description: 'issued at most this long ago', perRun: true },
  { flags: '--fresh', usual: true, description: 'fetched now, even if a saved one is valid' },
];

/** The kind of a token, for a server that is asked about it. */
export const hintOptions: readonly OptionSpec[] = [
  {
    flags: '--token-type-hint <type>',
    description: 'access_token or refresh_token; for a saved session, which of the two',
  },
];

const tokenParamOptions: readonly OptionSpec[] = [
  {
    flags: '--token-param <k=v>',
    description: 'token request parameter; k= sends it empty, k removes it; repeatable',
    repeatable: true,
  },
];

const formatOptions: readonly OptionSpec[] = [
  {
    flags: '-o, --output <format>',
    usual: true,
    description: 'how to print the token; default token',
    choices: tokenFormats,
  },
  {
    flags: '--for <request>',
    description: 'DPoP: the request to prove, such as "POST https://api.example.com/items"',
  },
  { flags: '--dpop-nonce <value>', description: 'DPoP: the nonce of the last DPoP-Nonce header' },
  ...bindingOptions,
  { flags: '--git-username <name>', description: 'user name for git-credential; default oauth2' },
  { flags: '--git-bearer', description: 'answer git-credential with a Bearer token where git can use it' },
];

/** The options of every command that works with a saved session. */
export const sessionOptionGroups: OptionGroups = [
  ['Session:', [...settingsOptions, ...accountOptions]],
  ['Authorization server:', serverOptions],
  ['Client:', clientOptions],
  ['Access:', [...accessOptions, ...tokenParamOptions]],
  ['Checks:', checkOptions],
  ['Connection:', connectionOptions],
];

/** The options of `token` under the headings of its help. */
export const tokenOptionGroups: OptionGroups = [
  ['Token:', [...freshnessOptions, ...grantOptions, ...grantInputOptions, ...dpopOptions, ...storeOptions]],
  ['Expectations:', expectOptions],
  ...sessionOptionGroups,
  ['Output:', [...formatOptions, ...outputOptions.filter(({ flags }) => !flags.startsWith('-o'))]],
];
