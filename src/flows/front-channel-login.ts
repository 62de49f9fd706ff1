import { checkPkce } from '../checks/authorization-response.ts';
import { checkBrowserTokens, checkParts, checkResponseType, compareTokens } from '../checks/front-channel.ts';
import { clientAt } from '../client/client.ts';
import type { Context } from '../context.ts';
import { InvalidResponseError } from '../errors.ts';
import { textMember } from '../json/json.ts';
import { encodeForm, parameterValue } from '../protocol/parameters.ts';
import { readTokenResponse } from '../protocol/token-response.ts';
import {
  finishLogin,
  judgeAnswer,
  judgeJwt,
  type LoginProgress,
  type LoginResult,
  redeemCode,
  validateIssuedIdToken,
} from './complete-login.ts';
import type { Conversation } from './conversation.ts';
import { type GrantedTokens, withOpenIdToken } from './request-tokens.ts';

/**
 * The second half of the implicit and hybrid flows: judges the answer and the tokens in it, and only then redeems the
 * code, where there is one, and compares what came both ways (RFC 6749 §4.2.2; OIDC Core §3.2.2.8, §3.3.2.8, §3.3.3).
 * @throws ErrorResponseError, ValidationError, InvalidResponseError, NetworkError
 */
export async function completeFrontChannelLogin(
  doors: Pick<Context, 'now'>,
  conversation: Conversation,
  progress: LoginProgress,
): Promise<LoginResult> {
  const { request, answer, settings } = progress;
  const responseType = parameterValue(request.parameters, 'response_type') ?? '';
  const brings = (word: string) => responseType.split(' ').includes(word);
  const { checks, keys } = await judgeJwt(doors, conversation, progress);
  const receivedAt = doors.now();
  for (const kind of ['code', 'access_token', 'id_token']) {
    const value = parameterValue(answer.reading.parameters, kind);
    if (value) conversation.emit({ type: 'secret', kind, value });
  }
  const code = judgeAnswer(conversation, progress, [
    ...checkResponseType(responseType),
    ...(answer.reading.type === 'error' ? [] : checkParts(answer.reading.parameters, responseType)),
    ...(brings('code') ? [checkPkce(request.sent.pkce)] : []),
    ...checks,
  ]);
  const asked = { ...progress, keys };
  const browser = await withOpenIdToken(conversation, browserTokens(progress, receivedAt));
  conversation.requireChecks('authorization', checkBrowserTokens(browser.reading, request.sent.scope));
  const { idToken } = browser.reading;
  const redeemed = { tokens: browser, receivedAt, fromBrowser: true } as const;
  if (settings.flow === 'implicit') return finishLogin(conversation, asked, redeemed);
  if (idToken !== null) {
    const fetched = await validateIssuedIdToken(conversation, asked, { ...redeemed, code }, idToken);
    asked.keys = Promise.resolve(fetched);
  }
  if (code === '')
    throw new InvalidResponseError('The authorization response has no code.', { step: 'authorization' });
  const tokens = await redeemCode(conversation, progress, code, doors.now());
  conversation.requireChecks(
    'id_token',
    compareTokens({ browser: browser.reading, endpoint: tokens.reading }),
  );
  return finishLogin(conversation, asked, { tokens, code, receivedAt: doors.now() });
}

/** The tokens of the answer in the shape of a token response; '' stands for an access token that did not come. */
function browserTokens({ request, answer, settings, server }: LoginProgress, startedAt: Date): GrantedTokens {
  const endpoint = textMember(server.metadata, 'token_endpoint') ?? '';
  const { method, audience } = clientAt(settings.client, { ...server, endpoint });
  const names = ['access_token', 'token_type', 'expires_in', 'scope', 'id_token'];
  const parameters = answer.reading.parameters.filter(([name]) => names.includes(name));
  const response = { status: 200, headers: [], body: encodeForm(parameters) };
  const reading = readTokenResponse(response, { grant: 'implicit', scope: request.sent.scope });
  if (reading.type !== 'tokens')
    throw new InvalidResponseError('The authorization response has no token.', { step: 'authorization' });
  return {
    reading: { ...reading, accessToken: reading.accessToken ?? '' },
    exchange: {
      request: { method: 'GET', url: request.url, headers: [] },
      response,
      startedAt,
      durationMs: 0,
    },
    method,
    assertionAudience: audience,
    clientSecret: settings.client.credentials.clientSecret,
  };
}
