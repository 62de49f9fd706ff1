import type { CheckResult } from '../../checks/check-result.ts';
import { validateIdToken } from '../../checks/id-token/validate-id-token.ts';
import { UsageError } from '../../errors.ts';
import { fetchKeys, judgeKeys, keysEvidence } from '../../flows/fetch-keys.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import { renderLogin } from '../../output/render-login.ts';
import { renewToken } from '../../sessions/renew-token.ts';
import { findOpenSession, loginRequired } from '../../sessions/saved-token.ts';
import { ownerName } from '../../sessions/token-settings.ts';
import type { RefreshSettings } from '../../settings/settle-session.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import { buildTokenDocument } from '../login/login-document.ts';
import { printResult } from '../print-result.ts';
import { loginCommand, sessionRun } from './session-run.ts';

/**
 * Refreshes the session by hand, validates what came, and shows it as a login is shown.
 * @throws LoginRequiredError without a session; ErrorResponseError with the answer of the server, as it is
 */
export async function runRefresh(settings: RefreshSettings, invocation: Invocation): Promise<void> {
  const { output, token: tokenSettings } = settings;
  const { wanted } = tokenSettings;
  const run = sessionRun(output, invocation, { loud: true });
  const before = await findOpenSession(wanted, run);
  if (before === undefined) throw await loginRequired(wanted, run);
  if (before.session.tokens.refresh_token === undefined) {
    throw new UsageError(`The session of ${ownerName(wanted.owner)} has no refresh token.`, {
      hint: `Servers give one for the scope offline_access, or as they are set up for the client: ${loginCommand(
        wanted.owner,
      )} --scope "openid offline_access"`,
    });
  }
  const token = await renewToken(tokenSettings, run, { always: true, showsRefusal: true });
  const idToken = token.session.tokens.id_token;
  // One that was issued in the same second as the former may be the same, and is judged all the same.
  const isNew = idToken !== undefined && token.checks.some(({ id }) => id === 'refreshed-id-token');
  const further = isNew
    ? await judgeIdToken(idToken, before.session.tokens.id_token, token.session, settings, invocation)
    : [];
  const document = buildTokenDocument({ ...token, checks: [...token.checks, ...further] });
  printResult(document, renderLogin, output, invocation, ['issuer', 'client_id', 'tokens']);
}

/** As after a login, but for the nonce: it need not come again, and has to be the first one if it does (OIDC Core §12.2). */
async function judgeIdToken(
  idToken: string,
  formerIdToken: string | undefined,
  session: Session,
  { output, token: { renewal }, clockToleranceSeconds }: RefreshSettings,
  invocation: Invocation,
): Promise<readonly CheckResult[]> {
  const { server, issuer, client_id, clock_skew_seconds, tokens } = session;
  return withConversation('refresh', renewal, output, invocation, async (conversation) => {
    const { credentials } = await renewal.client(session);
    const fetched = await fetchKeys(conversation, server.jwks_uri);
    const now = invocation.context.now();
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
        clockToleranceSeconds,
        clockSkewSeconds: clock_skew_seconds,
      }),
    );
    return conversation.checks;
  });
}

function nonceOf(idToken: string | undefined): string | undefined {
  const jwt = idToken === undefined ? undefined : decodeJwt(idToken);
  const nonce = jwt?.type === 'jws' ? jwt.claims.nonce : undefined;
  return typeof nonce === 'string' ? nonce : undefined;
}
