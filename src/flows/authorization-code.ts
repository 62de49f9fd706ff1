import { checkDemands } from '../checks/metadata.ts';
import { clientAt } from '../client/client.ts';
import type { Context, ListenerPages } from '../context.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import {
  type AuthorizationRequest,
  authorizationRequestAt,
  buildAuthorizationRequest,
  createCodeVerifier,
  createUnguessableValue,
} from '../protocol/authorization-request.ts';
import { overrideParameters, parameterValue } from '../protocol/parameters.ts';
import {
  awaitAuthorizationResponse,
  createCallbackJudge,
  type Decrypt,
  type PageReader,
} from './await-authorization-response.ts';
import type { LoginResult, RegisterClient } from './complete-login.ts';
import type { ApproveRequest, Conversation } from './conversation.ts';
import type { DeliveredRequest, Delivery } from './deliver-request.ts';
import { type DiscoveredServer, discoverServer, requireEndpoint } from './discover-metadata.ts';
import { fetchKeys } from './fetch-keys.ts';
import { launchBrowser, whyUnattended } from './launch-browser.ts';
import type { LoginSettings } from './login-settings.ts';

/** The pages that the user's browser is shown. */
export interface LoginPages {
  readonly listener: ListenerPages;
  ignored(reason: string): string;
  success(result: LoginResult): string | Promise<string>;
  failure(error: unknown): string;
}

type Doors = Pick<Context, 'signal' | 'now' | 'monotonicMs' | 'terminal' | 'listen' | 'openBrowser'>;

/** Values made for one login, never used in another. */
type FreshValues = ReturnType<typeof createFreshValues>;

/**
 * Runs the authorization code flow with a person, or the implicit or a hybrid flow: listener, discovery, browser,
 * callback, exchange, validation, UserInfo (RFC 6749 §4.1, RFC 7636, RFC 8252, OIDC Core §3). The person's browser is shown the outcome, and
 * every socket is closed when it settles.
 * @throws NamedError of every kind
 */
