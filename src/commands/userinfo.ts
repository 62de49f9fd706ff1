import { doubtOf } from '../checks/check-result.ts';
import { grantOf } from '../client/grants.ts';
import { LoginRequiredError } from '../errors.ts';
import { fetchKeys, keysEvidence } from '../flows/fetch-keys.ts';
import { requireUserinfo } from '../flows/fetch-userinfo.ts';
import { judgeBinding } from '../flows/request-tokens.ts';
import { textMember } from '../json/json.ts';
import type { UserinfoDocument } from '../output/documents.ts';
import { renderUserinfo } from '../output/render-endpoints.ts';
import { authorizationOf } from '../output/token-header.ts';
import { own, say } from '../say.ts';
import { pickOptions } from '../settings/option-reader.ts';
import { checkedOutputOptions, dpopOptions, expectOptions } from '../settings/options.ts';
import { accessTokenOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { settleUserinfo, type UserinfoSettings } from '../settings/settle-request.ts';
import type { Session } from '../storage/session-store.ts';
import { defineCommand, type Invocation } from './command.ts';
import { withConversation } from './conversation.ts';
import { requireExpected, transportDoubt } from './expectations.ts';
import { printResult } from './print-result.ts';
import { loginCommand } from './session/owner-commands.ts';
import { takeAccessToken } from './session/session-run.ts';
import { findEndpoint } from './use/find-endpoint.ts';

const examples = `
Examples:
  $ oauth-code userinfo -p work
  $ oauth-code userinfo -p work --expect 'email_verified=true' --json
  $ oauth-code userinfo --issuer https://login.example.com --access-token-env TOKEN`;

/** Gives `userinfo` its options and action. */
export const define = defineCommand({
  description: 'Show the claims of the signed-in user from the UserInfo endpoint, and check the answer.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [
    ['Token:', { ...accessTokenOptions, ...pickOptions(dpopOptions, /^--dpop-key/) }],
    ['Expectations:', expectOptions],
    ...sessionOptionGroups,
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle }) {
    await runUserinfo(...(await settle(settleUserinfo)));
  },
});

/**
 * Asks UserInfo with the token of the session, checks the answer and prints it.
 * @throws ErrorResponseError, ValidationError, FindingsError and what obtaining a token throws
 */
async function runUserinfo(settings: UserinfoSettings, invocation: Invocation): Promise<void> {
  const { access } = settings;
  const token = await takeAccessToken(settings.token, invocation);
  const authorization = authorizationOf(token, access.waived, token.dpop !== undefined);
  const session = token.saved?.session;
  if (token.saved !== undefined && grantOf(session?.grant_type)?.isOfClient === true) {
    throw new LoginRequiredError(
      'This session belongs to the client itself, so it has no user to ask about.',
      {
        hint: say`Log in as a user: ${loginCommand(token.saved.settings.wanted.owner, { login_options: [['flow', 'code']] })}`,
      },
    );
  }
  const document = await withConversation(
    { ...access, dpop: token.dpop },
    invocation,
    async (conversation) => {
      const endpoint = await findEndpoint(conversation, 'userinfo_endpoint', access.server, session);
      const clientId = session?.client_id ?? settings.clientId ?? null;
      await judgeBinding(conversation, token.accessToken, 'userinfo');
      const userinfo = await requireUserinfo(conversation, endpoint.url, authorization, {
        issuer: endpoint.issuer,
        clientId: clientId ?? '',
        ...subjectOf(session),
        readSecret: settings.clientSecret,
        keys: async () =>
          keysEvidence(await fetchKeys(conversation, textMember(endpoint.metadata, 'jwks_uri'))),
      });
      // The requested scope decides: a server that takes openid back does not prove its UserInfo answer.
      const proof = session?.requested.scope.includes('openid') === true ? undefined : null;
      const doubt = doubtOf('userinfo', conversation.checks, proof) ?? transportDoubt(endpoint.url);
      const places = [{ source: 'userinfo', claims: userinfo, doubt }] as const;
      const expected = requireExpected(settings.expectations, places, invocation);
      return {
        version: 1,
        issuer: endpoint.issuer,
        client_id: clientId,
        userinfo,
        checks: [...token.checks, ...conversation.checks, ...expected],
      } satisfies UserinfoDocument;
    },
  );
  printResult(document, renderUserinfo, invocation);
}

/** The user that the session is of. */
function subjectOf(session: Session | undefined) {
  const idTokenSub = session?.account?.sub;
  const isProven = idTokenSub === undefined || session?.verified?.includes('account') === true;
  return { idTokenSub, subProblem: isProven ? undefined : own('It was not verified at the login.') };
}
