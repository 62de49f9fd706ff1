import { setTimeout as delay } from 'node:timers/promises';
import { type Judgement, listChecks } from '../checks/check-result.ts';
import { durationText } from '../checks/shown-value.ts';
import { clientAt } from '../client/client.ts';
import type { FlowStep, Secret } from '../client/middleware.ts';
import type { Context } from '../context.ts';
import { ErrorResponseError, NetworkError } from '../errors.ts';
import type { HttpResponse } from '../http-message.ts';
import { textListMember, textMember } from '../json/json.ts';
import { type AuthorizationRequest, authorizationRequestOf } from '../protocol/authorization-request.ts';
import type { ErrorMembers } from '../protocol/error-members.ts';
import {
  type Parameters,
  parameterValue,
  presentParameters,
  requestParameters,
} from '../protocol/parameters.ts';
import { longestTimerMs } from '../protocol/token-expiry.ts';
import { buildTokenRequest } from '../protocol/token-request.ts';
import { own, recall, say } from '../say.ts';
import { finishLogin, type LoginResult, type RegisterClient } from './complete-login.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import { type DiscoveredServer, discoverServer, requireEndpoint } from './discover-metadata.ts';
import { endpointError } from './endpoint-error.ts';
import { fetchKeys } from './fetch-keys.ts';
import type { LoginSettings } from './login-settings.ts';
import {
  askForTokens,
  BusyServerError,
  type IssuedTokens,
  judgeTokens,
  pendingErrors,
  sendAsClient,
  type TokenQuestion,
} from './request-tokens.ts';

/** The doors of a login at which the user signs in on another device. */
export type ElsewhereDoors = Pick<
  Context,
  'signal' | 'now' | 'monotonicMs' | 'terminal' | 'openBrowser' | 'receive'
>;

/** A sign-in that has begun elsewhere, and how its tokens are asked for. */
export interface BegunSignIn extends Polling {
  readonly request: AuthorizationRequest;
  /** The token request, sent again and again. */
  readonly grant: Parameters;
  /** Where the user signs in, as far as the client knows. */
  readonly url: string;
  readonly step: FlowStep;
  /** Is told once the keys are under way; the signal ends with the wait. */
  begun?(signal: AbortSignal): void;
}

/** Sends the request that begins the sign-in. */
export type BeginSignIn = (server: DiscoveredServer, settings: LoginSettings) => Promise<BegunSignIn>;

/**
 * Runs a login at which the user signs in on another device, while the token endpoint is asked whether that has
 * happened; then the tokens are judged as those of any login (RFC 8628 §3, CIBA Core §7, §10).
 * @throws NamedError of every kind
 */
export async function runLoginElsewhere(
  doors: ElsewhereDoors,
  conversation: Conversation,
  given: LoginSettings,
  begin: BeginSignIn,
  register?: RegisterClient,
): Promise<LoginResult> {
  const server = await discoverServer(conversation, given.server, 'first');
  conversation.requireChecks('discovery', server.checks);
  const settings =
    register === undefined ? given : { ...given, client: await register(conversation, server, given) };
  const { metadata } = server;
  conversation.dpop?.fit(textListMember(metadata, 'dpop_signing_alg_values_supported'));
  const tokenEndpoint = requireEndpoint(server, 'token_endpoint');
  const { request, grant, url, step, begun, ...pace } = await begin(server, settings);
  const keys = request.sent.scope.includes('openid')
    ? fetchKeys(conversation, textMember(metadata, 'jwks_uri'))
    : undefined;
  keys?.catch(() => {});
  const over = new AbortController();
  begun?.(over.signal);
  const expiresInSeconds = Math.min(
    pace.expiresInSeconds ?? Number.POSITIVE_INFINITY,
    settings.browserTimeoutSeconds,
  );
  const polling = pollForTokens(doors, conversation, { ...pace, expiresInSeconds }, () => ({
    tokenEndpoint,
    grant,
    client: clientAt(settings.client, { ...server, endpoint: tokenEndpoint }),
    overrides: settings.tokenOverrides,
    requestedScope: request.sent.scope,
    now: doors.now(),
    afterFailure: 'Run the login again.',
  }));
  conversation.emit({ type: 'awaiting', step, url, until: polling, timeoutSeconds: expiresInSeconds });
  try {
    const tokens = await judgeTokens(conversation, await polling, request.sent.scope, {
      authorizationDetails: parameterValue(request.parameters, 'authorization_details'),
      resources: settings.request.resources,
    });
    const redeemed = { tokens, receivedAt: doors.now() };
    return await finishLogin(conversation, { settings, server, request, keys }, redeemed);
  } finally {
    over.abort();
  }
}

/**
 * Sends a request that begins a sign-in, with the authentication of the client, and judges the answer; `request` is what
 * was asked for.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError
 */
