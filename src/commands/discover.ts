import { checkGivenServer } from '../checks/protected-resource.ts';
import { checkSignedMetadata } from '../checks/signed-metadata.ts';
import { InvalidResponseError, UsageError } from '../errors.ts';
import type { Conversation } from '../flows/conversation.ts';
import { discoverServer, judgeAddressOf } from '../flows/discover-metadata.ts';
import type { ResourceRules } from '../flows/discover-resource.ts';
import { fetchKeys, judgeKeys } from '../flows/fetch-keys.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { describeKeys } from '../jose/jwk-description.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import type { DiscoverDocument } from '../output/documents.ts';
import { renderDiscover } from '../output/render-discover.ts';
import { own, recall, say } from '../say.ts';
import {
  checkedOutputOptions,
  connectionOptions,
  findingOptions,
  resourceOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { type DiscoverSettings, settleDiscover } from '../settings/settle-tools.ts';
import { defineCommand, type Invocation } from './command.ts';
import { mayLeadToPrivate, withConversation } from './conversation.ts';
import { printResult } from './print-result.ts';
import { requireNothingFound } from './require-nothing-found.ts';
import { resourceSection } from './resource-section.ts';

const examples = `
Examples:
  $ oauth-code discover https://accounts.google.com
  $ oauth-code discover https://login.example.com --json | jq '.keys'
  $ oauth-code discover https://api.example.com/mcp`;

/** Gives `discover` its argument, options and action. */
export const define = defineCommand({
  description:
    'Fetch the metadata and keys of an authorization server, or those that an API or MCP server leads to, show them and check them.',
  words: { '[issuer]': 'the issuer, or the URL of an API or MCP server' },
  groups: [
    ['Settings:', settingsOptions],
    ['Authorization server:', serverOptions],
    ['Resource:', resourceOptions],
    ['Findings:', findingOptions],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, command }, [issuer]) {
    if (issuer !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    if (issuer !== undefined && !/[.:/]|^localhost$/.test(issuer)) {
      const { providerNamed, providers, serverOptionsOf } = await import('../providers/find-provider.ts');
      const provider = providerNamed(issuer);
      throw new UsageError(say`"${issuer}" is a name, not the URL of a server.`, {
        hint: say`${own(
          provider === undefined
            ? ''
            : `${provider.name}: oauth-code discover ${serverOptionsOf(provider)}. `,
        )}Known names: ${own(providers.map(({ name }) => name).join(', '))}.`,
      });
    }
    if (issuer !== undefined) command.setOptionValue('issuer', issuer);
    // A URL that was typed alone may be that of an API.
    await runDiscover(...(await settle(settleDiscover)), { mayBeResource: issuer !== undefined });
  },
});

/**
 * Fetches the metadata and keys of a server and prints them with every check.
 * @throws FindingsError after printing, when something is at or above `--fail-on`
 */
async function runDiscover(
  settings: DiscoverSettings,
  invocation: Invocation,
  { mayBeResource }: { readonly mayBeResource: boolean },
): Promise<void> {
  const { connection } = settings;
  await withConversation({ connection }, invocation, async (conversation) => {
    const allowsPrivate = mayLeadToPrivate(settings.allowsPrivate, invocation);
    const asked = { ...settings, allowsPrivate };
    const document = await discover(conversation, asked, mayBeResource, invocation.context.now);
    // The documents of the server are shown as they are, signed metadata too.
    const published = ['documents', 'metadata', 'keys'] as const;
    printResult(document, renderDiscover, invocation, published, { asksForSecrets: false });
    requireNothingFound(settings.failOn, document.checks);
  });
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
      if (found !== undefined) return found;
      throw new InvalidResponseError(
        say`${recall(error.message)} As an API it does not ask for a token either.`,
        { step: 'discovery', hint: error.hint === undefined ? undefined : recall(error.hint), cause: error },
      );
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
  { server, allowsPrivate, resourceUrl }: Asked,
  now: () => Date,
): Promise<DiscoverDocument | undefined> {
  const { discoverResource } = await import('../flows/discover-resource.ts');
  const { firstUsable } = await import('../flows/aim-at-resource.ts');
  // Without the URL of a resource it is the resource that was given in place of an issuer.
  const given = resourceUrl === undefined ? undefined : server.issuer;
  const found = await discoverResource(conversation, url, { allowsPrivate });
  if (found.metadata === null && found.answer.status !== 401) return undefined;
  const {
    issuer,
    judgeAddress,
    checks: chosen = [],
  } = given === undefined
    ? await firstUsable(conversation, found, true)
    : { issuer: given, judgeAddress: undefined, checks: checkGivenServer(given, found.metadata) };
  const checks = [...found.checks, ...chosen];
  const resource = resourceSection(found);
  const metadata = found.metadata ?? {};
  if (issuer === undefined)
    return {
      version: 1,
      issuer: '',
      resource,
      documents: [],
      attempts: [],
      metadata: {},
      keys: null,
      checks: [...checks, ...(await checkSignedMetadata(metadata))],
    };
  const document = await discoverIssuer(conversation, { ...server, issuer, judgeAddress }, now, metadata);
  return { ...document, resource, checks: [...checks, ...document.checks] };
}

async function discoverIssuer(
  conversation: Conversation,
  server: ServerSettings,
  now: () => Date,
  resource: JsonObject = {},
): Promise<DiscoverDocument> {
  const discovered = await discoverServer(conversation, server, 'all');
  const jwksUri = textMember(discovered.metadata, 'jwks_uri');
  const refusal = jwksUri === server.given.jwks_uri ? undefined : await judgeAddressOf(server, jwksUri ?? '');
  const fetched = refusal
    ? ({ type: 'none', problem: refusal.detail } as const)
    : await fetchKeys(conversation, jwksUri);
  const { documents, attempts, metadata, checks } = discovered;
  const keys = fetched.type === 'keys' ? fetched.keys.keys : undefined;
  const trusted = keys && { issuer: discovered.issuer, keys };
  const signed = [resource, ...documents.map(({ reading }) => reading.document)].map((one) =>
    checkSignedMetadata(one, trusted),
  );
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
    keys: keys === undefined ? null : describeKeys(keys, now()),
    checks: [...checks, ...judgeKeys(fetched, now()), ...(await Promise.all(signed)).flat()],
  };
}
