import { ProgramError, UsageError } from '../errors.ts';
import { renderBareToken, renderHeader } from '../output/token-header.ts';
import { schemeOf } from '../protocol/token-parameters.ts';
import { own, type Said, say } from '../say.ts';
import { type OptionTable, pickOptions, usual } from '../settings/option-reader.ts';
import {
  dpopOptions,
  expectOptions,
  grantInputOptions,
  grantOptions,
  outputOptions,
  storeOptions,
} from '../settings/options.ts';
import { freshnessOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { type ExecSettings, settleExec } from '../settings/settle-session.ts';
import { defineCommand, type Invocation } from './command.ts';
import { obtainForRun } from './session/session-run.ts';

const childOptions: OptionTable = {
  '--env <name>': usual('the variable that holds the token; default OAUTH_CODE_ACCESS_TOKEN'),
  '--header': usual('put the whole header into it: "Authorization: Bearer …"'),
};

/** The result is the program's: only errors can be JSON. */
const ownOutputOptions: OptionTable = {
  '--json': usual('print errors of oauth-code as one JSON line on stderr'),
  ...pickOptions(outputOptions, /^(?!--json|-o,|--trace)/),
};

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
    [
      'Token:',
      { ...freshnessOptions, ...grantOptions, ...grantInputOptions, ...dpopOptions, ...storeOptions },
    ],
    ['Expectations:', expectOptions],
    ...sessionOptionGroups,
    ['Output:', ownOutputOptions],
  ],
  notes: examples,
  async action({ settle }, words) {
    await runExec(words, ...(await settle(settleExec)));
  },
});

/**
 * Runs a program with a valid token in its environment, and has the run end with its status.
 * @throws ProgramError when it cannot be run; what obtaining a token throws
 */
async function runExec(
  words: readonly string[],
  settings: ExecSettings,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  const [file, ...args] = words;
  if (file === undefined || file === '') {
    throw new UsageError('No program was named.', {
      hint: 'For example: oauth-code exec -p NAME -- ./deploy.sh',
    });
  }
  const token = await obtainForRun(settings.token, invocation);
  const { expectations } = settings;
  if (expectations.length > 0) {
    const { requireExpectedToken } = await import('./expectations.ts');
    await requireExpectedToken(expectations, token, settings.token, invocation);
  }
  const value = (
    settings.header ? renderHeader(token, settings.token.renewal.waived) : renderBareToken(token)
  ).trimEnd();
  const isBound = schemeOf(token.tokenType) === 'DPoP';
  context.signal.throwIfAborted();

  // The program may run this tool itself, and its recording is the later one.
  await journal.trace?.finish(undefined);
  // A program that makes requests itself has to know that each needs a proof.
  const env = { [settings.variable]: value, ...(isBound ? { OAUTH_CODE_TOKEN_TYPE: 'DPoP' } : {}) };
  const ending = await context.runProgram({ words: [file, ...args], env });
  switch (ending.type) {
    case 'ended':
      journal.exitStatus = ending.status;
      return;
    case 'not-found':
      throw new ProgramError('not_found', say`The program ${file} was not found.`, {
        hint:
          context.platform === 'win32'
            ? windowsHint(words)
            : own('Check its name and PATH; a file here is ./NAME.'),
      });
    case 'not-executable':
      throw new ProgramError('not_executable', say`${file} cannot be run: ${ending.reason}.`, {
        ...(context.platform === 'win32' ? { hint: windowsHint(words) } : {}),
      });
  }
}

function windowsHint([file = '']: readonly string[]): Said {
  return say`A .cmd or .bat file needs its shell: oauth-code exec … -- cmd /c ${file}`;
}
