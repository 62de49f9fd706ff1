import { type Client, type ClientPlace, clientAt } from '../client/client.ts';
import { grantRequests } from '../client/grant-requests.ts';
import { grantOf } from '../client/grants.ts';
import { UsageError } from '../errors.ts';
import { fetchJobToken, withAssertion } from '../flows/client-assertion.ts';
import { type Conversation, createProver, startConversation } from '../flows/conversation.ts';
import { discoverServer, requireEndpoint } from '../flows/discover-metadata.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { askForTokens, judgeTokens } from '../flows/request-tokens.ts';
import { type JsonObject, textListMember } from '../json/json.ts';
import { buildClientAssertion } from '../protocol/client-authentication.ts';
import { exchangeType } from '../protocol/grant-types.ts';
import { parameterValue, requestParameters } from '../protocol/parameters.ts';
import { currentSettings, type Session } from '../storage/session-store.ts';
import { buildSession } from './build-session.ts';
import { chooseKeeping, keepSession } from './keep-session.ts';
import { addNarrowedToken, canRenewItself, heldKey, rememberedClient } from './renew-session.ts';
import { narrowedRequest, type ObtainedToken, type OpenedSession, tokenOf } from './saved-token.ts';
import type { SessionRun, TokenSettings } from './token-settings.ts';

/**
 * Gets an access token by a grant that needs no person and keeps it as the session. A session that was got so before
 * says where to ask; else the server is discovered.
 * @throws NamedError of every kind but LoginRequiredError
 */
export async function requestToken(
  found: OpenedSession | undefined,
  { wanted, renewal }: TokenSettings,
  run: SessionRun,
): Promise<ObtainedToken> {
  const { context } = run;
  const grant = grantOf(found?.session.grant_type ?? wanted.grantType);
  const { parameters } = grantRequests[grant?.type ?? ''] ?? { parameters: () => [] };
  const emit = await run.begin();
  const keeping = await chooseKeeping(renewal.keeping.store ?? found?.keeping, context);
  const part = found?.fit === 'part' ? narrowedRequest(wanted, found.session) : undefined;
  const { audience = null, scope, resource } = wanted;
  const connection = await renewal.connection();
  const { values, digest } = await renewal.grantInputs(grant?.type ?? '');
  const requested = {
    ...(found?.session.requested ?? { scope, resource, audience }),
    ...part,
    ...(digest === undefined ? {} : { inputs: digest }),
  };
  const http = await context.connect({ ...connection, frugal: renewal.frugal });
  try {
    const told = { emit, waived: renewal.waived };
    const conversation = startConversation({
      http,
      signal: context.signal,
      ...told,
      decryptionKey: await renewal.decryptionKey?.(),
      dpop: await createProver(heldKey(found?.session) ?? (await renewal.dpop()), context.now, emit),
    });
    const settings = await withAssertion(await renewal.client(found?.session), connection, context, told);
    const given: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(values))
      given[name] = typeof value === 'object' ? await fetchJobToken(value, connection, context, told) : value;
    const place = found === undefined ? await discover(conversation, renewal.server) : placeOf(found.session);
    if (found === undefined)
      conversation.dpop?.fit(textListMember(place.metadata, 'dpop_signing_alg_values_supported'));
    const client: Client =
      found === undefined ? clientAt(settings, place) : rememberedClient(settings, found.session);
    const answer = await askForTokens(conversation, {
      tokenEndpoint: place.endpoint,
      grant: () => parameters(requested, given, (claims) => signClaims(client, claims, context.now())),
      client,
      overrides: renewal.tokenOverrides(),
      requestedScope: requested.scope,
      now: context.now(),
      afterFailure: 'Try again.',
    });
    const sent = requestParameters(answer.exchange.request);
    const issued = await judgeTokens(conversation, answer, requested.scope, {
      authorizationDetails: parameterValue(sent, 'authorization_details'),
      resources: requested.resource,
      tokenType:
        grant?.type === exchangeType ? (parameterValue(sent, 'requested_token_type') ?? '') : undefined,
    });
    const save = async (session: Session) => {
      if (keeping !== 'none') await keepSession(context, session, keeping, context.now());
    };
    if (found !== undefined && part !== undefined) {
      const { session, narrowed } = addNarrowedToken(found.session, issued, part);
      await save(session);
      return tokenOf(session, narrowed, conversation.checks);
    }
    const secretFrom = found?.session.secret_from ?? renewal.keeping.secretFrom();
    const built = buildSession(issued, {
      owner: wanted.owner,
      issuer: place.issuer,
      client_id: client.credentials.clientId,
      verified: [],
      grant_type: grant?.type ?? '',
      requested,
      // The settings of a profile alone do not say what was handed in.
      plain: found?.session.plain ?? (renewal.keeping.isPlain && digest === undefined),
      quick: canRenewItself(renewal.keeping, issued.method, secretFrom),
      settings: await currentSettings(context),
      metadata: place.metadata,
      userinfo: null,
      secret_from: secretFrom,
      dpopKey: conversation.dpop?.key(),
    });
    const { accessToken, idToken } = issued.reading;
    const isVerified =
      idToken !== null &&
      (await (
        await import('./validate-refreshed.ts')
      ).validateRefreshedIdToken(conversation, built, {
        idToken,
        isFirst: true,
        accessToken,
        renewal,
        clientSecret: settings.credentials.clientSecret,
        now: context.now(),
        clockSkewSeconds: built.clock_skew_seconds,
      }));
    const session: Session = isVerified ? { ...built, verified: ['id_token', 'account'] } : built;
    await save(session);
    return tokenOf(session, undefined, conversation.checks);
  } finally {
    await http.close();
  }
}

/** A JWT of the client for its server. @throws UsageError without a key */
function signClaims({ credentials, audience }: Client, claims: JsonObject, now: Date): string {
  const { clientId, signingKey } = credentials;
  if (signingKey !== undefined) return buildClientAssertion(clientId, signingKey, { audience, now, claims });
  throw new UsageError('An assertion is signed with --signing-key FILE, which is missing.');
}

function placeOf({ server, issuer }: Session): ClientPlace {
  const {
    auth_methods_supported,
    auth_signing_algs: _signing,
    id_token_algs: _algs,
    auth_method: _method,
    assertion_audience: _audience,
    ...endpoints
  } = server;
  return {
    issuer,
    endpoint: endpoints.token_endpoint,
    metadata: {
      ...endpoints,
      ...(auth_methods_supported === undefined
        ? {}
        : { token_endpoint_auth_methods_supported: [...auth_methods_supported] }),
    },
  };
}

async function discover(conversation: Conversation, server: ServerSettings): Promise<ClientPlace> {
  const isKnown = server.issuer === undefined && server.metadataUrl === undefined;
  if (isKnown && server.given.token_endpoint === undefined) {
    throw new UsageError('No authorization server was given.', {
      hint: 'Add --issuer URL, or --token-endpoint URL for a server without metadata.',
    });
  }
  const discovered = isKnown ? undefined : await discoverServer(conversation, server, 'first');
  if (discovered !== undefined) conversation.requireChecks('discovery', discovered.checks);
  const metadata: JsonObject = discovered?.metadata ?? { ...server.given };
  const issuer = discovered?.issuer ?? null;
  return { issuer, metadata, endpoint: requireEndpoint({ metadata, issuer }, 'token_endpoint') };
}
