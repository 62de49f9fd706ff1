import { introspectToken } from '../../flows/manage-token.ts';
import { textMember } from '../../json/json.ts';
import type { IntrospectionDocument } from '../../output/documents.ts';
import { renderIntrospection } from '../../output/render-endpoints.ts';
import { requireExpected, settleExpectations } from '../../settings/expectations.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { printResult } from '../print-result.ts';
import { converse } from './converse.ts';
import { findEndpoint } from './find-endpoint.ts';
import { settleEndpointClient, settleManagedToken } from './settle-managed-token.ts';

/**
 * Asks what a token is and prints the answer; that it is not active is an answer too.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError, FindingsError, UsageError
 */
export async function runIntrospect(
  argument: string | undefined,
  options: OptionReader,
  invocation: Invocation,
): Promise<void> {
  const { context, journal } = invocation;
  const expectations = settleExpectations(options);
  const token = await settleManagedToken(argument, options, invocation, 'access_token');
  const session = token.usable?.session;
  const document = await converse('introspect', options, invocation, async (conversation) => {
    const endpoint = await findEndpoint(conversation, 'introspection_endpoint', options, session);
    const client = await settleEndpointClient('introspection', endpoint, session, options, invocation);
    conversation.emit({ type: 'client_authentication', method: client.method, advertised: null });
    const { active, members } = await introspectToken(conversation, {
      endpoint: endpoint.url,
      token,
      client,
      issuer: endpoint.issuer,
      jwksUri: textMember(endpoint.metadata, 'jwks_uri'),
      now: context.now(),
      clockToleranceSeconds: options.number('clock-tolerance', { min: 0, max: 86_400, integer: false }) ?? 5,
    });
    requireExpected(expectations, [{ source: 'introspection', claims: { ...members, active } }], invocation);
    return {
      version: 1,
      issuer: endpoint.issuer,
      client_id: client.credentials.clientId,
      active,
      introspection: members,
      checks: journal.checks,
    } satisfies IntrospectionDocument;
  });
  printResult(document, renderIntrospection, settleOutput(options), { context, journal });
}
