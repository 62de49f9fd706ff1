import { revokeToken } from '../../flows/manage-token.ts';
import type { RevocationDocument } from '../../output/documents.ts';
import { renderRevocation } from '../../output/render-endpoints.ts';
import { spendToken } from '../../sessions/spend-token.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { printResult } from '../print-result.ts';
import { converse } from './converse.ts';
import { findEndpoint } from './find-endpoint.ts';
import { settleEndpointClient, settleManagedToken } from './settle-managed-token.ts';

/**
 * Revokes a token; the saved session whose token it was does not hand it out again.
 * @throws ErrorResponseError, InvalidResponseError, UsageError, LoginRequiredError
 */
export async function runRevoke(
  argument: string | undefined,
  options: OptionReader,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  const token = await settleManagedToken(argument, options, invocation, 'refresh_token');
  const { usable } = token;
  const document = await converse('revoke', options, invocation, async (conversation) => {
    const endpoint = await findEndpoint(conversation, 'revocation_endpoint', options, usable?.session);
    const client = await settleEndpointClient('revocation', endpoint, usable?.session, options, invocation);
    conversation.emit({ type: 'client_authentication', method: client.method, advertised: null });
    await revokeToken(conversation, { endpoint: endpoint.url, token, client, now: context.now() });
    const session = usable === undefined ? null : await spendToken(token.token, usable, invocation);
    return {
      version: 1,
      issuer: endpoint.issuer,
      client_id: client.credentials.clientId,
      token_type_hint: token.tokenTypeHint ?? null,
      revoked: true,
      session,
      checks: journal.checks,
    } satisfies RevocationDocument;
  });
  printResult(document, renderRevocation, settleOutput(options), { context, journal });
}
