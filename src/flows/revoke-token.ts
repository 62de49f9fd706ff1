import { checkResult } from '../checks/check-result.ts';
import { findErrorMembers } from '../protocol/error-members.ts';
import { isStructured, readResponseBody } from '../protocol/response-body.ts';
import { isSuccessStatus } from '../protocol/success-status.ts';
import { buildRevocationRequest, type ManagedToken } from '../protocol/token-management-request.ts';
import type { TokenRequestClient } from '../protocol/token-request.ts';
import { endpointError } from './endpoint-error.ts';
import { send, type Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** Where a token is to be revoked, and by whom. */
export interface Revocation {
  readonly endpoint: string;
  readonly token: ManagedToken;
  readonly client: TokenRequestClient;
  readonly now: Date;
}

/**
 * Has an authorization server revoke a token; one that it does not know counts as revoked, so that nothing tells
 * whether it was ever valid (RFC 7009 §2.2).
 * @throws ErrorResponseError, InvalidResponseError
 */
export async function revokeToken(
  wire: Wire,
  { endpoint, token, client, now }: Revocation,
  settle: SettleChecks,
): Promise<void> {
  wire.emit({ type: 'secret', kind: token.tokenTypeHint ?? 'token', value: token.token });
  const request = buildRevocationRequest(endpoint, token, client, now);
  const { response } = await send(wire, 'revocation', request);
  if (!isSuccessStatus(response.status)) {
    const body = readResponseBody(response.body);
    const nothing = { error: null, errorDescription: null, errorUri: null };
    const said = isStructured(body) ? findErrorMembers(body.document) : nothing;
    throw endpointError('The revocation endpoint', 'revocation', response, said);
  }
  const isPlain = response.status === 200;
  settle('revocation', [
    checkResult(
      'revocation-response',
      isPlain ? 'pass' : 'warn',
      isPlain ? 'The server says that the token is of no use any more.' : `The status is ${response.status}.`,
      { expected: '200', received: String(response.status) },
    ),
  ]);
}
