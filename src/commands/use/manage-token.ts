import { doubtOf } from '../../checks/check-result.ts';
import { checkIntrospectedKey } from '../../checks/dpop.ts';
import { type Client, clientAt } from '../../client/client.ts';
import { UsageError } from '../../errors.ts';
import { introspectToken, revokeToken } from '../../flows/manage-token.ts';
import { textMember } from '../../json/json.ts';
import type { IntrospectionDocument, RevocationDocument } from '../../output/documents.ts';
import { renderIntrospection, renderRevocation } from '../../output/render-endpoints.ts';
import type { ManagedToken } from '../../protocol/token-request.ts';
import { say } from '../../say.ts';
import { findHolder, retireAccessTokens, retireToken } from '../../sessions/forget-session.ts';
import { findOpenSession, loginRequired, type OpenedSession } from '../../sessions/saved-token.ts';
import type { ManagedTokenSettings } from '../../settings/settle-request.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { clientOfSession, fetchAssertion, withConversation } from '../conversation.ts';
import { requireExpected, transportDoubt } from '../expectations.ts';
import { printResult } from '../print-result.ts';
import { sessionRun } from '../session/session-run.ts';
import { type FoundEndpoint, findEndpoint } from './find-endpoint.ts';

/**
 * Asks what a token is and prints the answer; that it is not active is an answer too.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError, FindingsError, UsageError, LoginRequiredError
 */
export async function runIntrospect(settings: ManagedTokenSettings, invocation: Invocation): Promise<void> {
  const { access, clockToleranceSeconds } = settings;
  const { token, found } = await findToken(settings, 'access', invocation);
  const document = await withConversation(access, invocation, async (conversation) => {
    const endpoint = await findEndpoint(
      conversation,
      'introspection_endpoint',
      access.server,
      found?.session,
    );
    const client = await clientFor('introspection', endpoint, found?.session, settings, invocation);
    conversation.emit({ type: 'client_authentication', method: client.method, advertised: null });
    const { active, members } = await introspectToken(conversation, {
      endpoint: endpoint.url,
      token,
      client,
      issuer: endpoint.issuer,
      jwksUri: textMember(endpoint.metadata, 'jwks_uri'),
      now: invocation.context.now(),
      clockToleranceSeconds,
    });
    const { dpop_jkt: jkt, tokens } = found?.session ?? {};
    if (active && jkt !== undefined && token.token === tokens?.access_token)
      conversation.requireChecks('introspection', [checkIntrospectedKey(members, jkt)]);
    const doubt = doubtOf('introspection', conversation.checks) ?? transportDoubt(endpoint.url);
    const places = [{ source: 'introspection', claims: { ...members, active }, doubt }] as const;
    const expected = requireExpected(settings.expectations, places, invocation);
    return {
      version: 1,
      issuer: endpoint.issuer,
      client_id: client.credentials.clientId,
      active,
      introspection: members,
      checks: [...conversation.checks, ...expected],
    } satisfies IntrospectionDocument;
  });
  printResult(document, renderIntrospection, invocation);
}

/**
 * Revokes a token; the saved session whose token it was does not hand it out again.
 * @throws ErrorResponseError, InvalidResponseError, UsageError, LoginRequiredError
 */
export async function runRevoke(settings: ManagedTokenSettings, invocation: Invocation): Promise<void> {
  const { access } = settings;
  const { connection, waived } = access;
  const { context } = invocation;
  const { token, found } = await findToken(settings, 'longest-lived', invocation);
  const document = await withConversation({ connection, waived }, invocation, async (conversation) => {
    const endpoint = await findEndpoint(conversation, 'revocation_endpoint', access.server, found?.session);
    const client = await clientFor('revocation', endpoint, found?.session, settings, invocation);
    conversation.emit({ type: 'client_authentication', method: client.method, advertised: null });
    const { clientId } = client.credentials;
    const held = found ?? (await findHolder(token.token, { issuer: endpoint.issuer, clientId }, context));
    // Once the refresh token is revoked they may be of no use, whether or not an answer comes.
    if (token.token === held?.session.tokens.refresh_token) await retireAccessTokens(held.name, context);
    await revokeToken(conversation, { endpoint: endpoint.url, token, client, now: context.now() });
    const session = held && (await retireToken(token.token, 'revoked', held.name, context));
    return {
      version: 1,
      issuer: endpoint.issuer,
      client_id: clientId,
      token_type_hint: token.tokenTypeHint ?? null,
      revoked: true,
      session: session ?? null,
      checks: conversation.checks,
    } satisfies RevocationDocument;
  });
  printResult(document, renderRevocation, invocation);
}

/**
 * The token that is meant, and the session that it is of, if it is of one.
 * @throws UsageError, ConfigError; LoginRequiredError when there is no session
 */
async function findToken(
  { token, tokenTypeHint }: ManagedTokenSettings,
  preferred: 'access' | 'longest-lived',
  invocation: Invocation,
): Promise<{ readonly token: ManagedToken; readonly found?: OpenedSession }> {
  if (token.type === 'given') return { token: { token: token.token, tokenTypeHint } };
  const run = sessionRun(invocation);
  const found = await findOpenSession(token.wanted, run);
  if (found === undefined) throw await loginRequired(token.wanted, run);
  const { access_token, refresh_token } = found.session.tokens;
  const held = Object.entries({ access_token, refresh_token }).filter(([, value]) => Boolean(value));
  const kind = tokenTypeHint ?? held.at(preferred === 'longest-lived' ? -1 : 0)?.[0] ?? '';
  const value = held.find(([name]) => name === kind)?.[1];
  if (value === undefined) {
    throw new UsageError(say`The saved session has no ${kind.replaceAll('_', ' ')}.`, {
      hint: 'Leave out --token-type-hint, or give the token itself on stdin with "-".',
    });
  }
  invocation.journal.secrets.push({ kind, value });
  return { token: { token: value, tokenTypeHint: kind }, found };
}

/** How the client authenticates at an endpoint: as the session remembers it, else as the options say. */
async function clientFor(
  kind: 'introspection' | 'revocation',
  { metadata, issuer, url }: FoundEndpoint,
  session: Session | undefined,
  { access }: ManagedTokenSettings,
  invocation: Invocation,
): Promise<Client> {
  if (session !== undefined) return clientOfSession(access, session, invocation);
  const settings = await fetchAssertion(await access.client(), access, invocation);
  return clientAt(settings, { kind, metadata, issuer, endpoint: url });
}
