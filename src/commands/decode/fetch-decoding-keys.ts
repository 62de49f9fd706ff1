import { ConfigError, InvalidResponseError, NamedError, NetworkError } from '../../errors.ts';
import { discoverServer, judgeAddressOf } from '../../flows/discover-metadata.ts';
import { type FetchedKeys, fetchKeys } from '../../flows/fetch-keys.ts';
import { type JsonObject, textMember } from '../../json/json.ts';
import { own, recall, remember, say } from '../../say.ts';
import type { KeySource, PublishedKeys } from '../../settings/settle-inspection.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import type { Journal } from '../journal.ts';

/** Keys that were fetched, or why there are none. */
export interface KeysFromServer {
  readonly source: string;
  readonly fetched: FetchedKeys;
  readonly issuer: string | null;
  readonly metadata: JsonObject;
  /** Why there are no keys: the run ends with it once the token was shown. */
  readonly failure: NamedError | undefined;
}

/**
 * Fetches the keys of an issuer or a key set. That this fails is an answer: the token is decoded all the same.
 * @throws UsageError, ConfigError for wrong options; CancelledError
 */
export async function fetchDecodingKeys(
  source: PublishedKeys,
  invocation: Invocation,
): Promise<KeysFromServer> {
  const { context, journal } = invocation;
  const { connection } = source;
  const server = source.server();
  const named = source.url ?? server.issuer ?? server.metadataUrl ?? '';
  const nothing = { source: named, issuer: server.issuer ?? null, metadata: {} };
  return withConversation({ connection }, invocation, async (conversation): Promise<KeysFromServer> => {
    try {
      if (source.url !== undefined) {
        const fetched = await fetchKeys(conversation, source.url);
        return { ...nothing, fetched, failure: failureOf(fetched, journal, source) };
      }
      const { issuer, metadata } = await discoverServer(conversation, server, 'first');
      const url = textMember(metadata, 'jwks_uri');
      const refusal = url === server.given.jwks_uri ? undefined : await judgeAddressOf(server, url ?? '');
      const answer = refusal
        ? ({ type: 'none', problem: refusal.detail } as const)
        : await fetchKeys(conversation, url);
      const fetched =
        answer.type === 'unpublished'
          ? ({ type: 'none', problem: remember(say`The metadata of ${named} has no jwks_uri.`) } as const)
          : answer;
      return { source: named, issuer, metadata, fetched, failure: failureOf(fetched, journal, source) };
    } catch (error) {
      if (!(error instanceof NamedError) || error === context.signal.reason) throw error;
      const { message: problem, hint } = error;
      const failure =
        error instanceof InvalidResponseError && isRefused(lastSent(journal))
          ? new NetworkError('network', recall(problem), {
              step: error.step,
              hint: hint === undefined ? undefined : recall(hint),
              cause: error,
            })
          : error;
      return { ...nothing, fetched: { type: 'none', problem }, failure };
    }
  });
}

/** How the last request ended; undefined before the first. */
function lastSent({ events }: Journal) {
  return events.findLast((event) => event.type === 'exchange' || event.type === 'request-failed');
}

/** Any status but 200 means that nothing usable came back. */
function isRefused(sent: ReturnType<typeof lastSent>): boolean {
  return sent?.type === 'exchange' && sent.exchange.response.status !== 200;
}

/** The error for the end of a run without keys: that of the network, else that of the answer. */
function failureOf(
  fetched: FetchedKeys,
  journal: Journal,
  source: Pick<KeySource, 'type'>,
): NamedError | undefined {
  if (fetched.type !== 'none') return undefined;
  const sent = lastSent(journal);
  const error = sent?.type === 'request-failed' ? sent.error : undefined;
  if (error instanceof NetworkError || error instanceof InvalidResponseError) return error;
  // Only on the command line is a URL that cannot be used the user's fault.
  if (error instanceof ConfigError && source.type === 'url') return error;
  const message = say`The keys could not be fetched: ${recall(fetched.problem)}`;
  const details = {
    step: 'keys',
    hint: own('The token was decoded all the same. Check the URL of the keys; -v shows the whole answer.'),
  };
  return isRefused(sent)
    ? new NetworkError('network', message, details)
    : new InvalidResponseError(message, details);
}
