import { recordTrace } from '../commands/trace/record-trace.ts';
import { InvalidResponseError, UsageError } from '../errors.ts';
import { type Conversation, startConversation } from '../flows/conversation.ts';
import { discoverServer } from '../flows/discover-metadata.ts';
import { askForTokens, judgeTokens, type TokenQuestion } from '../flows/request-tokens.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import { chooseAuthenticationMethod } from '../protocol/client-authentication.ts';
import { clientCredentialsGrant, type TokenRequestClient } from '../protocol/token-request.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleOutput } from '../settings/output-settings.ts';
import { settleClient } from '../settings/settle-client.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import { settleOverrides } from '../settings/settle-overrides.ts';
import { settleServer } from '../settings/settle-server.ts';
import type { RequestedAccess } from '../storage/session-file.ts';
import { currentSettings } from '../storage/session-store.ts';
import { addNarrowedToken, buildSession } from './build-session.ts';
import { chooseKeeping } from './choose-keeping.ts';
import { keepSession } from './keep-session.ts';
import { narrateRenewal } from './narrate-renewal.ts';
import {
  narrowedRequest,
  narrowedTokenOf,
  type ObtainedToken,
  tokenOf,
  type UsableSession,
} from './obtain-token.ts';
import { rememberedSecret } from './remembered-secret.ts';
import { isFrugal, type Renewal, waivedChecks } from './renewal.ts';
import { settleRenewalClient } from './settle-renewal.ts';
import { isPlain, isQuick } from './settle-session.ts';

/** Tells whether a token can be had again without asking anybody: by how the session began, else by the settings. */
export function isPersonless(options: OptionReader, usable: UsableSession | undefined): boolean {
  const grantType = usable?.session.grant_type ?? options.text('grant-type');
  return grantType === 'client_credentials';
}

/** Where and as whom a token is asked for. */
interface Asked {
  readonly metadata: JsonObject;
  readonly issuer: string | null;
  readonly client: TokenRequestClient;
}

/**
 * Gets an access token by a grant that needs no person, here that of the client itself (RFC 6749 §4.4), and keeps it
 * as the session. A session that was got so before says where to ask; else the server is discovered.
 * @throws NamedError of every kind but LoginRequiredError
 */
export async function fetchWithoutPerson(
  renewal: Renewal & { readonly usable: UsableSession | undefined },
): Promise<ObtainedToken> {
  const { options, invocation, manner, usable, wanted } = renewal;
  const { context } = invocation;
  const narrate = narrateRenewal(settleOutput(options), invocation, { loud: manner.loud === true });
  const emit = await recordTrace(settleOutput(options), invocation, 'token', narrate);
  const keeping = await chooseKeeping(options, invocation, usable?.keeping);
  const requested = requestedBy(renewal);
  const http = await context.connect({
    ...(await settleConnection(options, context)),
    frugal: isFrugal(options),
  });
  try {
    const waived = waivedChecks(options);
    const conversation = startConversation({ http, signal: context.signal, emit, waived });
    const asked =
      usable === undefined ? await discover(conversation, renewal) : await remember(renewal, usable);
    const question: TokenQuestion = {
      tokenEndpoint: textMember(asked.metadata, 'token_endpoint') ?? '',
      grant: clientCredentialsGrant({ ...requested, resources: requested.resource }),
      client: asked.client,
      advertised: textListMember(asked.metadata, 'token_endpoint_auth_methods_supported'),
      overrides: settleOverrides(options, 'token-param'),
      requestedScope: requested.scope,
      now: context.now(),
      afterFailure: 'Try again.',
    };
    const issued = await askForTokens(conversation, question);
    judgeTokens(conversation, issued, requested.scope);
    const checks = [...conversation.checks];
    if (usable?.fit === 'part') {
      const { session, narrowed } = addNarrowedToken(
        usable.session,
        issued,
        narrowedRequest(wanted, usable.session),
      );
      if (keeping !== 'none') await keepSession(context, session, keeping, context.now());
      return narrowedTokenOf(session, narrowed, checks, true);
    }
    const remembered =
      usable?.session.secret_from === undefined
        ? rememberedSecret(options, context)
        : { secret_from: usable.session.secret_from };
    const session = buildSession(issued, {
      owner: wanted.owner,
      issuer: asked.issuer,
      client_id: asked.client.credentials.clientId,
      grant_type: 'client_credentials',
      requested,
      plain: usable?.session.plain ?? isPlain(options),
      quick: isQuick(options, { auth_method: issued.method }, remembered.secret_from),
      settings: await currentSettings(context),
      metadata: asked.metadata,
      userinfo: null,
      ...remembered,
    });
    if (session === undefined) {
      throw new InvalidResponseError('The answer holds no access token.', { step: 'token' });
    }
    if (keeping !== 'none') await keepSession(context, session, keeping, context.now());
    return tokenOf(session, checks, true);
  } finally {
    await http.close();
  }
}

function requestedBy({
  options,
  wanted,
  usable,
}: Renewal & { readonly usable: UsableSession | undefined }): RequestedAccess {
  if (usable === undefined) {
    return { scope: wanted.scope, resource: wanted.resource, audience: options.text('audience') ?? null };
  }
  const { requested } = usable.session;
  return usable.fit === 'part' ? { ...requested, ...narrowedRequest(wanted, usable.session) } : requested;
}

async function remember({ options, invocation }: Renewal, { session }: UsableSession): Promise<Asked> {
  const { server, issuer } = session;
  const {
    auth_methods_supported,
    id_token_algs: _algs,
    auth_method: _method,
    assertion_audience: _audience,
    ...endpoints
  } = server;
  return {
    issuer,
    client: await settleRenewalClient(options, session, invocation),
    metadata: {
      ...endpoints,
      ...(auth_methods_supported === undefined
        ? {}
        : { token_endpoint_auth_methods_supported: [...auth_methods_supported] }),
    },
  };
}

async function discover(conversation: Conversation, { options, invocation }: Renewal): Promise<Asked> {
  const server = settleServer(options);
  const { credentials, method } = await settleClient(options, invocation);
  if (
    server.issuer === undefined &&
    server.metadataUrl === undefined &&
    server.given.token_endpoint === undefined
  ) {
    throw new UsageError('No authorization server was given.', {
      hint: 'Add --issuer URL, or --token-endpoint URL for a server without metadata.',
    });
  }
  const isKnown = server.issuer === undefined && server.metadataUrl === undefined;
  const discovered = isKnown ? undefined : await discoverServer(conversation, server, 'first');
  if (discovered !== undefined) conversation.requireChecks('discovery', discovered.checks);
  const metadata: JsonObject = discovered?.metadata ?? { ...server.given };
  const endpoint = textMember(metadata, 'token_endpoint');
  if (endpoint === undefined || !/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new InvalidResponseError('The metadata names no token endpoint that could be asked.', {
      step: 'discovery',
      hint: 'Give it with --token-endpoint URL.',
    });
  }
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const issuer = discovered?.issuer ?? null;
  return {
    issuer,
    metadata,
    client: {
      method: method ?? chooseAuthenticationMethod(credentials, advertised),
      credentials,
      audience: issuer ?? endpoint,
    },
  };
}
