import { validateIntrospection } from '../checks/introspection.ts';
import { InvalidResponseError } from '../errors.ts';
import { type IntrospectionAnswer, readIntrospectionResponse } from '../protocol/introspection-response.ts';
import { buildIntrospectionRequest, type ManagedToken } from '../protocol/token-management-request.ts';
import type { TokenRequestClient } from '../protocol/token-request.ts';
import { keysEvidence } from './check-id-token.ts';
import { endpointError } from './endpoint-error.ts';
import { fetchKeys } from './fetch-keys.ts';
import { send, type Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** Where a token is asked about, and what is known for judging the answer. */
export interface IntrospectionQuestion {
  readonly endpoint: string;
  readonly token: ManagedToken;
  readonly client: TokenRequestClient;
  readonly issuer: string | null;
  /** For an answer that is signed. */
  readonly jwksUri: string | undefined;
  readonly now: Date;
  readonly clockToleranceSeconds: number;
}

/**
 * Asks an authorization server what a token is, and judges what it says (RFC 7662). Keys are fetched only for an
 * answer that is signed.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError
 */
export async function introspectToken(
  wire: Wire,
  question: IntrospectionQuestion,
  settle: SettleChecks,
): Promise<IntrospectionAnswer> {
  const { endpoint, token, client, now, jwksUri } = question;
  wire.emit({ type: 'secret', kind: 'token', value: token.token });
  const { response } = await send(
    wire,
    'introspection',
    buildIntrospectionRequest(endpoint, token, client, now),
  );
  const reading = readIntrospectionResponse(response);
  if (reading.type === 'encrypted') {
    throw new InvalidResponseError('The introspection response is encrypted and cannot be read here.', {
      step: 'introspection',
    });
  }
  if (reading.type === 'error') {
    throw endpointError('The introspection endpoint', 'introspection', response, reading);
  }
  const { clientId, clientSecret } = client.credentials;
  const keys = reading.jwt === null ? {} : keysEvidence(await fetchKeys(wire, jwksUri));
  settle(
    'introspection',
    await validateIntrospection({ keys: undefined, ...keys, ...question, reading, clientId, clientSecret }),
  );
  return reading;
}
