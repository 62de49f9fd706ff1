import type { Provider } from 'oidc-provider';
import { resolveClientByMetadataDocument } from 'oidc-provider/lib/helpers/client_id_metadata_document.js';
import { clientDocumentUrlProblem } from '../checks/client-document.ts';
import { ConfigError } from '../errors.ts';
import { isUrl } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { cibaType, deviceCodeType } from '../protocol/grant-types.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';
import { featureOf, type IdpConfig, mergeById } from './idp-config.ts';
import { issueJwtAccessTokens } from './jwt-access-tokens.ts';
import { serveMcpResource } from './mcp-resource.ts';
import { buildProviderConfiguration, pairwiseSubject } from './provider-configuration.ts';
import { createServerKeys, readyClients, readyUsers } from './ready-setup.ts';
import { rewriteRequests } from './request-rewrites.ts';
import { registerTokenGrants } from './token-grants.ts';

/** A client that is ready for use, under its wire names (RFC 7591 §2). */
export interface IdpClient {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly token_endpoint_auth_method: string;
  readonly redirect_uris: readonly string[];
}

/**
 * Loads oidc-provider and makes the provider the configuration describes.
 *
 * @throws ConfigError with what the library has against the configuration or one of its clients
 */
export async function createProvider(
  issuer: string,
  port: number,
  config: IdpConfig,
): Promise<{ provider: Provider; clients: readonly IdpClient[]; users: readonly string[] }> {
  const givenKeys = config.provider.jwks !== undefined;
  const [{ Provider }, keys] = await Promise.all([
    import('oidc-provider'),
    givenKeys ? [] : createServerKeys(),
  ]);
  const users = mergeById(readyUsers, config.users, 'sub');
  const clients = mergeById(withoutDisabled(readyClients, config.provider), config.clients, 'client_id');
  const setup = { port, clients, users, keys, given: config.provider };
  const settings = buildProviderConfiguration(setup);

  let provider: Provider;
  try {
    provider = new Provider(issuer, settings);
  } catch (cause) {
    throw new ConfigError(say`${config.source} is refused: ${describe(cause)}`, { cause });
  }
  await registerTokenGrants(provider, settings.jwks);
  relaxLoopback(provider);
  if (!isOff(settings, 'clientIdMetadataDocument')) takeDocumentsOnLoopback(provider);
  const handleOf =
    config.accessTokenFormat === 'jwt' ? await useJwtAccessTokens(provider, settings, config) : undefined;
  serveMcpResource(provider);
  rewriteRequests(provider, handleOf ?? (async () => undefined));
  return {
    provider,
    clients: await acceptedClients(provider, clients, config),
    users: users.map((user) => String(user.sub)),
  };
}

function isOff(settings: { readonly features?: unknown }, name: string): boolean {
  return featureOf(settings, name).enabled === false;
}

/** A ready client must not fail because the options file turned one of its grants or response types off. */
function withoutDisabled(clients: readonly JsonObject[], given: JsonObject): readonly JsonObject[] {
  const { responseTypes } = given;
  const off = [
    ...(isOff(given, 'deviceFlow') ? [deviceCodeType] : []),
    ...(isOff(given, 'ciba') ? [cibaType] : []),
    ...(isOff(given, 'clientCredentials') ? ['client_credentials'] : []),
    ...(Array.isArray(responseTypes) && !/token/.test(responseTypes.join(' ')) ? ['implicit'] : []),
  ];
  const isKnown = (type: JsonValue) => !Array.isArray(responseTypes) || responseTypes.includes(type);
  const kept = (values: JsonValue | undefined, isOn: (value: JsonValue) => boolean) =>
    Array.isArray(values) ? values.filter(isOn) : [];
  return clients.map((client) => ({
    ...client,
    grant_types: kept(client.grant_types, (grant) => !off.includes(String(grant))),
    response_types: kept(client.response_types, isKnown),
  }));
}

/**
 * Frees the port and scheme of loopback redirect URIs for every client, and lets an implicit client use them over
 * http; the library knows the free port only for `native` clients, which in turn may not use https on loopback.
 */
