import type { AssertionService, ClientSettings } from '../client/client.ts';
import type { ConnectionSettings, Context } from '../context.ts';
import { ConfigError, InvalidResponseError } from '../errors.ts';
import { isJsonObject, parsePlainJson, textMember } from '../json/json.ts';
import { say } from '../say.ts';
import { type Conversation, type ConversationOptions, startConversation } from './conversation.ts';

/**
 * The client with the assertion that it authenticates with, asked for at the runner of a GitHub Actions job where that
 * is where it comes from. The TLS certificate of the client is not shown there.
 * @throws ValidationError, InvalidResponseError, ConfigError when there is none in the answer; what the HTTP client throws
 */
export async function withAssertion(
  client: ClientSettings,
  { clientCertificate: _certificate, ...connection }: ConnectionSettings,
  { connect, signal }: Pick<Context, 'connect' | 'signal'>,
  told: Pick<ConversationOptions, 'emit' | 'waived'>,
): Promise<ClientSettings> {
  const { assertionService, ...rest } = client;
  if (assertionService === undefined) return client;
  const http = await connect(connection);
  try {
    const conversation = startConversation({ http, signal, ...told });
    const clientAssertion = await fetchAssertion(conversation, assertionService);
    requireJwt(clientAssertion, assertionService.source);
    return { ...rest, credentials: { ...rest.credentials, clientAssertion } };
  } finally {
    await http.close();
  }
}

/** Refuses an assertion that is not a JWT. @throws ConfigError naming where it came from */
export function requireJwt(assertion: string, source: string): void {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(assertion)) return;
  throw new ConfigError(say`${source} does not hold a JWT.`, {
    hint: 'An assertion is three parts in base64url, joined by dots.',
  });
}

async function fetchAssertion(
  conversation: Conversation,
  { url, requestToken, audience }: AssertionService,
): Promise<string> {
  conversation.emit({ type: 'secret', kind: 'request_token', value: requestToken });
  const target = new URL(url);
  target.searchParams.set('audience', audience);
  const request = {
    method: 'GET',
    url: target.href,
    headers: [
      ['accept', 'application/json'],
      ['authorization', `Bearer ${requestToken}`],
    ] as const,
  };
  const { response } = await conversation.send('assertion', request, {
    secretsIn({ body }) {
      const value = tokenIn(body);
      return value === undefined ? [] : [{ kind: 'client_assertion', value }];
    },
  });
  const value = response.status === 200 ? tokenIn(response.body) : undefined;
  if (value !== undefined) return value;
  throw new InvalidResponseError(say`GitHub gave no token for the job: status ${response.status}.`, {
    step: 'assertion',
    hint: 'Give the job "permissions: id-token: write"; -v shows the answer.',
  });
}

function tokenIn(body: string): string | undefined {
  const document = parsePlainJson(body);
  return isJsonObject(document) ? textMember(document, 'value') : undefined;
}
