import type { LoginResult } from '../../flows/complete-login.ts';
import type { Conversation } from '../../flows/conversation.ts';
import type { SaveOutcome, SaveSession } from '../../sessions/save-session.ts';
import type { LoginRunSettings } from '../../settings/settle-login.ts';
import type { SavedRegistration } from '../../storage/registration-store.ts';
import type { Invocation } from '../command.ts';
import { tokenCommand } from '../session/owner-commands.ts';
import { tellStep } from '../tell.ts';
import { buildLoginDocument } from './login-document.ts';
import { printLogin } from './print-login.ts';

/** Steps between the result of a login and its printing. */
export interface AfterLogin {
  /** Saves the settings as a profile. */
  readonly saveProfile?: () => Promise<void>;
  /** Keeps the session for `token` and others. */
  readonly saveSession?: SaveSession;
  /** The login is a step of another command, which prints a result of its own. */
  readonly isStep?: true;
  /** The client that the login before registered and that is kept nowhere, and whether another login goes on with it. */
  readonly held?: HeldClient;
  /** The command that a result is told with where no session is kept. */
  readonly next?: string;
}

/** A client between two logins of one run. */
export interface HeldClient {
  client?: Pick<SavedRegistration, 'asked' | 'client'>;
  goesOn: boolean;
}

/**
 * Looks whether the result of a login is what was expected, keeps what is to be kept, and prints it on stdout.
 * @throws FindingsError for an expectation that is not met; ConfigError when something asked for cannot be kept
 */
export async function concludeLogin(
  result: LoginResult,
  { expectations }: Pick<LoginRunSettings, 'expectations'>,
  { saveProfile, saveSession, isStep, next }: AfterLogin,
  conversation: Conversation,
  invocation: Invocation,
): Promise<void> {
  const expected =
    expectations.length === 0
      ? []
      : await (await import('../expectations.ts')).requireExpectedLogin(
          expectations,
          result,
          conversation,
          invocation,
        );
  await saveProfile?.();
  const outcome = await saveSession?.(result);
  if (outcome !== undefined && !invocation.output.quiet) tellOutcome(outcome, invocation);
  if (isStep) return;
  const document = buildLoginDocument(result, [...result.checks, ...expected]);
  // The tokens themselves are shortened when the text is rendered; a server may quote one in any text of its own.
  const command = outcome?.type === 'kept' ? tokenCommand(outcome.owner) : next;
  printLogin(document, command, invocation);
}

function tellOutcome(outcome: SaveOutcome, { context: { terminal }, journal }: Invocation): void {
  const tell = (mark: 'pass' | 'warn', text: string) => {
    journal.told = true;
    tellStep(terminal.stderr, { mark, name: 'Session', text });
  };
  if (outcome.type === 'lost') tell('warn', outcome.reason);
  if (outcome.type !== 'kept') return;
  for (const remark of outcome.remarks) tell('warn', remark);
  const how =
    outcome.keeping === 'keychain'
      ? 'encrypted with a key in the keychain'
      : 'in a file that only you can read';
  tell('pass', `saved, ${how}`);
}
