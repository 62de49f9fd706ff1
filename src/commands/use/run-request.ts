import { isRepeatable } from '../../client/grants.ts';
import { ErrorResponseError, LoginRequiredError } from '../../errors.ts';
import { callResource, type ResourceAnswer, type ResourceRequest } from '../../flows/call-resource.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { judgeBinding } from '../../flows/request-tokens.ts';
import { authorizationOf } from '../../output/token-header.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { remember } from '../../say.ts';
import { obtainToken } from '../../sessions/obtain-token.ts';
import { hasRefreshToken } from '../../sessions/renew-token.ts';
import type { RequestSettings } from '../../settings/settle-request.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import { type AccessToken, accessTokenOf, sessionRun, takeAccessToken } from '../session/session-run.ts';
import { type Called, printAnswer, refusal } from './answer.ts';

/** Requests that may be sent twice without harm (RFC 9110 §9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Calls an API with a valid token and prints what it answers.
 * @throws ErrorResponseError when the API refuses the token, or with --fail whatever was asked
 */
export async function runRequest(settings: RequestSettings, invocation: Invocation): Promise<void> {
  const { access, request } = settings;
  const { connection, waived } = access;
  const token = await takeAccessToken(settings.token, invocation);
  const call = (used: AccessToken) =>
    withConversation('request', { connection, waived, dpop: used.dpop }, invocation, (conversation) =>
      callTwice(conversation, request, used, settings, invocation),
    );
  let called: Called = await call(token);
  const stepped =
    settings.stepUpLogin === undefined
      ? undefined
      : await (await import('./step-up.ts')).stepUp(
          called.answer,
          called.token,
          settings.stepUpLogin,
          invocation,
        );
  if (stepped !== undefined) called = { ...(await call(stepped)), isFresh: true, isStepped: true };
  const refused = refusal(called, settings, invocation);
  if (refused !== undefined) throw refused;
  printAnswer(request, called.answer, settings, invocation);
}

/** A token that the API calls invalid is renewed once, where a second request can do no harm. */
async function callTwice(
  conversation: Conversation,
  request: ResourceRequest,
  token: AccessToken,
  { follow }: RequestSettings,
  invocation: Invocation,
): Promise<Called> {
  await judgeBinding(conversation, token.accessToken, 'request');
  const call = (used: AccessToken) =>
    callResource(
      conversation,
      request,
      authorizationOf(used, conversation.waived, conversation.dpop !== undefined),
      { follow },
    );
  const answer = await call(token);
  if (!isRefusedAsInvalid(answer) || !safeMethods.has(request.method))
    return { answer, token, isFresh: false };
  const renewed = await renew(token, invocation);
  if (renewed === undefined) return { answer, token, isFresh: false };
  conversation.emit({
    type: 'remark',
    step: 'request',
    text: remember('The API refused the token as invalid; asking again with a new one.'),
  });
  return { answer: await call(renewed), token: renewed, isFresh: true };
}

function isRefusedAsInvalid({ exchange: { response } }: ResourceAnswer): boolean {
  const challenge = tokenChallenge(readChallenges(response.headers));
  return (
    response.status === 401 &&
    challenge !== undefined &&
    challengeParameter(challenge, 'error') === 'invalid_token'
  );
}

/** A new token for the session; undefined when there is no way to one, and the refusal of the API stands. */
async function renew({ saved }: AccessToken, invocation: Invocation): Promise<AccessToken | undefined> {
  if (saved === undefined) return undefined;
  const { session, settings } = saved;
  const canRenew =
    hasRefreshToken(session) || isRepeatable(session.grant_type) || isRepeatable(settings.wanted.grantType);
  if (!canRenew) return undefined;
  try {
    const run = sessionRun(invocation);
    const renewed = await obtainToken({ ...settings, freshness: {} }, run, { always: true });
    return accessTokenOf(renewed, settings);
  } catch (error) {
    if (error instanceof LoginRequiredError || error instanceof ErrorResponseError) throw error;
    return undefined;
  }
}