export async function sendBeginning<Reading extends { readonly type: string } & Partial<ErrorMembers>, Begun>(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: LoginSettings,
  { step, endpoint, name, parameters, read, judge, begunBy, secretOf }: Beginning<Reading, Begun>,
): Promise<{ readonly begun: Begun; readonly request: AuthorizationRequest }> {
  const client = clientAt(settings.client, { ...server, endpoint });
  const build = () => buildTokenRequest(endpoint, parameters, client, settings.request.overrides, now());
  const exchange = await sendAsClient(conversation, step, client, build, (response) => {
    const begun = begunBy(read(response));
    return begun === undefined ? [] : [secretOf(begun)];
  });
  const reading = read(exchange.response);
  conversation.requireChecks(step, listChecks(judge(reading)));
  const begun = begunBy(reading);
  if (begun === undefined)
    throw endpointError(name, step, exchange.response, reading.type === 'error' ? reading : {});
  return { begun, request: authorizationRequestOf(endpoint, requestParameters(exchange.request)) };
}

/** A request that begins a sign-in elsewhere. */
interface Beginning<Reading, Begun> {
  readonly step: FlowStep;
  readonly endpoint: string;
  /** The endpoint in a message. */
  readonly name: string;
  readonly parameters: Parameters;
  read(response: HttpResponse): Reading;
  judge(reading: Reading): readonly Judgement[];
  /** What an answer has begun; undefined for an error, and where the tokens cannot be asked for with it. */
  begunBy(reading: Reading): Begun | undefined;
  secretOf(begun: Begun): Secret;
}

/** The parameters that say who asks, and for what (RFC 8628 §3.1, RFC 8707 §2, RFC 9396 §3). */
export function askedAccess({ client, request }: LoginSettings, openid: boolean): Parameters {
  const { scope, resources, audience, authorizationDetails } = request;
  const asked = scope.length === 0 && openid ? ['openid'] : scope;
  return presentParameters([
    ['client_id', client.credentials.clientId],
    ['scope', asked.length === 0 ? undefined : asked.join(' ')],
    ...resources.map((resource) => ['resource', resource] as const),
    ['audience', audience],
    ['authorization_details', authorizationDetails],
  ]);
}

/** How a token endpoint is polled while a user signs in elsewhere. */
export interface Polling {
  readonly intervalSeconds: number;
  /** Undefined: until the server says that it is over. */
  readonly expiresInSeconds: number | undefined;
  /** Resolves when the server says that the user has decided, so that the next request need not wait. */
  pinged?(signal: AbortSignal): Promise<void>;
}

/** No longer pause than this between two polls of a server that cannot be reached. */
const longestPauseMs = 60_000;

/** After so many failures of the server in a row, its answer is the result. */
const mostTroubles = 5;

/**
 * Asks for tokens again and again until the user has decided, at the pace that the server asks for; a server that
 * cannot be reached, or fails, is asked ever more seldom (RFC 8628 §3.4, §3.5).
 * @param question is made anew for each request
 * @throws ErrorResponseError for any other error of the server; NetworkError `timeout` once the time is over
 */
async function pollForTokens(
  { signal, monotonicMs }: Pick<Context, 'signal' | 'monotonicMs'>,
  conversation: Conversation,
  { intervalSeconds, expiresInSeconds = Number.POSITIVE_INFINITY, pinged }: Polling,
  question: () => TokenQuestion,
): Promise<IssuedTokens> {
  const endMs = monotonicMs() + expiresInSeconds * 1000;
  let intervalMs = Math.min(intervalSeconds * 1000, longestTimerMs);
  let pauseMs = intervalMs;
  let troubles = 0;
  for (;;) {
    const woken = new AbortController();
    const until = AbortSignal.any([signal, woken.signal]);
    void pinged?.(until).then(
      () => woken.abort(),
      () => {},
    );
    await delay(pauseMs, undefined, { signal: until }).catch(() => signal.throwIfAborted());
    woken.abort();
    const isLast = monotonicMs() >= endMs;
    try {
      return await askForTokens(conversation, {
        ...question(),
        isPatient: troubles < mostTroubles && !isLast,
      });
    } catch (error) {
      const said = error instanceof ErrorResponseError ? (error.oauth.error ?? '') : '';
      const isPending = pendingErrors.has(said);
      // A server may forget a code that is over, and then calls it unknown.
      if (isLast && (isPending || /^(?:expired_token|invalid_grant)$/.test(said)))
        throw expired(expiresInSeconds);
      if (isPending) {
        if (said === 'slow_down') {
          intervalMs += 5000;
          const pace = durationText(intervalMs / 1000);
          tellRemark(conversation, 'token', say`the server asks for a slower pace: every ${pace}`);
        }
        pauseMs = intervalMs;
        troubles = 0;
      } else if (error instanceof NetworkError && error.code !== 'tls' && !isLast && !signal.aborted) {
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        troubles += 1;
        const what = error instanceof BusyServerError ? recall(error.message) : own('no answer');
        tellRemark(conversation, 'token', say`${what}; trying again in ${durationText(pauseMs / 1000)}`);
      } else throw error;
    }
    pauseMs = Math.max(0, Math.min(pauseMs, endMs - monotonicMs(), longestTimerMs));
  }
}

function expired(seconds: number): NetworkError {
  return new NetworkError(
    'timeout',
    say`The user did not finish the sign-in within ${durationText(seconds)}.`,
    { step: 'authorization', hint: 'Run the login again.' },
  );
}
