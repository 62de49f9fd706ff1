import { checkResult } from '../checks/check-result.ts';
import { validateIntrospection } from '../checks/introspection.ts';
import { InvalidResponseError } from '../errors.ts';
import { isSuccessStatus } from '../http-message.ts';
import { readErrorMembers } from '../protocol/error-members.ts';
import { type IntrospectionAnswer, readIntrospectionResponse } from '../protocol/introspection-response.ts';
import { readResponseBody } from '../protocol/response-body.ts';
import {
  buildIntrospectionRequest,
  buildTokenRequest,
  type ManagedToken,
  managedParameters,
  type TokenRequestClient,
} from '../protocol/token-request.ts';
import { own, say } from '../say.ts';
import type { Conversation } from './conversation.ts';
import { endpointError } from './endpoint-error.ts';
import { fetchKeys, keysEvidence } from './fetch-keys.ts';
import { judgeBinding } from './request-tokens.ts';

/** Where a token is to be revoked, and by which client. */
export interface Revocation {
  readonly endpoint: string;
  readonly token: ManagedToken;
  readonly client: TokenRequestClient;
  readonly now: Date;
}

/** Where a token is asked about, and what is known for judging the answer. */
export interface IntrospectionQuestion extends Revocation {
  readonly issuer: string | null;
  /** For an answer that is signed. */
  readonly jwksUri: string | undefined;
  readonly clockToleranceSeconds: number;
}

/**
 * Asks an authorization server what a token is, and judges the answer (RFC 7662). Keys are fetched only for an
 * answer that is signed.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError
 */
export async function introspectToken(
  conversation: Conversation,
  question: IntrospectionQuestion,
): Promise<IntrospectionAnswer> {
  const { endpoint, token, client, now, jwksUri } = question;
  conversation.emit({ type: 'secret', kind: 'token', value: token.token });
  const ask = (wants: 'any' | 'signed') =>
    conversation.send('introspection', buildIntrospectionRequest(endpoint, token, client, now, wants));
  let { response } = await ask('any');
  if (response.status >= 400 && response.body.includes('application/token-introspection+jwt')) {
    const reason = 'the server answers this client with a JWT alone';
    conversation.emit({ type: 'retry', step: 'introspection', reason });
    ({ response } = await ask('signed'));
  }
  const { clientId, clientSecret } = client.credentials;
  let reading = readIntrospectionResponse(response);
  // The content of an encrypted answer counts (RFC 9701 §5).
  if (reading.type === 'encrypted') {
    const { openEncrypted } = await import('./open-encrypted.ts');
    const body = await openEncrypted(conversation, 'introspection', response.body.trim(), clientSecret);
    if (body !== undefined) reading = readIntrospectionResponse({ ...response, body });
  }
  if (reading.type === 'encrypted') {
    throw new InvalidResponseError('The introspection response is encrypted.', {
      step: 'introspection',
      hint: 'Give the key of the client: --decryption-key FILE.',
    });
  }
  if (reading.type === 'error') {
    throw endpointError('The introspection endpoint', 'introspection', response, reading);
  }
  const keys = reading.jwt === null ? {} : keysEvidence(await fetchKeys(conversation, jwksUri));
  conversation.requireChecks(
    'introspection',
    await validateIntrospection({ keys: undefined, ...keys, ...question, reading, clientId, clientSecret }),
  );
  if (reading.active && conversation.certificate !== undefined)
    await judgeBinding(conversation, reading.members, 'introspection');
  return reading;
}

/**
 * Has an authorization server revoke a token; one that it does not know counts as revoked, so that nothing tells
 * whether it was ever valid (RFC 7009 §2.2).
 * @throws ErrorResponseError, InvalidResponseError
 */
export async function revokeToken(
  conversation: Conversation,
  { endpoint, token, client, now }: Revocation,
): Promise<void> {
  conversation.emit({ type: 'secret', kind: token.tokenTypeHint ?? 'token', value: token.token });
  const request = buildTokenRequest(endpoint, managedParameters(token), client, [], now);
  const { response } = await conversation.send('revocation', request);
  if (!isSuccessStatus(response.status)) {
    const said = readErrorMembers(readResponseBody(response.body));
    throw endpointError('The revocation endpoint', 'revocation', response, said);
  }
  const isPlain = response.status === 200;
  conversation.requireChecks('revocation', [
    checkResult(
      'revocation-response',
      isPlain ? 'pass' : 'warn',
      isPlain
        ? own('The server says that the token is no longer valid.')
        : say`The status is ${response.status}.`,
      { expected: own('200'), received: String(response.status) },
    ),
  ]);
}
