import { runAuthorizationCodeFlow } from '../../flows/authorization-code.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import type { LoginDocument } from '../../output/documents.ts';
import { createRedactor, type Redactor } from '../../output/redact.ts';
import { renderJson } from '../../output/render-json.ts';
import { renderLogin } from '../../output/render-login.ts';
import type { Invocation } from '../command.ts';
import type { SaveSession } from '../session/save-session.ts';
import { loginPlaces, requireExpected, settleExpectations } from '../settings/expectations.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { asksForJson, viewOf } from '../settings/output-settings.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import { recordTrace } from '../trace/record-trace.ts';
import { guideLogin } from './guide-login.ts';
import { buildLoginDocument } from './login-document.ts';
import { createLoginPages } from './login-pages.ts';
import { narrateLogin } from './narrate-login.ts';

/** What is to be done with the result of a login before it is printed. */
export interface AfterLogin {
  /** Saves the settings as a profile. */
  readonly saveProfile?: () => Promise<void>;
  /** Keeps the session for `token` and others. */
  readonly saveSession?: SaveSession;
}

/** Runs a settled login, tells it on stderr, and prints its result on stdout. */
export async function runLogin(
  options: OptionReader,
  settings: LoginSettings,
  invocation: Invocation,
  { saveProfile, saveSession }: AfterLogin = {},
): Promise<void> {
  const { context, journal } = invocation;
  const expectations = settleExpectations(options);
  const redactor = createRedactor(journal.secrets);
  const narrate = narrateLogin(options, settings, invocation, redactor);
  const guide = await guideLogin(options, settings, invocation, redactor, narrate);
  const emit = await recordTrace(options, invocation, 'login', guide.emit);
  const http = await context.connect(await settleConnection(options, context));
  try {
    const pages = createLoginPages(journal, redactor.redact);
    const result = await runAuthorizationCodeFlow(context, http, settings, pages, emit, guide.before);
    requireExpected(expectations, loginPlaces(buildLoginDocument(result, [])), invocation);
    await saveProfile?.();
    await saveSession?.(result);
    const document = buildLoginDocument(result, journal.checks);
    const { stdout, stderr } = context.terminal;
    if (journal.told && !asksForJson(options)) stderr.write('\n');
    stdout.write(
      asksForJson(options)
        ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
        : renderLogin(
            options.isOn('show-secrets') ? document : withoutQuotedSecrets(document, redactor),
            viewOf(stdout, options, context),
          ),
    );
  } finally {
    await http.close();
  }
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
