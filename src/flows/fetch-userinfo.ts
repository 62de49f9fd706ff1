import { checkResult, listChecks } from '../checks/check-result.ts';
import { judgeUserinfoResponse, type UserinfoEvidence, validateUserinfo } from '../checks/userinfo.ts';
import { InvalidResponseError } from '../errors.ts';
import { headerValue } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';
import { type ClaimsReading, readUserinfoResponse } from '../protocol/userinfo-response.ts';
import { own, recall, type Said, say } from '../say.ts';
import { type Conversation, isUnreachable } from './conversation.ts';
import { endpointError } from './endpoint-error.ts';

/** Evidence besides the answer; `keys` are looked for only when it is signed. */
export type UserinfoContext = Omit<UserinfoEvidence, 'reading' | 'keys' | 'keysProblem'> & {
  readonly keys: () => Promise<Pick<UserinfoEvidence, 'keys' | 'keysProblem'>>;
};

/**
 * Calls the UserInfo endpoint with the access token, as `Authorization` carries it, and compares what it says with the ID token (OIDC Core §5.3).
 * An answer that is not a UserInfo response is a warning, because the tokens are good without it: null then.
 * @throws ValidationError when it tells of another person.
 */
export async function fetchUserinfo(
  conversation: Conversation,
  endpoint: string,
  authorization: string,
  context: UserinfoContext,
): Promise<JsonObject | null> {
  const warn = (detail: Said) =>
    conversation.requireChecks('userinfo', [checkResult('userinfo-response', 'warn', detail)]);
  try {
    const { reading, response } = await ask(conversation, endpoint, authorization);
    if (reading.type === 'claims') return await judgeClaims(conversation, reading, context);
    const challenge = headerValue(response.headers, 'www-authenticate');
    const says = challenge === undefined ? '' : say` It says: ${challenge}`;
    warn(
      reading.type === 'encrypted'
        ? own('The UserInfo response is encrypted and cannot be read here.')
        : say`The UserInfo endpoint answered with status ${response.status}.${says}`,
    );
    return null;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    warn(say`There is no UserInfo: ${recall(error.message)}`);
    return null;
  }
}

/**
 * The same where UserInfo is all that is wanted: without it there is an error.
 * @throws ErrorResponseError, InvalidResponseError, NetworkError, ValidationError
 */
export async function requireUserinfo(
  conversation: Conversation,
  endpoint: string,
  authorization: string,
  context: UserinfoContext,
): Promise<JsonObject> {
  const { reading, response } = await ask(conversation, endpoint, authorization);
  if (reading.type === 'claims') return judgeClaims(conversation, reading, context);
  if (reading.type === 'error') throw endpointError('The UserInfo endpoint', 'userinfo', response, reading);
  throw new InvalidResponseError('The UserInfo response is encrypted and cannot be read here.', {
    step: 'userinfo',
  });
}

async function ask(conversation: Conversation, endpoint: string, authorization: string) {
  const { response } = await conversation.send('userinfo', {
    method: 'GET',
    url: endpoint,
    headers: [
      ['accept', 'application/json, application/jwt'],
      ['authorization', authorization],
    ],
  });
  return { response, reading: readUserinfoResponse(response, { openidRequested: true }) };
}

async function judgeClaims(
  conversation: Conversation,
  reading: ClaimsReading,
  { keys, ...context }: UserinfoContext,
): Promise<JsonObject> {
  conversation.requireChecks('userinfo', listChecks(judgeUserinfoResponse(reading)));
  const found = reading.jwt === null ? { keys: undefined } : await keys();
  conversation.requireChecks('userinfo', await validateUserinfo({ ...context, ...found, reading }));
  return reading.claims;
}
