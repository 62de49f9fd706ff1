import type { CheckResult } from '../checks/check-result.ts';
import { checkDiscovery, checkMetadataDocument, metadataUrls } from '../checks/metadata.ts';
import { checkLinkLocalAddress } from '../checks/private-address.ts';
import { InvalidResponseError, NetworkError, UsageError } from '../errors.ts';
import { getRequest, type HttpResponse, headerValue, withoutQuery } from '../http-message.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { endpointProblem } from '../protocol/authorization-request.ts';
import { mtlsEndpoints, readMetadata } from '../protocol/metadata.ts';
import { own, remember, say } from '../say.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import type { FoundMetadata, ServerSettings } from './login-settings.ts';

/** An authorization server once its metadata was looked for. */
export interface DiscoveredServer {
  /** As given, else as the document says; null for a server without metadata. */
  readonly issuer: string | null;
  readonly documents: readonly FoundMetadata[];
  /** Each place that was asked, with what it answered in a few words. */
  readonly attempts: readonly { readonly url: string; readonly result: string }[];
  /** Members of the first document, with the endpoints for clients with a certificate where it is one, and the given ones on top. */
  readonly metadata: JsonObject;
  /** Whether it speaks OpenID Connect. */
  readonly openid: boolean;
  readonly checks: readonly CheckResult[];
}

/**
 * Looks for the metadata of a server: at the given URL, else at the well-known places of its issuer, until one
 * answers with a JSON object, or at all of them (OIDC Discovery §4, RFC 8414 §3).
 * @throws NetworkError when the server cannot be reached; InvalidResponseError when it has no metadata and the
 * given endpoints are not enough for a login.
 */
export async function discoverServer(
  conversation: Conversation,
  server: ServerSettings,
  extent: 'first' | 'all',
): Promise<DiscoveredServer> {
  const { issuer, given, metadataUrl, found = [] } = server;
  const known = metadataUrl === undefined ? found : [];
  const places =
    metadataUrl !== undefined
      ? [{ url: metadataUrl, specification: 'given' as const }]
      : issuer === undefined || known.length > 0
        ? []
        : discoveryUrls(issuer);
  const documents = [...known];
  const attempts = known.map(({ url }) => ({ url, result: 'found' }));
  const answers: { url: string; response: HttpResponse }[] = [];
  let failure: unknown;
  for (const place of places) {
    try {
      const { response } = await conversation.send('discovery', getRequest(place.url, 'application/json'));
      const reading = readMetadata(response, issuer === undefined ? {} : { issuer });
      const isFound = reading.type === 'metadata' && response.status === 200;
      attempts.push({ url: place.url, result: describeAttempt(response, isFound) });
      answers.push({ url: place.url, response });
      if (isFound) documents.push({ ...place, reading });
      if (isFound && extent === 'first') break;
    } catch (error) {
      if (!(error instanceof NetworkError || error instanceof InvalidResponseError)) throw error;
      failure ??= error;
      attempts.push({ url: place.url, result: error.message });
      if (extent === 'first' && error instanceof NetworkError) break;
    }
  }
  const begins = ['authorization', 'device_authorization', 'backchannel_authentication'].some(
    (name) => given[`${name}_endpoint`] !== undefined,
  );
  // Without a place to look at, the settings have demanded the endpoints that are needed.
  const suffices = places.length === 0 || (begins && given.token_endpoint !== undefined);
  if (documents.length === 0 && !suffices) {
    const { metadataNotFound } = await import('./metadata-not-found.ts');
    throw failure ?? metadataNotFound(server, attempts, answers);
  }
  const described = describeServer(conversation.emit, server, documents, attempts);
  const refusals: CheckResult[] = [];
  for (const [name, url] of documents.flatMap(({ reading }) => metadataUrls(reading.document))) {
    const refusal = name in given ? undefined : await judgeAddressOf(server, url);
    if (refusal !== undefined) refusals.push(refusal);
  }
  return { ...described, checks: [...described.checks, ...refusals] };
}