function relaxLoopback(provider: Provider): void {
  const client = provider.Client.prototype;
  client.redirectUriAllowed = function (value) {
    return isAllowedRedirectUri(value, this.redirectUris);
  };
  client.postLogoutRedirectUriAllowed = function (value) {
    return isAllowedRedirectUri(value, this.postLogoutRedirectUris ?? []);
  };
  const schema = provider.Client.Schema.prototype;
  const refuse = schema.invalidate;
  schema.invalidate = function (message, code) {
    if (code !== 'implicit-force-https' && code !== 'implicit-forbid-localhost')
      refuse.call(this, message, code);
  };
}

/** Takes client-id metadata documents over http from loopback, where one is tried before it is hosted. */
function takeDocumentsOnLoopback(provider: Provider): void {
  const { Client } = provider;
  const find = Client.find.bind(Client);
  Client.find = async (id) => {
    const client = await find(id);
    const isOurs =
      client === undefined && /^http:\/\//.test(id) && clientDocumentUrlProblem(id) === undefined;
    return isOurs ? resolveClientByMetadataDocument(provider, id) : client;
  };
}

/**
 * Tells whether a redirect URI is allowed: equal to a registered one, or on loopback and equal to a registered
 * loopback one but for port and scheme. RFC 8252 §7.3 asks for the free port; taking https too lets a client with a
 * throw-away certificate use the same registration.
 */
export function isAllowedRedirectUri(value: string, registered: readonly string[]): boolean {
  if (registered.includes(value)) return true;
  const wanted = portless(value);
  return wanted !== undefined && registered.some((candidate) => portless(candidate) === wanted);
}

function portless(value: string): string | undefined {
  if (!isUrl(value)) return undefined;
  const url = new URL(value);
  if (!isLoopbackUrl(url) || url.username !== '' || url.password !== '' || value.includes('#'))
    return undefined;
  return `${url.hostname}${url.pathname}${url.search}`;
}

async function useJwtAccessTokens(
  provider: Provider,
  settings: Record<string, unknown>,
  { source }: IdpConfig,
) {
  const jwks = settings.jwks;
  const keys = isJsonObject(jwks) && Array.isArray(jwks.keys) ? jwks.keys.filter(isJsonObject) : [];
  const key = keys.find((candidate) => candidate.use !== 'enc');
  if (key === undefined) {
    throw new ConfigError(say`${source}: jwks has no key to sign access tokens with.`, {
      hint: 'Add one, or set "accessTokenFormat" to "opaque".',
    });
  }
  return issueJwtAccessTokens(provider, { key, alg: algOf(key) }, async ({ accountId }, { client }) =>
    accountId !== undefined && client?.subjectType === 'pairwise'
      ? pairwiseSubject(accountId, client)
      : accountId,
  );
}

/** The algorithm a key signs with when it does not say (RFC 7518 §3.1, RFC 8037 §3.1). */
function algOf({ alg, kty, crv }: JsonObject): string {
  if (typeof alg === 'string') return alg;
  if (kty === 'OKP') return 'EdDSA';
  if (kty !== 'EC') return 'RS256';
  return crv === 'P-521' ? 'ES512' : crv === 'P-384' ? 'ES384' : 'ES256';
}

/** The library looks at client metadata when a client is first used; looking now names the faulty one. */
async function acceptedClients(
  provider: Provider,
  clients: readonly JsonObject[],
  { source, clients: given }: IdpConfig,
): Promise<readonly IdpClient[]> {
  const accepted: IdpClient[] = [];
  for (const metadata of clients) {
    const clientId = String(metadata.client_id);
    try {
      const client = await provider.Client.find(clientId);
      if (client === undefined) continue;
      const secret = metadata.client_secret;
      accepted.push({
        client_id: clientId,
        ...(typeof secret === 'string' ? { client_secret: secret } : {}),
        token_endpoint_auth_method: client.clientAuthMethod,
        redirect_uris: client.redirectUris,
      });
    } catch (cause) {
      // A ready client that the options file made impossible is left out; one it names is its fault.
      if (!given.some((candidate) => candidate.client_id === clientId)) continue;
      throw new ConfigError(
        say`${source}: the client ${JSON.stringify(clientId)} is refused: ${describe(cause)}`,
        { cause },
      );
    }
  }
  return accepted;
}

/** What the library says is wrong; its descriptions name members, not values. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { error_description: description } = cause as { error_description?: string };
  return `${description ?? cause.message}.`;
}