export async function runAuthorizationCodeFlow(
  doors: Doors,
  conversation: Conversation,
  given: LoginSettings,
  pages: LoginPages,
  readPageOf?: (request: AuthorizationRequest) => PageReader,
  register?: RegisterClient,
): Promise<LoginResult> {
  let settings = given;
  const { emit, approve } = conversation;
  const fresh = createFreshValues(settings);
  emit({ type: 'secret', kind: 'code_verifier', value: fresh.codeVerifier });
  const decrypt = decrypterOf(settings);
  let discovered: DiscoveredServer | undefined;
  let delivered: DeliveredRequest | undefined;
  let tellUrl: (request: AuthorizationRequest) => void = () => {};
  const judge = createCallbackJudge({
    sentState: fresh.state,
    takesTokens: settings.flow !== undefined,
    decrypt,
    waived: conversation.waived,
    page: pages.ignored,
    emit,
    wayOut: wayOut(settings),
    async renew(reading) {
      const isOurs = reading.stateComparison === 'same' || reading.stateComparison === 'not-sent';
      if (reading.type !== 'error' || reading.error !== 'invalid_request_uri' || !isOurs) return undefined;
      const request = await delivered?.again('the server no longer knows the pushed request');
      if (request !== undefined) tellUrl(request);
      return request?.url;
    },
    // Before the server is known, no issuer can be the right one.
    async isForeign(reading) {
      if (reading.iss === null || conversation.waived.has('iss')) return false;
      if (discovered === undefined) return true;
      const { judgeIss } = await import('../checks/authorization-response.ts');
      return judgeIss({ reading, issuer: discovered.issuer, issRequired: false }).outcome === 'fail';
    },
  });

  let over = false;

  // Bound first: a port that is taken ends the run before any server or browser is bothered.
  const { uri, ports, further, bind, tls } = settings.redirect;
  const listener =
    ports.length === 0
      ? undefined
      : await doors.listen({
          redirectUri: uri,
          ports,
          further,
          bind,
          tls,
          pages: pages.listener,
          judge: judge.judge,
        });
  try {
    const redirectUri = listener?.redirectUri ?? uri;
    tellUrl = ({ url }) =>
      emit({ type: 'authorization-url', url, redirectUri, listening: listener !== undefined });
    if (listener !== undefined)
      emit({ type: 'listening', redirect_uri: redirectUri, addresses: listener.addresses });

    const discovering = discoverServer(conversation, settings.server, 'first');
    const completing = loadCompletion(settings);
    const server = await discovering;
    discovered = server;
    conversation.requireChecks('discovery', server.checks);
    if (register !== undefined)
      settings = { ...given, client: await register(conversation, server, given, redirectUri) };
    const { dpop } = conversation;
    const fapi = settings.fapi !== undefined ? await import('../checks/fapi.ts') : undefined;
    const algorithms = textListMember(server.metadata, 'dpop_signing_alg_values_supported');
    dpop?.fit(
      fapi === undefined ? algorithms : algorithms?.filter((alg) => fapi.fapiAlgorithms.includes(alg)),
    );
    const drafted = buildRequest(server, settings, redirectUri, { ...fresh, dpopJkt: dpop?.thumbprint() });
    // A client that cannot sign as the server wants is told before the person signs in.
    const method =
      settings.flow === 'implicit'
        ? undefined
        : clientAt(settings.client, { ...server, endpoint: requireEndpoint(server, 'token_endpoint') })
            .method;
    if (fapi !== undefined && method !== undefined) {
      const signsMessages = settings.fapi === '2-message-signing';
      const client = { method, isBoundByProof: dpop !== undefined, signsMessages };
      conversation.requireChecks('discovery', [fapi.checkFapiServer(server.metadata, client)]);
    }
    const keys = drafted.sent.scope.includes('openid')
      ? fetchKeys(conversation, textMember(server.metadata, 'jwks_uri'))
      : undefined;
    // A login that is abandoned does not wait for its keys, nor care how that ended.
    keys?.catch(() => {});
    // Requests are approved one by one: nothing is told while a question waits for its answer.
    if (approve !== undefined) await keys;
    const delivery = settleDelivery(server.metadata, settings);
    if (delivery.pushed || delivery.object !== undefined) {
      const { deliverRequest } = await import('./deliver-request.ts');
      delivered = await deliverRequest(doors, conversation, server, settings.client, delivery, drafted);
    }
    const approved = await approveInBrowser(delivered?.request ?? drafted, approve);
    const request = (delivered?.isLate() ? await delivered.again() : undefined) ?? approved;
    const unmet = checkDemands(
      server.metadata,
      new Map([...request.parameters, ...parametersOf(request.url)]),
    );
    if (unmet.length > 0) conversation.requireChecks('discovery', unmet);
    conversation.requireEncryption('authorization', secretPlaces(server, settings, request));

    tellUrl(request);
    let browserWasOpened = false;
    const launched = launchBrowser(doors, settings, request.url, (event) => {
      browserWasOpened = event.type === 'browser' && event.launch.type === 'opened';
      // How a browser fared is of no interest once the run has ended: what it ended with stays the last word.
      if (!over) emit(event);
    });
    const waitStartedMs = doors.monotonicMs();
    if (approve === undefined)
      delivered?.onExpiry(async () => {
        // Perhaps the address was not opened yet; it is worth nothing any more.
        const again = over || browserWasOpened ? undefined : delivered?.again();
        const fresh = await again?.catch(() => undefined);
        if (fresh !== undefined && !over) tellUrl(fresh);
      });
    const until = awaitAuthorizationResponse(
      doors,
      {
        listener,
        acceptsPaste: settings.acceptsPaste,
        timeoutSeconds: settings.browserTimeoutSeconds,
        unconfirmedSeconds: settings.unconfirmedSeconds,
        sentState: fresh.state,
        decrypt,
        browserWasOpened: () => browserWasOpened,
        hopeless: launched.then((launch) => whyUnattended(launch, settings)),
        judge,
        page: mayRepeat(request) ? readPageOf?.(request) : undefined,
      },
      emit,
    );
    const timeoutSeconds = settings.browserTimeoutSeconds;
    emit({ type: 'awaiting', step: 'authorization', url: request.url, until, timeoutSeconds });
    const answer = await until;
    const waitedMs = doors.monotonicMs() - waitStartedMs;
    emit({
      type: 'callback',
      by: answer.by,
      waitedMs,
      receivedAt: doors.now(),
      received: answer.reading.received,
    });
    const show = async (page: string, outcome: 'success' | 'failure') => {
      if (await answer.respond(page)) emit({ type: 'page', outcome });
    };
    try {
      const complete = await completing;
      const result = await complete(doors, conversation, {
        settings,
        server,
        request,
        codeVerifier: fresh.codeVerifier,
        answer,
        keys,
      });
      await show(await pages.success(result), 'success');
      return result;
    } catch (error) {
      await show(pages.failure(error), 'failure');
      throw error;
    }
  } finally {
    over = true;
    await listener?.close();
  }
}

/** What decrypts the JWT of an answer; loaded when there is one. */
function decrypterOf({ decryptionKey, client }: LoginSettings): Decrypt | undefined {
  const { clientSecret } = client.credentials;
  if (decryptionKey === undefined && clientSecret === undefined) return undefined;
  return async (compact) => {
    const { decryptWith } = await import('./open-encrypted.ts');
    return (await decryptWith(decryptionKey, clientSecret, compact))?.text;
  };
}

function wayOut({ acceptsPaste, unconfirmedSeconds }: LoginSettings): string {
  if (acceptsPaste) return 'oauth-code is still waiting; press Return to end it.';
  return unconfirmedSeconds === undefined
    ? 'oauth-code is still waiting.'
    : `The login ends in ${unconfirmedSeconds} s.`;
}