/** Judges an address in the metadata of a server; where no resource led to it, link-local ones are refused. */
export async function judgeAddressOf(
  { judgeAddress, issuer, metadataUrl = '' }: ServerSettings,
  url: string,
): Promise<CheckResult | undefined> {
  return judgeAddress ? judgeAddress(url) : checkLinkLocalAddress(issuer ?? metadataUrl, url);
}

function describeAttempt({ status, headers }: HttpResponse, found: boolean): string {
  if (found) return 'found';
  const location = headerValue(headers, 'location');
  if (status >= 300 && status < 400 && location !== undefined)
    return remember(say`status ${status}, redirects to ${location}`);
  return remember(status === 200 ? 'no JSON object' : say`status ${status}`);
}

function describeServer(
  emit: Conversation['emit'],
  server: ServerSettings,
  documents: readonly FoundMetadata[],
  attempts: DiscoveredServer['attempts'],
): DiscoveredServer {
  const [first] = documents;
  const found = first?.reading.document ?? {};
  const aliases = server.presentsCertificate === true ? mtlsEndpoints(found) : {};
  const used = Object.keys(aliases).filter((name) => server.given[name] === undefined);
  if (used.length > 0) {
    const text = say`The client has a certificate; for such clients the server names: ${used.join(', ')}.`;
    tellRemark({ emit }, 'discovery', text);
  }
  const issuer = server.issuer ?? (typeof found.issuer === 'string' ? found.issuer : null);
  return {
    issuer,
    documents,
    attempts,
    metadata: { ...found, ...aliases, ...server.given },
    openid: documents.some(
      ({ specification, reading: { document } }) =>
        specification === 'OIDC Discovery' || document.id_token_signing_alg_values_supported !== undefined,
    ),
    checks: [
      ...checkDiscovery({
        issuer: server.issuer ?? null,
        documents: documents.map(({ reading, ...place }) => ({ ...place, metadata: reading.document })),
        demandsPkce: server.demandsPkce,
      }),
      ...documents.flatMap(({ reading }) => checkMetadataDocument(reading)),
    ],
  };
}

/** A place where an authorization server may publish its metadata. */
export interface DiscoveryUrl {
  readonly url: string;
  readonly specification: 'OIDC Discovery' | 'RFC 8414';
}

/**
 * The metadata URLs of an issuer, the likeliest first: appended to the path (OIDC Discovery §4.1), then inserted
 * before it (RFC 8414 §3.1, §5).
 */
export function discoveryUrls(issuer: string): readonly DiscoveryUrl[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const base = withoutQuery(issuer).replace(/\/$/, '');
  const urls: DiscoveryUrl[] = [
    { url: `${base}/.well-known/openid-configuration`, specification: 'OIDC Discovery' },
    { url: `${origin}/.well-known/oauth-authorization-server${path}`, specification: 'RFC 8414' },
  ];
  if (path !== '') {
    urls.push({ url: `${origin}/.well-known/openid-configuration${path}`, specification: 'RFC 8414' });
  }
  return urls;
}

/** The address of an endpoint. @throws UsageError without one, InvalidResponseError for one that cannot be used */
export function requireEndpoint(
  { metadata, issuer }: { readonly metadata: JsonObject; readonly issuer?: string | null | undefined },
  member: string,
): string {
  const endpoint = textMember(metadata, member);
  const option = own(`--${member.replaceAll('_', '-')} URL`);
  if (endpoint === undefined) {
    throw new UsageError(say`The metadata of ${issuer ?? 'the server'} has no ${own(member)}.`, {
      step: 'discovery',
      hint: say`The server may not have one. If it does: ${option}.`,
    });
  }
  const problem = endpointProblem(endpoint);
  if (problem === undefined) return endpoint;
  throw new InvalidResponseError(say`The ${own(member)} of the metadata ${own(problem)}.`, {
    step: 'discovery',
    hint: say`Give it with ${option}.`,
  });
}
