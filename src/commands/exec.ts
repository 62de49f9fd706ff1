import type { OptionSpec } from '../settings/option-reader.ts';
import {
  dpopOptions,
  expectOptions,
  grantInputOptions,
  grantOptions,
  outputOptions,
  storeOptions,
} from '../settings/options.ts';
import { freshnessOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const childOptions: readonly OptionSpec[] = [
  {
    flags: '--env <name>',
    usual: true,
    description: 'the variable that holds the token; default OAUTH_CODE_ACCESS_TOKEN',
  },
  { flags: '--header', usual: true, description: 'put the whole header into it: "Authorization: Bearer …"' },
];

/** The result is the program's: only errors can be JSON. */
const ownOutputOptions: readonly OptionSpec[] = [
  { flags: '--json', usual: true, description: 'print errors of oauth-code as one JSON line on stderr' },
  ...outputOptions.filter(({ flags }) => !/^(--json|-o,|--trace)/.test(flags)),
];

const examples = `
Examples:
  $ oauth-code exec -p work -- ./deploy.sh
  $ oauth-code exec -p work --env GH_TOKEN -- gh api /user
  $ oauth-code exec -p work --header --env H -- sh -c 'curl -H "$H" https://api.example.com/'

OAUTH_CODE_TOKEN_TYPE is DPoP for a token that needs a proof with each request, as
"oauth-code token -o header --for 'GET URL'" prints it.

No shell reads the words behind "--". The exit status is that of the program; 126 when it cannot
be run, 127 when there is none, 128 and the number of the signal that ended it. On Windows a .cmd
or .bat file is run with: oauth-code exec -p work -- cmd /c tool.cmd`;

/** Gives `exec` its arguments, options and action. */
export const define = defineCommand({
  description: 'Run a program with an access token that is valid now in its environment.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options] -- COMMAND [ARGUMENTS…]',
  words: { '<command...>': 'the program and its arguments' },
  groups: [
    ['Program:', childOptions],
    ['Token:', [...freshnessOptions, ...grantOptions, ...grantInputOptions, ...dpopOptions, ...storeOptions]],
    ['Expectations:', expectOptions],
    ...sessionOptionGroups,
    ['Output:', ownOutputOptions],
  ],
  notes: examples,
  async action({ settle, invocation }, words) {
    const { settleExec } = await import('../settings/settle-session.ts');
    const { runExec } = await import('./use/run-exec.ts');
    await runExec(words, await settle(settleExec), invocation);
  },
});
