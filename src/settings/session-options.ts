import type { OptionSpec } from './option-reader.ts';

/** Which saved session, when a profile or client has several. */
export const accountOptions: readonly OptionSpec[] = [
  { flags: '--account <name>', description: 'the session of this account: its subject, user name or email' },
];

/** How good a token has to be. */
export const freshnessOptions: readonly OptionSpec[] = [
  {
    flags: '--min-validity <seconds>',
    description: 'valid for at least this long; default 60, or half the life of a shorter token',
  },
  { flags: '--max-age <seconds>', description: 'issued at most this long ago', perRun: true },
];

/** Where tokens are kept. */
export const storeOptions: readonly OptionSpec[] = [
  {
    flags: '--store <where>',
    description: 'where to keep the session; default: encrypted with a key in the keychain, else in a file',
    choices: ['file', 'keychain', 'none'],
  },
];

/** What a token is, for a server that is asked about it. */
export const hintOptions: readonly OptionSpec[] = [
  {
    flags: '--token-type-hint <type>',
    description: 'access_token or refresh_token; of a saved session, the one that is meant',
  },
];

/** What a script wants to be sure of before it goes on. */
export const expectOptions: readonly OptionSpec[] = [
  {
    flags: '--expect <claim=value>',
    description: 'exit 7 unless it holds: aud=api, scope~=read, exp>10m, email, !groups; repeatable',
    repeatable: true,
  },
];
