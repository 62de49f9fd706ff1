import { ProgramError, UsageError } from '../../errors.ts';
import { renderBareToken, renderHeader } from '../../output/token-formats.ts';
import { obtainToken } from '../../sessions/obtain-token.ts';
import { settleFreshness, settleWantedSession } from '../../sessions/settle-session.ts';
import { requireExpectedToken, settleExpectations } from '../../settings/expectations.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';

/**
 * Runs a program with a valid token in its environment, and has the run end with its status.
 * @throws ProgramError when it cannot be run; what obtaining a token throws
 */
export async function runExec(
  words: readonly string[],
  options: OptionReader,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  const [file, ...args] = words;
  if (file === undefined || file === '') {
    throw new UsageError('No program was named.', {
      hint: 'For example: oauth-code exec -p NAME -- ./deploy.sh',
    });
  }
  const name = settleVariable(options);
  const expectations = settleExpectations(options);
  const wanted = await settleWantedSession(options, context);
  const token = await obtainToken(options, wanted, settleFreshness(options), invocation);
  requireExpectedToken(expectations, token, invocation);
  const value = (options.isOn('header') ? renderHeader(token) : renderBareToken(token)).trimEnd();
  context.signal.throwIfAborted();

  const env = { ...withoutOwnSecrets(context.env, options, token.session), [name]: value };
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

function settleVariable(options: OptionReader): string {
  const name = options.text('env') ?? 'OAUTH_CODE_ACCESS_TOKEN';
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new UsageError(`${options.source('env')} is no name of a variable: ${name}`, {
    hint: 'Use letters, digits and _, such as API_TOKEN.',
  });
}

/** What the program gets of our environment: nothing of our own, which may be secret, but where our files are. */
function withoutOwnSecrets(
  env: Invocation['context']['env'],
  options: OptionReader,
  session: Session,
): Readonly<Record<string, string>> {
  const remembered = session.secret_from;
  const secret = new Set([
    ...options.list('client-secret-env'),
    ...options.list('access-token-env'),
    ...options
      .list('assertion-from')
      .flatMap((from) => (from.startsWith('env:') ? [from.slice('env:'.length)] : [])),
    ...(remembered !== undefined && 'env' in remembered ? [remembered.env] : []),
  ]);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => {
      const isOwn = /^OAUTH_CODE_/i.test(name) && name.toUpperCase() !== 'OAUTH_CODE_HOME';
      return value === undefined || isOwn || secret.has(name) ? [] : [[name, value]];
    }),
  );
}
