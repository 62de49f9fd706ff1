import { catalogue } from '../../checks/catalogue.ts';
import type { CheckResult } from '../../checks/check-result.ts';
import { FindingsError, InvalidResponseError } from '../../errors.ts';
import { type Conversation, type Emit, startConversation } from '../../flows/conversation.ts';
import { discoverServer } from '../../flows/discover-metadata.ts';
import type { DiscoveredResource, ResourceRules } from '../../flows/discover-resource.ts';
import { fetchKeys, judgeKeys } from '../../flows/fetch-keys.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { describeKeys } from '../../jose/jwk-description.ts';
import { textMember } from '../../json/json.ts';
import type { DiscoverDocument, ResourceSection } from '../../output/documents.ts';
import { createRedactor } from '../../output/redact.ts';
import { renderDiscover } from '../../output/render-discover.ts';
import { own, say } from '../../say.ts';
import type { DiscoverSettings } from '../../settings/settle-tools.ts';
import type { Invocation } from '../command.ts';
import { mayLeadToPrivate } from '../conversation.ts';
import { showAwaited } from '../narrate.ts';
import { printResult } from '../print-result.ts';
import { tellStep } from '../tell.ts';
import { recordTrace } from '../trace/record-trace.ts';
import { stepNames, tellExchange, tellUnanswered } from '../trace/tell-exchange.ts';

/**
 * Fetches the metadata and keys of a server and prints them with every check.
 * @throws FindingsError after printing, when something is at or above `--fail-on`
 */
export async function runDiscover(
  settings: DiscoverSettings,
  invocation: Invocation,
  { mayBeResource }: { readonly mayBeResource: boolean },
): Promise<void> {
  const { context } = invocation;
  const http = await context.connect(await settings.connection());
  try {
    const emit = await recordTrace(invocation, 'discover', narrateDiscovery(invocation));
    const conversation = startConversation({ http, signal: context.signal, emit });
    const allowsPrivate = mayLeadToPrivate(settings.allowsPrivate, invocation);
    const asked = { ...settings, allowsPrivate };
    const document = await discover(conversation, asked, mayBeResource, context.now);
    // What the server publishes is shown as it is, signed metadata too.
    const published = ['documents', 'metadata', 'keys'] as const;
    printResult(document, renderDiscover, invocation, published, { asksForSecrets: false });
    requireNothingFound(settings.failOn, document.checks);
  } finally {
    await http.close();
  }
}

type Asked = Pick<DiscoverSettings, 'server' | 'resourceUrl'> &
  Required<Pick<ResourceRules, 'allowsPrivate'>>;

/** Discovers the server of an issuer; a URL that is none, or was named as a resource, leads to its server (RFC 9728). */
async function discover(
  conversation: Conversation,
  settings: Asked,
  mayBeResource: boolean,
  now: () => Date,
): Promise<DiscoverDocument> {
  const { server, resourceUrl } = settings;
  if (resourceUrl === undefined) {
    try {
      return await discoverIssuer(conversation, server, now);
    } catch (error) {
      if (!(error instanceof InvalidResponseError) || server.issuer === undefined || !mayBeResource)
        throw error;
      const found = await discoverFromResource(conversation, server.issuer, settings, now);
      if (found === undefined) throw error;
      return found;
    }
  }
  const found = await discoverFromResource(conversation, resourceUrl, settings, now);
  if (found !== undefined) return found;
  throw new InvalidResponseError(say`${resourceUrl} does not ask for a token and has no metadata.`, {
    step: 'discovery',
    hint: 'It may need no token. Its authorization server, if you know it: oauth-code discover ISSUER.',
  });
}

/** undefined for a URL that neither asks for a token nor has metadata. */
async function discoverFromResource(
  conversation: Conversation,
  url: string,
  { server, allowsPrivate }: Asked,
  now: () => Date,
): Promise<DiscoverDocument | undefined> {
  const { discoverResource } = await import('../../flows/discover-resource.ts');
  const found = await discoverResource(conversation, url, { allowsPrivate });
  if (found.metadata === null && found.answer.status !== 401) return undefined;
  const [issuer] = found.authorizationServers;
  const { checks } = found;
  const resource = resourceSection(found);
  if (issuer === undefined)
    return {
      version: 1,
      issuer: '',
      resource,
      documents: [],
      attempts: [],
      metadata: {},
      keys: null,
      checks,
    };
  const document = await discoverIssuer(conversation, { ...server, issuer }, now);
  return { ...document, resource, checks: [...checks, ...document.checks] };
}

/** A resource as the documents have it. */
export function resourceSection(found: DiscoveredResource): ResourceSection {
  return {
    url: found.url,
    status: found.answer.status,
    challenge: found.challenges,
    metadata_url: found.metadataUrl,
    metadata: found.metadata,
    authorization_servers: found.authorizationServers,
    scope: found.scope,
    places: found.places.map(({ url, result }) => ({ url, result })),
  };
}

async function discoverIssuer(
  conversation: Conversation,
  server: ServerSettings,
  now: () => Date,
): Promise<DiscoverDocument> {
  const discovered = await discoverServer(conversation, server, 'all');
  const fetched = await fetchKeys(conversation, textMember(discovered.metadata, 'jwks_uri'));
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
    keys: fetched.type === 'keys' ? describeKeys(fetched.keys.keys, now()) : null,
    checks: [...checks, ...judgeKeys(fetched, now())],
  };
}

/** @throws FindingsError when a check is at or above the threshold */
export function requireNothingFound(
  threshold: DiscoverSettings['failOn'],
  checks: readonly CheckResult[],
): void {
  if (threshold === 'none') return;
  const found = checks.filter(({ id, outcome }) => {
    const counts = outcome === 'fail' || outcome === 'warn';
    return counts && (threshold === 'note' || catalogue[id].severity === 'violation');
  });
  const [first] = found;
  if (first === undefined) return;
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  throw new FindingsError('findings', say`Found: ${first.title.toLowerCase()} (${own(first.id)})${more}.`, {
    step: 'discovery',
    hint: 'The result above shows the checks. To exit with status 0 anyway: --fail-on none.',
  });
}

/** Makes the narrator of a discovery: it tells each request on stderr. */
export function narrateDiscovery(invocation: Invocation): Emit {
  const { context, journal, output } = invocation;
  const { stderr } = context.terminal;
  const redactor = createRedactor();
  return (event) => {
    if (event.type === 'secret') {
      redactor.register(event.value, event.kind);
      journal.secrets.push(event);
    }
    if (output.quiet) return;
    if (event.type === 'awaiting') showAwaited(event, invocation);
    if (event.type === 'request-failed') tellUnanswered(event, redactor, invocation);
    if (event.type !== 'exchange' || (event.step === 'probe' && !output.verbose)) return;
    const { request, response, durationMs } = event.exchange;
    const name = stepNames[event.step];
    const mark = response.status === 200 ? 'pass' : 'skipped';
    tellStep(stderr, {
      mark,
      name,
      text: redactor.redactUrl(request.url),
      result: response.status,
      durationMs,
    });
    tellExchange(event.exchange, redactor, invocation);
  };
}
