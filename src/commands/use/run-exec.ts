import { ProgramError, UsageError } from '../../errors.ts';
import { renderBareToken, renderHeader } from '../../output/token-formats.ts';
import type { ExecSettings } from '../../settings/settle-session.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { requireExpectedToken } from '../expectations.ts';
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
  requireExpectedToken(settings.expectations, token, invocation);
  const value = (settings.header ? renderHeader(token) : renderBareToken(token)).trimEnd();
  context.signal.throwIfAborted();

  const env = { ...withoutOwnSecrets(context.env, settings, token.session), [settings.variable]: value };
  const ending = await context.runProgram({ words: [file, ...args], env });
  switch (ending.type) {
    case 'ended':
      journal.exitStatus = ending.status;
      return;
    case 'not-found':
      throw new ProgramError('not_found', `There is no program ${file}.`, {
        hint:
          context.platform === 'win32'
            ? windowsHint(words)
            : 'Check its name and PATH; a file here is ./NAME.',
      });
    case 'not-executable':
      throw new ProgramError('not_executable', `${file} cannot be run: ${ending.reason}.`, {
        ...(context.platform === 'win32' ? { hint: windowsHint(words) } : {}),
      });
  }
}

function windowsHint([file = '']: readonly string[]): string {
  return `A .cmd or .bat file needs its shell: oauth-code exec … -- cmd /c ${file}`;
}

/** What the program gets of our environment: nothing of our own, which may be secret, but where our files are. */
function withoutOwnSecrets(
  env: Invocation['context']['env'],
  { secretVariables }: ExecSettings,
  session: Session,
): Readonly<Record<string, string>> {
  const remembered = session.secret_from;
  const secret = new Set([
    ...secretVariables,
    ...(remembered !== undefined && 'env' in remembered ? [remembered.env] : []),
  ]);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const isOwn = /^OAUTH_CODE_/i.test(name) && name.toUpperCase() !== 'OAUTH_CODE_HOME';
      return value === undefined || isOwn || secret.has(name) ? [] : [[name, value]];
    }),
  );
}
