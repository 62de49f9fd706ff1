import type { Expectation } from '../../checks/expectation.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import type { LoginDocument } from '../../output/documents.ts';
import type { Redactor } from '../../output/redact.ts';
import { renderJson } from '../../output/render-json.ts';
import { renderLogin } from '../../output/render-login.ts';
import type { SaveSession } from '../../sessions/save-session.ts';
import { loginPlaces, requireExpected } from '../../settings/expectations.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { buildLoginDocument } from './login-document.ts';

/** What is to be done with the result of a login before it is printed. */
export interface AfterLogin {
  /** Saves the settings as a profile. */
  readonly saveProfile?: () => Promise<void>;
  /** Keeps the session for `token` and others. */
  readonly saveSession?: SaveSession;
}

/** What the end of a login depends on, settled before it began. */
interface Conclusion extends AfterLogin {
  readonly options: OptionReader;
  readonly expectations: readonly Expectation[];
  readonly redactor: Redactor;
}

/**
 * Looks whether the result of a login is what was expected, keeps what is to be kept, and prints it on stdout.
 * @throws FindingsError for an expectation that is not met; ConfigError when something asked for cannot be kept
 */
export async function concludeLogin(
  result: LoginResult,
  { options, expectations, redactor, saveProfile, saveSession }: Conclusion,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  requireExpected(expectations, loginPlaces(buildLoginDocument(result, [])), invocation);
  await saveProfile?.();
  await saveSession?.(result);
  const document = buildLoginDocument(result, journal.checks);
  const { stdout, stderr } = context.terminal;
  if (journal.told && !settleOutput(options).json) stderr.write('\n');
  stdout.write(
    settleOutput(options).json
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : renderLogin(
          options.isOn('show-secrets') ? document : withoutQuotedSecrets(document, redactor),
          viewOf(stdout, settleOutput(options), context),
        ),
  );
}

/** A server may quote a token or secret in any text of its own; the tokens themselves are shortened when rendered. */
function withoutQuotedSecrets(document: LoginDocument, { redactValue }: Redactor): LoginDocument {
  return {
    ...redactValue(document),
    issuer: document.issuer,
    client_id: document.client_id,
    tokens: document.tokens,
  };
}
