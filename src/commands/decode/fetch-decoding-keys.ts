import { NamedError, NetworkError } from '../../errors.ts';
import { discoverServer } from '../../flows/discover-metadata.ts';
import { type FetchedKeys, fetchKeys } from '../../flows/fetch-keys.ts';
import type { Wire } from '../../flows/send.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { textMember } from '../../protocol/json-members.ts';
import type { Invocation } from '../command.ts';
import { narrateRenewal } from '../session/narrate-renewal.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import { settleServer } from '../settings/settle-server.ts';
import { recordTrace } from '../trace/record-trace.ts';
import type { KeySource } from './decoding-settings.ts';

/** Keys that were asked for over the network, or why there are none. */
export interface KeysFromServer {
  readonly source: string;
  readonly fetched: FetchedKeys;
  readonly issuer: string | null;
  readonly metadata: JsonObject;
  /** Why the server could not be reached or read; the run ends with it once the token was shown. */
  readonly failure: NamedError | undefined;
}

/**
 * Fetches the keys of an issuer or a key set. That this fails is an answer: the token is decoded all the same.
 * @throws UsageError, ConfigError for wrong options; CancelledError
 */
export async function fetchDecodingKeys(
  source: Extract<KeySource, { type: 'url' | 'issuer' }>,
  options: OptionReader,
  invocation: Invocation,
): Promise<KeysFromServer> {
  const { context } = invocation;
  const server = settleServer(options);
  const http = await context.connect(await settleConnection(withoutCertificate(options), context));
  let failure: NamedError | undefined;
  const wire: Wire = {
    http: {
      async send(request, sending) {
        try {
          return await http.send(request, sending);
        } catch (error) {
          if (error instanceof NetworkError) failure ??= error;
          throw error;
        }
      },
    },
    signal: context.signal,
    emit: await recordTrace(
      options,
      invocation,
      'decode',
      narrateRenewal(options, invocation, { loud: true }),
    ),
  };
  const named = source.type === 'url' ? source.url : (server.issuer ?? server.metadataUrl ?? '');
  const nothing = { source: named, issuer: server.issuer ?? null, metadata: {} };
  try {
    if (source.type === 'url') {
      const fetched = await fetchKeys(wire, source.url);
      return { ...nothing, fetched, failure: fetched.type === 'keys' ? undefined : failure };
    }
    const { issuer, metadata } = await discoverServer(wire, server, 'first');
    const fetched = await fetchKeys(wire, textMember(metadata, 'jwks_uri'));
    const problem = { type: 'none', problem: 'Its metadata has no jwks_uri.' } as const;
    return {
      source: named,
      issuer,
      metadata,
      fetched: fetched.type === 'unpublished' ? problem : fetched,
      failure: fetched.type === 'keys' ? undefined : failure,
    };
  } catch (error) {
    if (!(error instanceof NamedError) || error === context.signal.reason) throw error;
    return { ...nothing, fetched: { type: 'none', problem: error.message }, failure: error };
  } finally {
    await http.close();
  }
}

/** `--key` is the key that verifies; as a TLS client this command presents no certificate. */
function withoutCertificate(options: OptionReader): OptionReader {
  return { ...options, text: (name) => (name === 'cert' || name === 'key' ? undefined : options.text(name)) };
}
