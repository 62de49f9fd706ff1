import { runAuthorizationCodeFlow } from '../../flows/authorization-code.ts';
import type { PageReader } from '../../flows/await-authorization-response.ts';
import { createProver, startConversation } from '../../flows/conversation.ts';
import type { AuthorizationRequest } from '../../protocol/authorization-request.ts';
import type { LoginRunSettings } from '../../settings/settle-login.ts';
import type { Invocation } from '../command.ts';
import { fetchAssertion, mayLeadToPrivate } from '../conversation.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { tellLine } from '../tell.ts';
import { recordTrace } from '../trace/record-trace.ts';
import type { AfterLogin } from './conclude-login.ts';
import { guideLogin } from './guide-login.ts';
import { createLoginPages } from './login-pages.ts';
import { narrateLogin } from './narrate-login.ts';

/** By then most people have signed in, or wonder what is wrong. */
const offerAfterMs = 20_000;

/** Runs a settled login, tells it on stderr, and prints its result on stdout. */
export async function runLogin(
  settings: LoginRunSettings,
  invocation: Invocation,
  wanted: AfterLogin = {},
): Promise<void> {
  const { context, journal, output } = invocation;
  const access = { ...settings.login, connection: settings.connection };
  const client = await fetchAssertion(access.client, access, invocation);
  const login = { ...settings.login, client };
  const redactor = createRunRedactor(journal);
  const narrate = narrateLogin(login, invocation, redactor);
  const guide = await guideLogin(login, invocation, redactor, narrate);
  const showUserCode =
    login.flow === 'device'
      ? await (await import('./show-user-code.ts')).userCodeDisplay(login, invocation)
      : undefined;
  const emit = await recordTrace(invocation, (event) => {
    guide.emit(event);
    if (event.type === 'user-code') showUserCode?.(event);
  });
  const registration =
    settings.resource !== undefined || login.resourceScope || login.register?.documentUrl !== undefined
      ? (await import('./client-ladder.ts')).findClient({ ...settings, login }, wanted, invocation)
      : login.register &&
        (await import('./register-for-login.ts')).registerForLogin(
          login.register,
          settings,
          wanted,
          invocation,
        );
  const { register, after = wanted } = registration ?? {};
  const http = await context.connect(await settings.connection());
  try {
    const { signal } = context;
    const { waived, decryptionKey } = login;
    const dpop = await createProver(login.dpop, context.now, emit);
    const conversation = startConversation({
      http,
      signal,
      emit,
      waived,
      dpop,
      decryptionKey,
      approve: guide.approve,
    });
    const aimed =
      settings.resource === undefined
        ? login
        : await (await import('../../flows/aim-at-resource.ts')).loginForResource(
            conversation,
            {
              url: settings.resource.url,
              allowsPrivate: mayLeadToPrivate(settings.resource.allowsPrivate, invocation),
            },
            login,
          );
    const pages = createLoginPages(redactor.redact, context);
    const readPageOf = (request: AuthorizationRequest): PageReader => ({
      offerAfterMs: settings.probe === 'offered' ? offerAfterMs : undefined,
      offer() {
        journal.told = true;
        tellLine(context.terminal.stderr, 'Seeing an error page? Press Enter.');
      },
      async read(ends, waits) {
        const { readPageOfLogin } = await import('./read-page-of-login.ts');
        return readPageOfLogin(request, conversation, invocation, redactor, ends, waits);
      },
    });
    // With --step each request is approved first, and no person may be there when the time is over.
    const reader = settings.probe === 'off' || output.step ? undefined : readPageOf;
    const result =
      login.flow === 'device'
        ? await (await import('../../flows/device-login.ts')).runDeviceFlow(
            context,
            conversation,
            aimed,
            register,
          )
        : login.flow === 'ciba'
          ? await (await import('../../flows/ciba-login.ts')).runCibaFlow(context, conversation, aimed)
          : await runAuthorizationCodeFlow(context, conversation, aimed, pages, reader, register);
    const { concludeLogin } = await import('./conclude-login.ts');
    await concludeLogin(result, settings, after, conversation, invocation);
  } catch (error) {
    // The person has to know what went wrong with the login.
    await registration?.drop().catch(() => {});
    throw error;
  } finally {
    await http.close();
  }
}
