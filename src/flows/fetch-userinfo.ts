import { checkResult, listChecks } from '../checks/check-result.ts';
import { judgeUserinfoResponse, type UserinfoEvidence, validateUserinfo } from '../checks/userinfo.ts';
import { InvalidResponseError } from '../errors.ts';
import { getRequest, type HttpResponse, headerValue } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';
import { type ClaimsReading, readUserinfoResponse } from '../protocol/userinfo-response.ts';
import { own, recall, type Said, say } from '../say.ts';
import { type Conversation, isUnreachable } from './conversation.ts';
import { endpointError } from './endpoint-error.ts';

/** Evidence besides the answer; `keys` are looked for only when it is signed. */
export type UserinfoContext = Omit<UserinfoEvidence, 'reading' | 'keys' | 'keysProblem'> & {
  /** The client secret where it takes reading; asked for only when the answer is encrypted. */
  readonly readSecret?: () => Promise<string | undefined>;
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
    const { reading, response } = await ask(conversation, endpoint, authorization, context);
    if (reading.type === 'claims') return await judgeClaims(conversation, reading, context);
    const challenge = headerValue(response.headers, 'www-authenticate');
    const says = challenge === undefined ? '' : say` It says: ${challenge}`;
    warn(
      reading.type === 'encrypted'
        ? own('The UserInfo response is encrypted, and no --decryption-key was given.')
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
  const { reading, response } = await ask(conversation, endpoint, authorization, context);
  if (reading.type === 'claims') return judgeClaims(conversation, reading, context);
  if (reading.type === 'error') throw endpointError('The UserInfo endpoint', 'userinfo', response, reading);
  throw new InvalidResponseError('The UserInfo response is encrypted.', {
    step: 'userinfo',
    hint: 'Give the key of the client: --decryption-key FILE.',
  });
}

/** An answer that is encrypted gives way to what is inside it (OIDC Core §5.3.2). */
async function ask(
  conversation: Conversation,
  endpoint: string,
  authorization: string,
  { clientSecret, readSecret }: UserinfoContext,
) {
  const accept = 'application/json, application/jwt';
  const request = getRequest(endpoint, accept, ['authorization', authorization]);
  const { response } = await conversation.send('userinfo', request);
  const read = (answer: HttpResponse) => readUserinfoResponse(answer, { openidRequested: true });
  const reading = read(response);
  if (reading.type !== 'encrypted') return { response, reading };
  const { openEncrypted } = await import('./open-encrypted.ts');
  let secret = typeof clientSecret === 'string' ? clientSecret : undefined;
  if (conversation.decryptionKey === undefined) secret ??= await readSecret?.();
  const inside = await openEncrypted(conversation, 'userinfo', reading.compact, secret);
  return { response, reading: inside === undefined ? reading : read({ ...response, body: inside }) };
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
