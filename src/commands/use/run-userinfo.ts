import { LoginRequiredError } from '../../errors.ts';
import { fetchKeys, keysEvidence } from '../../flows/fetch-keys.ts';
import { requireUserinfo } from '../../flows/fetch-userinfo.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import { textMember } from '../../json/json.ts';
import type { UserinfoDocument } from '../../output/documents.ts';
import { renderUserinfo } from '../../output/render-endpoints.ts';
import { authorizationOf } from '../../output/token-formats.ts';
import { loginCommand } from '../../sessions/settle-session.ts';
import { takeToken } from '../../sessions/token-in-hand.ts';
import { requireExpected, settleExpectations } from '../../settings/expectations.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { printResult } from '../print-result.ts';
import { converse } from './converse.ts';
import { findEndpoint } from './find-endpoint.ts';

/**
 * Asks UserInfo with the token of the session, checks the answer and prints it.
 * @throws ErrorResponseError, ValidationError, FindingsError and what obtaining a token throws
 */
export async function runUserinfo(options: OptionReader, invocation: Invocation): Promise<void> {
  const { context, journal } = invocation;
  const expectations = settleExpectations(options);
  const token = await takeToken(options, invocation);
  authorizationOf(token);
  const session = token.saved?.session;
  if (token.saved !== undefined && session?.grant_type === 'client_credentials') {
    throw new LoginRequiredError(
      'The saved session is of the client itself: there is no user to ask about.',
      {
        hint: `Log in with a person: ${loginCommand(token.saved.wanted.owner)}`,
      },
    );
  }
  const document = await converse('userinfo', options, invocation, async (conversation) => {
    const endpoint = await findEndpoint(conversation, 'userinfo_endpoint', options, session);
    const clientId = session?.client_id ?? options.text('client-id') ?? null;
    const userinfo = await requireUserinfo(conversation, endpoint.url, token.accessToken, {
      issuer: endpoint.issuer,
      clientId: clientId ?? '',
      idTokenSub: subjectOf(session),
      keys: async () =>
        keysEvidence(await fetchKeys(conversation, textMember(endpoint.metadata, 'jwks_uri'))),
    });
    requireExpected(expectations, [{ source: 'userinfo', claims: userinfo }], invocation);
    return {
      version: 1,
      issuer: endpoint.issuer,
      client_id: clientId,
      userinfo,
      checks: journal.checks,
    } satisfies UserinfoDocument;
  });
  printResult(document, renderUserinfo, settleOutput(options), { context, journal });
}

/** Whom the session is of: what its ID token says, else what was learned when it was made. */
function subjectOf(session: Session | undefined): string | undefined {
  const jwt = session?.tokens.id_token === undefined ? undefined : decodeJwt(session.tokens.id_token);
  const sub = jwt?.type === 'jws' ? textMember(jwt.claims, 'sub') : undefined;
  return sub ?? session?.account?.sub;
}
