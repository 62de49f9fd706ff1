import { validateIdToken } from '../checks/id-token/validate-id-token.ts';
import type { Invocation } from '../commands/command.ts';
import { recordTrace } from '../commands/trace/record-trace.ts';
import { UsageError } from '../errors.ts';
import { startConversation } from '../flows/conversation.ts';
import { fetchKeys, judgeKeys, keysEvidence } from '../flows/fetch-keys.ts';
import { decodeJwt } from '../jose/jwt.ts';
import { createRedactor } from '../output/redact.ts';
import { renderJson } from '../output/render-json.ts';
import { renderLogin } from '../output/render-login.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleOutput, viewOf } from '../settings/output-settings.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import type { Session } from '../storage/session-store.ts';
import { narrateRenewal } from './narrate-renewal.ts';
import { findUsable, loginRequired } from './obtain-token.ts';
import { renewToken } from './renew-token.ts';
import { waivedChecks } from './renewal.ts';
import { buildTokenDocument } from './session-document.ts';
import { settleRenewalClient } from './settle-renewal.ts';
import { loginCommand, ownerName, settleWantedSession } from './settle-session.ts';

/**
 * Refreshes the session by hand, validates what came, and shows it as a login is shown.
 * @throws LoginRequiredError without a session; ErrorResponseError with the answer of the server, as it is
 */
export async function runRefresh(options: OptionReader, invocation: Invocation): Promise<void> {
  const { context, journal } = invocation;
  const wanted = await settleWantedSession(options, context);
  const before = await findUsable(wanted, invocation);
  if (before === undefined) throw await loginRequired(wanted, invocation);
  if (before.session.tokens.refresh_token === undefined) {
    throw new UsageError(`The session of ${ownerName(wanted.owner)} has no refresh token.`, {
      hint: `Servers give one for the scope offline_access, or as they are set up for the client: ${loginCommand(
        wanted.owner,
      )} --scope "openid offline_access"`,
    });
  }
  const token = await renewToken(options, wanted, {}, invocation, { always: true, loud: true });
  const idToken = token.session.tokens.id_token;
  // One that was issued in the same second as the former may be the same, and is judged all the same.
  if (idToken !== undefined && token.checks.some(({ id }) => id === 'refreshed-id-token')) {
    await judgeIdToken(idToken, before.session.tokens.id_token, token.session, options, invocation);
  }
  const document = buildTokenDocument({ ...token, checks: journal.checks });
  const { stdout, stderr } = context.terminal;
  if (settleOutput(options).json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
    return;
  }
  if (journal.told) stderr.write('\n');
  const shown = options.isOn('show-secrets')
    ? document
    : {
        ...createRedactor(journal.secrets).redactValue(document),
        issuer: document.issuer,
        client_id: document.client_id,
        tokens: document.tokens,
      };
  stdout.write(renderLogin(shown, viewOf(stdout, settleOutput(options), context)));
}

/** As after a login, but for the nonce: it need not come again, and has to be the first one if it does (OIDC Core §12.2). */
async function judgeIdToken(
  idToken: string,
  formerIdToken: string | undefined,
  session: Session,
  options: OptionReader,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const { server, issuer, client_id, clock_skew_seconds, tokens } = session;
  const narrate = narrateRenewal(settleOutput(options), invocation, { loud: true });
  const emit = await recordTrace(settleOutput(options), invocation, 'refresh', narrate);
  const http = await context.connect(await settleConnection(options, context));
  try {
    const { credentials } = await settleRenewalClient(options, session, invocation);
    const waived = waivedChecks(options);
    const conversation = startConversation({ http, signal: context.signal, emit, waived });
    const fetched = await fetchKeys(conversation, server.jwks_uri);
    const now = context.now();
    conversation.requireChecks('keys', judgeKeys(fetched, now));
    const nonce = nonceOf(idToken) === undefined ? undefined : nonceOf(formerIdToken);
    conversation.requireChecks(
      'id_token',
      await validateIdToken({
        ...keysEvidence(fetched),
        idToken,
        issuer,
        clientId: client_id,
        clientSecret: credentials.clientSecret,
        nonce,
        accessToken: tokens.access_token,
        allowedAlgorithms: server.id_token_algs,
        fromTokenEndpoint: true,
        now,
        clockToleranceSeconds:
          options.number('clock-tolerance', { min: 0, max: 86_400, integer: false }) ?? 5,
        clockSkewSeconds: clock_skew_seconds,
      }),
    );
  } finally {
    await http.close();
  }
}

function nonceOf(idToken: string | undefined): string | undefined {
  const jwt = idToken === undefined ? undefined : decodeJwt(idToken);
  const nonce = jwt?.type === 'jws' ? jwt.claims.nonce : undefined;
  return typeof nonce === 'string' ? nonce : undefined;
}
