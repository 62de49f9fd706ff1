import { tokenFormats } from '../output/token-formats.ts';
import type { OptionSpec } from './option-reader.ts';
import { grantInputOptions, grantOptions } from './profile-keys.ts';
import {
  accessOptions,
  clientOptions,
  connectionOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from './server-options.ts';
import { accountOptions, expectOptions, freshnessOptions, storeOptions } from './session-options.ts';

const tokenParamOptions: readonly OptionSpec[] = [
  {
    flags: '--token-param <k=v>',
    description: 'token request parameter; k= sends it empty, k removes it; repeatable',
    repeatable: true,
  },
];

const dpopOptions: readonly OptionSpec[] = [
  { flags: '--dpop', description: 'bind a token that needs no person to a new key (DPoP)' },
];

const checkOptions: readonly OptionSpec[] = [
  { flags: '--no-verify <check>', description: 'let this check only warn; repeatable', repeatable: true },
];

const formatOptions: readonly OptionSpec[] = [
  {
    flags: '-o, --output <format>',
    description: 'how to print the token; default token',
    choices: tokenFormats,
  },
  { flags: '--git-username <name>', description: 'user name for git-credential; default oauth2' },
  { flags: '--git-bearer', description: 'answer git-credential with a Bearer token where git can use it' },
];

/** What every command has that works with a saved session. */
export const sessionOptionGroups: readonly (readonly [heading: string, specs: readonly OptionSpec[]])[] = [
  ['Session:', [...settingsOptions, ...accountOptions]],
  ['Authorization server:', serverOptions],
  ['Client:', clientOptions],
  ['Access:', [...accessOptions, ...tokenParamOptions]],
  ['Checks:', checkOptions],
  ['Connection:', connectionOptions],
];

/** The options of `token` under the headings of its help. */
export const tokenOptionGroups: readonly (readonly [heading: string, specs: readonly OptionSpec[]])[] = [
  ['Token:', [...freshnessOptions, ...grantOptions, ...grantInputOptions, ...dpopOptions, ...storeOptions]],
  ['Expectations:', expectOptions],
  ...sessionOptionGroups,
  ['Output:', [...formatOptions, ...outputOptions.filter(({ flags }) => !flags.startsWith('-o'))]],
];
