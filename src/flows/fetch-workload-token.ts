import { InvalidResponseError } from '../errors.ts';
import { isJsonObject } from '../json/json.ts';
import type { Conversation } from './conversation.ts';

/** Where a GitHub Actions job asks for a token about itself, as its environment says. */
export interface GithubTokenService {
  /** ACTIONS_ID_TOKEN_REQUEST_URL */
  readonly url: string;
  /** ACTIONS_ID_TOKEN_REQUEST_TOKEN */
  readonly requestToken: string;
}

/**
 * Asks the runner of a GitHub Actions job for a JWT about the job, for one audience.
 * @throws InvalidResponseError when there is none in the answer; what the HTTP client throws
 */
export async function fetchGithubToken(
  conversation: Conversation,
  { url, requestToken }: GithubTokenService,
  audience: string,
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
  throw new InvalidResponseError(`GitHub gave no token for the job: status ${response.status}.`, {
    step: 'assertion',
    hint: 'Give the job "permissions: id-token: write"; -v shows the answer.',
  });
}

function tokenIn(body: string): string | undefined {
  try {
    const document: unknown = JSON.parse(body);
    const value = isJsonObject(document) ? document.value : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
