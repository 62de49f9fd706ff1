import { runAuthorizationCodeFlow } from '../flows/authorization-code.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { createRedactor } from '../output/redact.ts';
import { renderJson } from '../output/render-json.ts';
import { renderLogin } from '../output/render-login.ts';
import type { Invocation } from './command.ts';
import { buildLoginDocument } from './login-document.ts';
import { createLoginPages } from './login-pages.ts';
import { narrateLogin } from './narrate-login.ts';
import type { OptionReader } from './option-reader.ts';
import { asksForJson, viewOf } from './output-settings.ts';
import { settleConnection } from './settle-connection.ts';

/** Runs a settled login, tells it on stderr, and prints its result on stdout. */
export async function runLogin(
  options: OptionReader,
  settings: LoginSettings,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  const redactor = createRedactor(journal.secrets);
  const emit = narrateLogin(options, settings, invocation, redactor);
  const http = await context.connect(await settleConnection(options, context));
  try {
    const pages = createLoginPages(journal, redactor.redact);
    const result = await runAuthorizationCodeFlow(context, http, settings, pages, emit);
    const document = buildLoginDocument(result, journal.checks);
    const { stdout } = context.terminal;
    stdout.write(
      asksForJson(options)
        ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
        : renderLogin(document, viewOf(stdout, options, context)),
    );
  } finally {
    await http.close();
  }
}
