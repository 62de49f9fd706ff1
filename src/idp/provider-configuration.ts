import { createHash, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Client, Provider, ProviderContext } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { base, Check, type ConsentContext } from 'oidc-provider/lib/helpers/interaction_policy/index.js';
import { isUrl } from '../http-message.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { featureOf } from './idp-config.ts';
import { interactionPath, unknownScope } from './interactions.ts';
import { deviceFlowPages, logoutPages, showError } from './pages.ts';
import { readyResponseTypes, scopeClaims } from './ready-setup.ts';

/** The scope values of the demo API, for every resource indicator (RFC 8707) and without one. */
const apiScopes = ['api:read', 'api:write'];

/** The types of authorization details, those of the examples in RFC 9396 §2. */
const detailTypes = ['account_information', 'payment_initiation'];

/** What the configuration is made from. */
export interface ProviderSetup {
  readonly port: number;
  readonly clients: readonly JsonObject[];
  readonly users: readonly JsonObject[];
  readonly keys: readonly object[];
  /** Members that are laid over the ready ones. */
  readonly given: JsonObject;
}

/**
 * Builds the configuration of oidc-provider: what a JSON file could say, with the given members laid over it, and then
 * the functions. Every default function that would print advice is replaced.
 */
export function buildProviderConfiguration(setup: ProviderSetup): Record<string, unknown> {
  const { clients, users, given } = setup;
  return mergeObjects(mergeObjects(readySettings(setup), given), {
    clients,
    // The default, named: the library warns of it otherwise.
    adapter: createMemoryAdapter(),
    findAccount: (_context: unknown, sub: string) => findAccount(users, sub),
    interactions: {
      policy: consentPolicy(),
      url: (_context: unknown, { uid }: { uid: string }) => `${interactionPath}${uid}`,
    },
    renderError: showError,
    fetch: fetchOnLoopbackToo,
    clientBasedCORS: (_context: unknown, origin: string) => isUrl(origin) && isLoopbackUrl(new URL(origin)),
    pairwiseIdentifier: (_context: unknown, sub: string, client: Client) => pairwiseSubject(sub, client),
    features: {
      devInteractions: { enabled: false },
      deviceFlow: deviceFlowPages,
      ciba: askedUser(users),
      ...(demandsNonce(given) ? { dPoP: { requireNonce: () => true, nonceSecret: randomBytes(32) } } : {}),
      mTLS: clientCertificates,
      richAuthorizationRequests: grantedDetails,
      introspection: { allowedPolicy: isOwnOrConfidential },
      revocation: { allowedPolicy: isOwn },
      rpInitiatedLogout: logoutPages,
      resourceIndicators: { getResourceServerInfo: describeResource },
    },
  });
}

/**
 * Where no scope is left to grant, the consent page says so; the library answers `access_denied` instead, which means
 * that the user refused (RFC 6749 §3.3, §4.1.2.1).
 */
function consentPolicy() {
  const policy = base();
  const lacksScope = ({ oidc }: ConsentContext) =>
    !oidc.params.authorization_details &&
    oidc.grant.getOIDCScopeFiltered(oidc.requestParamOIDCScopes) === '' &&
    Object.keys(oidc.resourceServers).every(
      (resource) => oidc.grant.getResourceScopeFiltered(resource, oidc.requestParamScopes) === '',
    );
  policy.get('consent').checks.add(new Check('no_scope', unknownScope, 'invalid_scope', lacksScope));
  return policy;
}

/** The user that the login hint names agrees at once, whatever the message says (CIBA Core §7.1). */
function askedUser(users: readonly JsonObject[]) {
  const accept = async () => {};
  return {
    processLoginHint: async (_context: unknown, hint: string) =>
      users.some(({ sub }) => sub === hint) ? hint : undefined,
    processLoginHintToken: accept,
    validateBindingMessage: accept,
    validateRequestContext: accept,
    verifyUserCode: accept,
    async triggerAuthenticationDevice(
      { oidc: { provider } }: BackchannelContext,
      request: BackchannelRequest,
    ) {
      const grant = new provider.Grant({ accountId: request.accountId, clientId: request.clientId });
      grant.addOIDCScope(request.scope);
      await grant.save();
      const authTime = Math.floor(Date.now() / 1000);
      await provider.backchannelResult(request, grant, { amr: ['swk'], authTime });
    },
  };
}

interface BackchannelContext {
  readonly oidc: { readonly provider: Provider };
}

interface BackchannelRequest {
  readonly accountId: string;
  readonly clientId: string;
  readonly scope: string;
}

/** The library keeps its requests from loopback, where the clients of this server listen. */
function fetchOnLoopbackToo(url: string, { dispatcher, ...options }: RequestInit & { dispatcher?: unknown }) {
  const guarded = isLoopbackUrl(new URL(url)) ? options : { ...options, dispatcher };
  return fetch(url, guarded as RequestInit);
}

/** `{"features": {"dPoP": {"requireNonce": true}}}`, where the library wants a function and a secret (RFC 9449 §8). */
function demandsNonce(given: JsonObject): boolean {
  return featureOf(given, 'dPoP').requireNonce === true;
}

/** The subject a client with pairwise identifiers sees (OpenID Connect Core 1.0 §8.1). */
export function pairwiseSubject(sub: string, client: Client): string {
  return createHash('sha256')
    .update(`${client.sectorIdentifier ?? client.clientId} ${sub}`)
    .digest('base64url');
}

