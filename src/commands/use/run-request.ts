import { ErrorResponseError, LoginRequiredError } from '../../errors.ts';
import { callResource, type ResourceAnswer, type ResourceRequest } from '../../flows/call-resource.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { authorizationOf } from '../../output/token-formats.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { isPersonless } from '../../sessions/fetch-without-person.ts';
import { renewToken } from '../../sessions/renew-token.ts';
import { type TokenInHand, takeToken } from '../../sessions/token-in-hand.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import type { Invocation } from '../command.ts';
import { converse } from './converse.ts';
import { printAnswer } from './print-answer.ts';
import { refusal } from './refused-request.ts';
import { type RequestArguments, settleRequest } from './settle-request.ts';

/** Requests that may be sent twice without harm (RFC 9110 §9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Calls an API with a valid token and prints what it answers.
 * @throws ErrorResponseError when the API refuses the token, or with --fail whatever was asked
 */
export async function runRequest(
  given: RequestArguments,
  options: OptionReader,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const request = await settleRequest(given, options, context);
  const token = await takeToken(options, invocation);
  const called = await converse('request', options, invocation, (conversation) =>
    callTwice(conversation, request, token, options, invocation),
  );
  const refused = refusal(called.answer, called.token, called.isFresh, options, invocation);
  if (refused !== undefined) throw refused;
  printAnswer(request, called.answer, options, invocation);
}

interface Called {
  readonly answer: ResourceAnswer;
  readonly token: TokenInHand;
  /** Whether the token was renewed because it was refused at first. */
  readonly isFresh: boolean;
}

/** A token that the API calls invalid is renewed once, where a second request can do no harm. */
async function callTwice(
  conversation: Conversation,
  request: ResourceRequest,
  token: TokenInHand,
  options: OptionReader,
  invocation: Invocation,
): Promise<Called> {
  const follow = { follow: options.isOn('follow') };
  const answer = await callResource(conversation, request, authorizationOf(token), follow);
  if (!isRefusedAsInvalid(answer) || !safeMethods.has(request.method))
    return { answer, token, isFresh: false };
  const renewed = await renew(token, options, invocation);
  if (renewed === undefined) return { answer, token, isFresh: false };
  conversation.emit({
    type: 'remark',
    step: 'request',
    text: 'The API called the token invalid; asking again with a new one.',
  });
  return {
    answer: await callResource(conversation, request, authorizationOf(renewed), follow),
    token: renewed,
    isFresh: true,
  };
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
async function renew(
  { saved }: TokenInHand,
  options: OptionReader,
  invocation: Invocation,
): Promise<TokenInHand | undefined> {
  if (saved === undefined) return undefined;
  const { session, wanted } = saved;
  const canRenew =
    session.tokens.refresh_token !== undefined ||
    session.grant_type === 'client_credentials' ||
    isPersonless(options, undefined);
  if (!canRenew) return undefined;
  try {
    const { session, accessToken, tokenType, scope, expiresAt } = await renewToken(
      options,
      wanted,
      {},
      invocation,
      {
        always: true,
      },
    );
    return { accessToken, tokenType, scope, expiresAt, saved: { session, wanted } };
  } catch (error) {
    if (error instanceof LoginRequiredError || error instanceof ErrorResponseError) throw error;
    return undefined;
  }
}