function parametersOf(url: string): ReadonlyMap<string, string> {
  return new Map(new URL(url).searchParams);
}

/** The second half is loaded once the first request is on its way: the server's time costs nothing. */
async function loadCompletion({ flow }: LoginSettings) {
  await new Promise(setImmediate);
  if (flow !== undefined) return (await import('./front-channel-login.ts')).completeFrontChannelLogin;
  return (await import('./complete-login.ts')).completeLogin;
}

/** How the request gets to the server: as was asked, else as the server demands it and the client can (RFC 9126 §5, RFC 9101 §10.5). */
function settleDelivery(metadata: JsonObject, { delivery, client }: LoginSettings): Delivery {
  const isPushDemanded =
    metadata.require_pushed_authorization_requests === true &&
    metadata.pushed_authorization_request_endpoint !== undefined;
  const isObjectDemanded =
    metadata.require_signed_request_object === true && client.credentials.signingKey !== undefined;
  return {
    pushed: delivery.pushed ?? isPushDemanded,
    object: delivery.object ?? (isObjectDemanded ? { signed: true } : undefined),
  };
}

/** The request is approved before the wait for the answer begins. */
async function approveInBrowser(
  request: AuthorizationRequest,
  approve: ApproveRequest | undefined,
): Promise<AuthorizationRequest> {
  if (approve === undefined) return request;
  const { url } = await approve('authorization', { method: 'GET', url: request.url, headers: [] });
  if (url === request.url) return request;
  return isReference(request) ? { ...request, url } : authorizationRequestAt(url);
}

/** Whether the URL only refers to the parameters, or has them in an object. */
function isReference({ url }: AuthorizationRequest): boolean {
  const names = parametersOf(url);
  return names.has('request_uri') || names.has('request');
}

/**
 * Whether an authorization request may be made once more without the person: not one that works once, and none that
 * names a person or forbids a page.
 */
export function mayRepeat(request: AuthorizationRequest): boolean {
  return !(
    isReference(request) ||
    request.parameters.some(
      ([name, value]) =>
        ['login_hint', 'id_token_hint'].includes(name) || (name === 'prompt' && /\bnone\b/.test(value)),
    )
  );
}

function createFreshValues({ state, nonce, request }: Pick<LoginSettings, 'state' | 'nonce' | 'request'>) {
  const wanted = state === 'off' ? [] : [['state', state ?? createUnguessableValue()] as const];
  const sent = parameterValue(overrideParameters(wanted, request.overrides), 'state');
  return {
    state: sent === '' ? undefined : sent,
    nonce: nonce ?? createUnguessableValue(),
    codeVerifier: createCodeVerifier(),
  };
}

/** What an authorization request is made of. */
export type AuthorizationSettings = Pick<
  LoginSettings,
  'state' | 'nonce' | 'request' | 'pkce' | 'flow' | 'resourceScope'
> & {
  readonly client: { readonly credentials: { readonly clientId: string } };
};

/** The authorization request of a login. @throws UsageError without an endpoint for it, InvalidResponseError for one that cannot be used */
export function buildRequest(
  server: DiscoveredServer,
  settings: AuthorizationSettings,
  redirectUri: string,
  { state, nonce, ...secrets }: FreshValues & { readonly dpopJkt?: string | undefined } = createFreshValues(
    settings,
  ),
): AuthorizationRequest {
  const endpoint = requireEndpoint(server, 'authorization_endpoint');
  const { responseType, scope: asked } = settings.request;
  const isUnscoped = asked.length === 0 && settings.resourceScope === undefined && responseType !== 'token';
  const scope = isUnscoped && server.openid ? ['openid'] : asked;
  const implicit = scope.includes('openid') ? 'id_token token' : 'token';
  const sendsNonce = settings.nonce !== 'off' && (scope.includes('openid') || settings.nonce !== undefined);
  return buildAuthorizationRequest(
    endpoint,
    {
      ...settings.request,
      responseType: responseType ?? (settings.flow === 'implicit' ? implicit : undefined),
      scope,
      clientId: settings.client.credentials.clientId,
    },
    { redirectUri, pkce: settings.pkce, ...secrets, state, nonce: sendsNonce ? nonce : undefined },
  );
}

/** Where the login sends secrets, and where its code arrives: asked about before the person signs in for nothing. */
function secretPlaces(
  { metadata }: DiscoveredServer,
  { userinfo }: LoginSettings,
  { url, sent }: AuthorizationRequest,
): readonly string[] {
  const asksUserinfo = userinfo && sent.scope.includes('openid');
  const members = ['token_endpoint', ...(asksUserinfo ? ['userinfo_endpoint'] : [])];
  return [url, sent.redirect_uri, ...members.map((member) => textMember(metadata, member))].filter(
    (place) => place !== undefined,
  );
}
