import { catalogue } from '../../checks/catalogue.ts';
import type { CheckResult } from '../../checks/check-result.ts';
import { FindingsError } from '../../errors.ts';
import { startConversation } from '../../flows/conversation.ts';
import { type DiscoveredServer, discoverServer } from '../../flows/discover-metadata.ts';
import { type FetchedKeys, fetchKeys, judgeKeys } from '../../flows/fetch-keys.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { describeKeys } from '../../jose/jwk-description.ts';
import { textMember } from '../../json/json.ts';
import type { DiscoverDocument } from '../../output/documents.ts';
import { renderDiscover } from '../../output/render-discover.ts';
import { renderJson } from '../../output/render-json.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import { settleConnection } from '../../settings/settle-server.ts';
import type { Invocation } from '../command.ts';
import { recordTrace } from '../trace/record-trace.ts';
import { narrateDiscovery } from './narrate-discovery.ts';

/**
 * Fetches what a server publishes and prints it with every check.
 * @throws FindingsError after printing, when something is at or above `--fail-on`
 */
export async function runDiscover(
  options: OptionReader,
  server: ServerSettings,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const http = await context.connect(await settleConnection(options, context));
  try {
    const emit = await recordTrace(
      settleOutput(options),
      invocation,
      'discover',
      narrateDiscovery(settleOutput(options), invocation),
    );
    const conversation = startConversation({ http, signal: context.signal, emit });
    const discovered = await discoverServer(conversation, server, 'all');
    const jwksUri = textMember(discovered.metadata, 'jwks_uri');
    const fetched = await fetchKeys(conversation, jwksUri);
    const document = buildDiscoverDocument(server, discovered, fetched, context.now());
    const { stdout } = context.terminal;
    stdout.write(
      settleOutput(options).json
        ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
        : renderDiscover(document, viewOf(stdout, settleOutput(options), context)),
    );
    failOn(options.text('fail-on') ?? 'violation', document.checks);
  } finally {
    await http.close();
  }
}

function buildDiscoverDocument(
  server: ServerSettings,
  discovered: DiscoveredServer,
  fetched: FetchedKeys,
  now: Date,
): DiscoverDocument {
  const { documents, attempts, metadata, checks } = discovered;
  return {
    version: 1,
    issuer: discovered.issuer ?? server.issuer ?? '',
    documents: documents.map(({ url, specification, reading }) => ({
      url,
      specification,
      metadata: reading.document,
    })),
    attempts,
    metadata,
    keys: fetched.type === 'keys' ? describeKeys(fetched.keys.keys, now) : null,
    checks: [...checks, ...judgeKeys(fetched, now)],
  };
}

function failOn(threshold: string, checks: readonly CheckResult[]): void {
  if (threshold === 'none') return;
  const found = checks.filter(({ id, outcome }) => {
    const counts = outcome === 'fail' || outcome === 'warn';
    return counts && (threshold === 'note' || catalogue[id].severity === 'violation');
  });
  const [first] = found;
  if (first === undefined) return;
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  throw new FindingsError('findings', `Found: ${first.title.toLowerCase()} (${first.id})${more}.`, {
    step: 'discovery',
    hint: 'The checks stand in the result above. --fail-on none ends with status 0 all the same.',
  });
}
