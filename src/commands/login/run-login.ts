import { runAuthorizationCodeFlow } from '../../flows/authorization-code.ts';
import { startConversation } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { createRedactor } from '../../output/redact.ts';
import { settleExpectations } from '../../settings/expectations.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { settleConnection } from '../../settings/settle-connection.ts';
import type { Invocation } from '../command.ts';
import { recordTrace } from '../trace/record-trace.ts';
import type { AfterLogin } from './conclude-login.ts';
import { guideLogin } from './guide-login.ts';
import { createLoginPages } from './login-pages.ts';
import { narrateLogin } from './narrate-login.ts';

/** Runs a settled login, tells it on stderr, and prints its result on stdout. */
export async function runLogin(
  options: OptionReader,
  settings: LoginSettings,
  invocation: Invocation,
  after: AfterLogin = {},
): Promise<void> {
  const { context, journal } = invocation;
  const expectations = settleExpectations(options);
  const redactor = createRedactor(journal.secrets);
  const narrate = narrateLogin(settleOutput(options), settings, invocation, redactor);
  const guide = await guideLogin(settleOutput(options), settings, invocation, redactor, narrate);
  const emit = await recordTrace(settleOutput(options), invocation, 'login', guide.emit);
  const http = await context.connect(await settleConnection(options, context));
  try {
    const pages = createLoginPages(redactor.redact);
    const { waived } = settings;
    const conversation = startConversation({
      http,
      signal: context.signal,
      emit,
      waived,
      approve: guide.approve,
    });
    const result = await runAuthorizationCodeFlow(context, conversation, settings, pages);
    const { concludeLogin } = await import('./conclude-login.ts');
    await concludeLogin(result, { options, expectations, redactor, ...after }, invocation);
  } finally {
    await http.close();
  }
}
