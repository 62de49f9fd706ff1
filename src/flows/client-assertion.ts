import type { AssertionService, ClientSettings } from '../client/client.ts';
import type { ConnectionSettings, Context } from '../context.ts';
import { ConfigError, InvalidResponseError } from '../errors.ts';
import { getRequest, mediaType } from '../http-message.ts';
import { isJsonObject, parsePlainJson, textMember } from '../json/json.ts';
import { own, say } from '../say.ts';
import { type Conversation, type ConversationOptions, startConversation } from './conversation.ts';

type Told = Pick<ConversationOptions, 'emit' | 'waived'>;
type Doors = Pick<Context, 'connect' | 'signal'>;

/** The client with the assertion that it authenticates with. @throws as `fetchJobToken` */
export async function withAssertion(
  client: ClientSettings,
  connection: ConnectionSettings,
  doors: Doors,
  told: Told,
): Promise<ClientSettings> {
  const { assertionService, ...rest } = client;
  if (assertionService === undefined) return client;
  const clientAssertion = await fetchJobToken(assertionService, connection, doors, told);
  return { ...rest, credentials: { ...rest.credentials, clientAssertion } };
}

/**
 * The JWT of a GitHub Actions job, asked for at its runner. The TLS certificate of the client is not shown there.
 * @throws ValidationError, InvalidResponseError, ConfigError when there is none in the answer; what the HTTP client throws
 */
export async function fetchJobToken(
  service: AssertionService,
  { clientCertificate: _certificate, ...connection }: ConnectionSettings,
  { connect, signal }: Doors,
  told: Told,
): Promise<string> {
  const http = await connect(connection);
  try {
    const assertion = await fetchAssertion(startConversation({ http, signal, ...told }), service);
    requireJwt(assertion, service.source);
    return assertion;
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
  const authorization = `Bearer ${requestToken}`;
  const request = getRequest(target.href, 'application/json', ['authorization', authorization]);
  const { response } = await conversation.send('assertion', request, {
    secretsIn({ body }) {
      const value = tokenIn(body);
      return value === undefined ? [] : [{ kind: 'client_assertion', value }];
    },
  });
  const { status } = response;
  const value = status === 200 ? tokenIn(response.body) : undefined;
  if (value !== undefined) return value;
  const came = mediaType(response.headers) || own('no type');
  throw new InvalidResponseError(say`GitHub gave no token for the job: status ${status}, ${came}.`, {
    step: 'assertion',
    hint: /^40[13]$/.test(`${status}`)
      ? 'Give the job "permissions: id-token: write"; -v shows the answer.'
      : 'ACTIONS_ID_TOKEN_REQUEST_URL may lead elsewhere; -v shows the answer.',
  });
}

function tokenIn(body: string): string | undefined {
  const document = parsePlainJson(body);
  return isJsonObject(document) ? textMember(document, 'value') : undefined;
}
