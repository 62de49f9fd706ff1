import { ProgramError, UsageError } from '../../errors.ts';
import { renderBareToken, renderHeader } from '../../output/token-header.ts';
import { schemeOf } from '../../protocol/token-parameters.ts';
import { own, type Said, say } from '../../say.ts';
import type { ExecSettings } from '../../settings/settle-session.ts';
import type { Invocation } from '../command.ts';
import { obtainForRun } from '../session/session-run.ts';

/**
 * Runs a program with a valid token in its environment, and has the run end with its status.
 * @throws ProgramError when it cannot be run; what obtaining a token throws
 */
export async function runExec(
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
  const token = await obtainForRun(settings.token, settings.output, invocation);
  const { expectations, output } = settings;
  if (expectations.length > 0) {
    const { requireExpectedToken } = await import('../expectations.ts');
    await requireExpectedToken(expectations, token, { settings: settings.token, output }, invocation);
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