/** The features that build upon no other one. */
const readyFeatures = (
  'ciba claimsParameter clientCredentials deviceFlow dPoP encryption introspection jwtResponseModes ' +
  'jwtUserinfo pushedAuthorizationRequests requestObjects resourceIndicators registration revocation ' +
  'rpInitiatedLogout userinfo'
).split(' ');

function readySettings({ port, keys, given }: ProviderSetup): JsonObject {
  // The library refuses a feature without the one that it builds upon.
  const isOn = (name: string): boolean => featureOf(given, name).enabled !== false;
  return {
    scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', ...apiScopes],
    claims: scopeClaims,
    ...(isOn('richAuthorizationRequests') && isOn('resourceIndicators')
      ? { clientDefaults: { authorization_details_types: detailTypes } }
      : {}),
    jwks: { keys: JSON.parse(JSON.stringify(keys)) },
    responseTypes: [...readyResponseTypes],
    rotateRefreshToken: true,
    cookies: {
      // Cookies know no ports: the name keeps two servers on one host apart.
      names: {
        session: `idp_session_${port}`,
        interaction: `idp_interaction_${port}`,
        resume: `idp_resume_${port}`,
      },
      keys: [randomBytes(24).toString('base64url')],
    },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      BackchannelAuthenticationRequest: 600,
      ClientCredentials: 3600,
      DeviceCode: 600,
      Grant: 1_209_600,
      IdToken: 3600,
      Interaction: 3600,
      PreAuthorizedCode: 600,
      RefreshToken: 1_209_600,
      Session: 1_209_600,
    },
    features: {
      ...Object.fromEntries(readyFeatures.map((name) => [name, { enabled: true }])),
      backchannelLogout: { enabled: isOn('rpInitiatedLogout') },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      jwtIntrospection: { enabled: isOn('introspection') },
      registrationManagement: { enabled: isOn('registration') },
      richAuthorizationRequests: { enabled: isOn('resourceIndicators') },
    },
  };
}

function findAccount(users: readonly JsonObject[], sub: string) {
  const user = users.find((candidate) => candidate.sub === sub);
  return user === undefined ? undefined : { accountId: sub, claims: async () => user };
}

/** Every absolute URI is a resource of the demo API: trying resource indicators needs no registration. */
const describeResource = (_context: unknown, indicator: string) => ({
  scope: apiScopes.join(' '),
  audience: indicator,
  accessTokenFormat: 'opaque',
});

/** All that was asked for and agreed to is granted (RFC 9396 §7). */
const grantedDetails = {
  types: Object.fromEntries(detailTypes.map((type) => [type, { validate() {} }])),
  authorizationDetailsForGrantSource: ({ oidc }: DetailsContext) => oidc.grant?.rar ?? [],
  authorizationDetailsForAccessToken: (
    { oidc }: DetailsContext,
    _token: unknown,
    source?: { rar?: unknown },
  ) => source?.rar ?? JSON.parse(oidc.params.authorization_details ?? '[]'),
  authorizationDetailsForIntrospection: (_context: unknown, { rar }: { rar?: unknown }) => rar,
};

interface DetailsContext {
  readonly oidc: {
    readonly grant?: { readonly rar?: unknown };
    readonly params: { readonly authorization_details?: string };
  };
}

const isOwn = (_context: ProviderContext, client: Client, token: { clientId?: string }) =>
  token.clientId === client.clientId;

/** A resource server introspects tokens of others, so a confidential client may (RFC 7662 §2.1). */
const isOwnOrConfidential = (context: ProviderContext, client: Client, token: { clientId?: string }) =>
  client.clientAuthMethod !== 'none' || isOwn(context, client, token);

/** Lays one object over another: objects member by member, anything else whole. */
function mergeObjects(
  base: Record<string, unknown>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(given)) {
    const below = merged.get(name);
    merged.set(name, isRecord(below) && isRecord(value) ? mergeObjects(below, value) : value);
  }
  return Object.fromEntries(merged);
}

const isRecord = (value: unknown): value is Record<string, unknown> => isJsonObject(value);

/**
 * What oidc-provider asks about the TLS certificate of a client (RFC 8705 §2). Certificates of every authority are
 * taken, as every password is; they only have to be in force.
 */
const clientCertificates = {
  getCertificate: (context: ProviderContext) => certificateOf(context)?.toString(),
  certificateAuthorized(context: ProviderContext): boolean {
    const certificate = certificateOf(context);
    const now = Date.now();
    return (
      certificate !== undefined &&
      Date.parse(certificate.validFrom) <= now &&
      now <= Date.parse(certificate.validTo)
    );
  },
  certificateSubjectMatches(context: ProviderContext, property: string, expected: string): boolean {
    const certificate = certificateOf(context);
    if (property === 'tls_client_auth_subject_dn')
      return certificate?.subject.replaceAll('\n', ',') === expected;
    const kinds: Readonly<Record<string, string>> = {
      dns: 'DNS',
      ip: 'IP Address',
      email: 'email',
      uri: 'URI',
    };
    const kind = kinds[property.replace('tls_client_auth_san_', '')];
    return certificate?.subjectAltName?.split(', ').includes(`${kind}:${expected}`) === true;
  },
};

function certificateOf({ req }: ProviderContext) {
  return (req.socket as TLSSocket).getPeerX509Certificate?.();
}
