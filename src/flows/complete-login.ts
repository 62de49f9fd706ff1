import { checkPkce, judgeAuthorizationResponse } from '../checks/authorization-response.ts';
import { type CheckResult, checkResult, isVerified, listChecks } from '../checks/check-result.ts';
import { checkClockSkew, measureClockSkew } from '../checks/clock-skew.ts';
import { validateIdToken } from '../checks/id-token/validate-id-token.ts';
import { needsFreshKeys } from '../checks/signed-jwt/judge-signature.ts';
import { isIdTokenDue } from '../checks/token-response.ts';
import { type ClientSource, clientAt } from '../client/client.ts';
import { authorizationCodeGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { ErrorResponseError, InvalidResponseError } from '../errors.ts';
import { headerValue } from '../http-message.ts';
import { claimsOf, decodeJwt } from '../jose/jwt.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import { asksForJwt } from '../protocol/authorization-response.ts';
import { parameterValue, splitScope } from '../protocol/parameters.ts';
import { schemeOf } from '../protocol/token-parameters.ts';
import { own, remember, say } from '../say.ts';
import { type AuthorizationAnswer, isUnconfirmed } from './await-authorization-response.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import type { DiscoveredServer } from './discover-metadata.ts';
import { type FetchedKeys, fetchKeys, judgeKeys, keysEvidence } from './fetch-keys.ts';
import { fetchUserinfo } from './fetch-userinfo.ts';
import type { LoginSettings } from './login-settings.ts';
import { askForTokens, type GrantedTokens, judgeTokens } from './request-tokens.ts';

/** The result of a finished login. */
export interface LoginResult {
  readonly issuer: string | null;
  readonly clientId: string;
  readonly clientSource?: ClientSource | undefined;
  /** The server's, with the given members on top. */
  readonly metadata: JsonObject;
  readonly tokens: GrantedTokens;
  readonly requestedScope: readonly string[];
  readonly requestedResources: readonly string[];
  readonly userinfo: JsonObject | null;
  /** When the token response had arrived: its lifetimes count from here. */
  readonly receivedAt: Date;
  /** The private JWK that was proven, to which the tokens are bound. */
  readonly dpopKey?: JsonObject;
  /** All that were made, in order. */
  readonly checks: readonly CheckResult[];
}

/** Registers the client of a login at a server, for the redirect URI where there is one. */
export type RegisterClient = (
  conversation: Conversation,
  server: DiscoveredServer,
  login: Pick<LoginSettings, 'request' | 'resourceScope' | 'server'>,
  redirectUri?: string,
) => Promise<LoginSettings['client']>;

/** What a login asked for, and where. */
export interface AskedLogin {
  readonly settings: LoginSettings;
  readonly server: DiscoveredServer;
  readonly request: AuthorizationRequest;
  /** Under way since the user was sent away to sign in; absent when no ID token was asked for. */
  readonly keys: Promise<FetchedKeys> | undefined;
}

/** Everything that is known once the browser has come back. */
export interface LoginProgress extends AskedLogin {
  readonly codeVerifier: string;
  readonly answer: AuthorizationAnswer;
}

/** The tokens of a login, and what its ID token is judged against. */
export interface Redeemed {
  readonly tokens: GrantedTokens;
  /** Absent where no authorization code was redeemed. */
  readonly code?: string;
  /** Whether they came through the browser, where nothing but its signature vouches for an ID token. */
  readonly fromBrowser?: true;
  readonly receivedAt: Date;
}

/**
 * The second half of the flow: judges the authorization response, redeems the code, validates what came for it and
 * asks for UserInfo. Nothing further is sent after a check that makes it unsafe.
 * @throws ErrorResponseError, ValidationError, InvalidResponseError, NetworkError
 */
export async function completeLogin(
  doors: Pick<Context, 'now'>,
  conversation: Conversation,
  progress: LoginProgress,
): Promise<LoginResult> {
  const { checks, keys } = await judgeJwt(doors, conversation, progress);
  const code = judgeAnswer(conversation, progress, [checkPkce(progress.request.sent.pkce), ...checks]);
  conversation.emit({ type: 'secret', kind: 'code', value: code });
  const tokens = await redeemCode(conversation, progress, code, doors.now());
  return finishLogin(conversation, { ...progress, keys }, { tokens, code, receivedAt: doors.now() });
}

/**
 * What every login ends with, however its tokens were got: the ID token is validated, UserInfo is asked.
 * @throws ErrorResponseError, ValidationError, InvalidResponseError, NetworkError
 */
export async function finishLogin(
  conversation: Conversation,
  asked: AskedLogin,
  redeemed: Redeemed,
): Promise<LoginResult> {
  const { settings, server, request } = asked;
  const { tokens, receivedAt } = redeemed;
  if (settings.resourceScope !== undefined) {
    const { checkResourceAudience } = await import('../checks/protected-resource.ts');
    const { resources } = settings.request;
    const { clientId } = settings.client.credentials;
    conversation.requireChecks('token', [
      checkResourceAudience(tokens.reading.accessToken, resources, clientId),
    ]);
  }
  const userinfo = await identifyUser(conversation, asked, redeemed);
  const claims = parameterValue(request.parameters, 'claims');
  if (claims !== undefined && claims !== '') {
    const { checkRequestedClaims } = await import('../checks/requested-access.ts');
    const { idToken } = tokens.reading;
    const received = { id_token: idToken === null ? null : claimsOf(idToken), userinfo };
    conversation.requireChecks('userinfo', [checkRequestedClaims(claims, received)]);
  }
  return {
    issuer: server.issuer,
    clientId: settings.client.credentials.clientId,
    clientSource: settings.client.source,
    metadata: server.metadata,
    tokens,
    requestedScope: request.sent.scope,
    requestedResources: settings.request.resources,
    userinfo,
    receivedAt,
    ...(conversation.dpop === undefined ? {} : { dpopKey: conversation.dpop.key() }),
    checks: [...conversation.checks],
  };
}

/** The checks of the JWT of an answer, loaded where there is one, or has to be one (JARM §2.4). */
export async function judgeJwt(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  progress: LoginProgress,
): Promise<{ readonly checks: readonly CheckResult[]; readonly keys: LoginProgress['keys'] }> {
  const { settings, server, request, answer, keys } = progress;
  const { jwt } = answer.reading;
  const responseMode = parameterValue(request.parameters, 'response_mode');
  if (jwt === undefined && !asksForJwt(responseMode)) return { checks: [], keys };
  const { judgeResponseJwt } = await import('../checks/response-jwt.ts');
  const fetched =
    jwt === undefined ? undefined : await keysFor(conversation, progress, jwt.compact, 'response');
  const checks = await judgeResponseJwt({
    jwt,
    responseMode,
    issuer: server.issuer,
    clientId: settings.client.credentials.clientId,
    clientSecret: settings.client.credentials.clientSecret,
    now: now(),
    clockToleranceSeconds: settings.clockToleranceSeconds,
    // It came through the browser: no TLS vouches for it, as it does for an ID token.
    ...keysEvidence(
      fetched === undefined || fetched.type === 'unpublished'
        ? { type: 'none', problem: remember('The metadata has no jwks_uri.') }
        : fetched,
    ),
    allowedAlgorithms: textListMember(server.metadata, 'authorization_signing_alg_values_supported'),
  });
  if (settings.fapi !== undefined && jwt !== undefined) {
    const { checkFapiAlgorithm } = await import('../checks/fapi.ts');
    checks.push(checkFapiAlgorithm('authorization response', jwt.compact));
  }
  return { checks, keys: fetched === undefined ? keys : Promise.resolve(fetched) };
}

/**
 * Returns the code of an answer that can be trusted; empty where it brings tokens alone.
 * @throws ErrorResponseError, ValidationError, InvalidResponseError
 */
export function judgeAnswer(
  conversation: Conversation,
  { settings: { fapi, flow }, server, request, answer }: LoginProgress,
  further: readonly CheckResult[],
): string {
  const { reading } = answer;
  const issRequired =
    fapi !== undefined || server.metadata.authorization_response_iss_parameter_supported === true;
  const checks = [
    ...(answer.by === 'bare-code'
      ? vouchedFor(fapi !== undefined)
      : listChecks(
          judgeAuthorizationResponse({
            reading,
            issuer: server.issuer,
            issRequired,
            hasIdToken: flow !== undefined && parameterValue(reading.parameters, 'id_token') !== undefined,
            sent: request.parameters,
          }),
        )),
    ...further,
  ];
  if (reading.type === 'code' || (reading.type === 'tokens' && flow !== undefined)) {
    conversation.requireChecks('authorization', checks);
    return reading.type === 'code' ? reading.code : '';
  }
  // Nothing will be redeemed: the run ends with the error, unless it names another server.
  const isSure = reading.stateComparison === 'same' || reading.stateComparison === 'later';
  const told = isUnconfirmed(reading)
    ? checks.map((check) => (/^state-/.test(check.id) ? unconfirmedState : check))
    : checks;
  const stops = ({ id }: CheckResult) =>
    (id === 'iss' && reading.iss !== null) || (reading.jwt !== undefined && id.startsWith('jarm-'));
  conversation.emit({ type: 'checks', step: 'authorization', checks: told.filter((check) => !stops(check)) });
  conversation.requireChecks('authorization', told.filter(stops));
  if (reading.type !== 'error' || reading.error === null) {
    throw new InvalidResponseError('The authorization response has neither a code nor an error.', {
      step: 'authorization',
    });
  }
  throw new ErrorResponseError(
    'authorization_error',
    isSure
      ? say`The authorization server refused: ${reading.error}.`
      : say`The login ended with an error that is unconfirmed, as it did not bring the state of this login: ${reading.error}.`,
    {
      error: reading.error,
      error_description: reading.errorDescription,
      error_uri: reading.errorUri,
      status: null,
    },
    { step: 'authorization', ...(isSure ? {} : { check: 'state' }) },
  );
}

const unconfirmedState = checkResult(
  'state',
  'fail',
  'The error did not bring the state that was sent: nothing shows that it belongs to this login.',
);

/** A code pasted by itself brings nothing to compare: only the user knows that it belongs to this login. */
function vouchedFor(needsIss: boolean): CheckResult[] {
  const detail = 'A code was pasted by itself.';
  return [
    checkResult('authorization-response', 'pass', detail),
    checkResult('state', 'warn', `${detail} Nothing shows that it belongs to this login.`),
    checkResult('iss', needsIss ? 'fail' : 'skipped', detail),
  ];
}

/** Redeems the authorization code, once, and judges the answer (RFC 6749 §4.1.3, §5.1). */
export async function redeemCode(
  conversation: Conversation,
  { server, settings, request: { sent, parameters }, codeVerifier }: LoginProgress,
  code: string,
  now: Date,
): Promise<GrantedTokens> {
  const tokenEndpoint = textMember(server.metadata, 'token_endpoint') ?? '';
  const issued = await askForTokens(conversation, {
    tokenEndpoint,
    grant: authorizationCodeGrant({
      code,
      resources: settings.request.resources,
      redirectUri: sent.redirect_uri,
      codeVerifier: sent.code_challenge === undefined ? undefined : codeVerifier,
    }),
    client: clientAt(settings.client, { ...server, endpoint: tokenEndpoint }),
    overrides: settings.tokenOverrides,
    requestedScope: sent.scope,
    now,
    afterFailure: 'The code is spent: log in again.',
  });
  const tokens = await judgeTokens(conversation, issued, sent.scope, {
    authorizationDetails: parameterValue(parameters, 'authorization_details'),
    resources: settings.request.resources,
    isBound: settings.fapi !== undefined && conversation.dpop === undefined,
  });
  if (settings.fapi !== undefined) {
    const { checkFapiAlgorithm } = await import('../checks/fapi.ts');
    conversation.requireChecks('id_token', [checkFapiAlgorithm('ID token', tokens.reading.idToken)]);
  }
  return tokens;
}

/**
 * The OpenID Connect part of a login: validates the ID token, then asks UserInfo and compares (OIDC Core §3.1.3.7,
 * §5.3). Returns the claims of UserInfo, null when it was not asked or gave none.
 */
async function identifyUser(
  conversation: Conversation,
  progress: AskedLogin,
  redeemed: Redeemed,
): Promise<JsonObject | null> {
  const { settings, server, request, keys } = progress;
  const { accessToken, idToken, tokenType } = redeemed.tokens.reading;
  if (idToken === null && isIdTokenDue(redeemed.tokens.reading, request.sent.scope)) {
    const detail = 'openid was asked for, and the token response has no ID token.';
    conversation.requireChecks('id_token', [checkResult('id-token', 'fail', detail)]);
  }
  const fetched =
    idToken === null ? await keys : await validateIssuedIdToken(conversation, progress, redeemed, idToken);
  const endpoint = textMember(server.metadata, 'userinfo_endpoint');
  if (!settings.userinfo || endpoint === undefined) return null;
  if (!request.sent.scope.includes('openid')) return null;
  if (accessToken === '') return null;
  const scheme = schemeOf(tokenType, conversation.waived);
  if (scheme === undefined || (scheme === 'DPoP' && conversation.dpop === undefined)) {
    const detail = 'It was not asked: an access token of this type is not sent as a Bearer token.';
    conversation.requireChecks('userinfo', [checkResult('userinfo-response', 'skipped', detail)]);
    return null;
  }
  return fetchUserinfo(conversation, endpoint, `${scheme} ${accessToken}`, {
    ...aboutClient(progress, redeemed),
    keys: async () => keysEvidence(fetched ?? { type: 'unpublished' }),
    ...subjectOf(idToken, conversation),
  });
}

/**
 * Validates the ID token with the keys fetched while the user logged in, and with fresh ones when its key is not
 * among them (OIDC Core §3.1.3.7, §10.1.1). Returns the keys that were used last.
 */
export async function validateIssuedIdToken(
  conversation: Conversation,
  progress: AskedLogin,
  redeemed: Redeemed,
  idToken: string,
): Promise<FetchedKeys> {
  const { settings, server, request } = progress;
  const { sent } = request;
  const { startedAt, durationMs, response } = redeemed.tokens.exchange;
  const skew = measureClockSkew(headerValue(response.headers, 'date'), startedAt, durationMs);
  if (redeemed.fromBrowser !== true)
    conversation.requireChecks('token', [checkClockSkew(skew, settings.clockToleranceSeconds)]);

  const fetched = await keysFor(conversation, progress, idToken, 'ID token');
  conversation.requireChecks('keys', judgeKeys(fetched, redeemed.receivedAt));
  conversation.requireChecks(
    'id_token',
    await validateIdToken({
      ...aboutClient(progress, redeemed),
      ...keysEvidence(fetched),
      idToken,
      code: redeemed.code,
      nonce: sent.nonce,
      maxAgeSeconds: sent.max_age,
      acrValues: sent.acr_values === undefined ? undefined : splitScope(sent.acr_values),
      accessToken: redeemed.tokens.reading.accessToken || undefined,
      allowedAlgorithms: textListMember(server.metadata, 'id_token_signing_alg_values_supported'),
      fromTokenEndpoint: redeemed.fromBrowser !== true,
      clockSkewSeconds: skew,
    }),
  );
  return fetched;
}

/** The keys of the server, and fresh ones when that of the token is not among them (OIDC Core §10.1.1). */
async function keysFor(
  conversation: Conversation,
  { server, keys }: AskedLogin,
  token: string,
  what: string,
): Promise<FetchedKeys> {
  const jwksUri = textMember(server.metadata, 'jwks_uri');
  const fetched = await (keys ?? fetchKeys(conversation, jwksUri));
  if (fetched.type !== 'keys' || !needsFreshKeys(token, { keys: fetched.keys })) return fetched;
  tellRemark(
    conversation,
    'keys',
    say`The ${own(what)} names a key that is not in the key set; asking again.`,
  );
  return fetchKeys(conversation, jwksUri);
}

function aboutClient({ settings, server }: AskedLogin, { receivedAt }: Redeemed) {
  const { clientId, clientSecret } = settings.client.credentials;
  const { clockToleranceSeconds, idToken } = settings;
  return {
    ...idToken,
    issuer: server.issuer,
    clientId,
    clientSecret,
    now: receivedAt,
    clockToleranceSeconds,
  };
}

/** The user that UserInfo has to be about. */
function subjectOf(idToken: string | null, { checks }: Conversation) {
  if (idToken === null) return { idTokenSub: undefined };
  const token = decodeJwt(idToken);
  if (token.type === 'jwe')
    return { idTokenSub: undefined, subProblem: own('The ID token is encrypted: sub cannot be compared.') };
  const idTokenSub = token.type === 'jws' ? textMember(token.claims, 'sub') : undefined;
  return isVerified('id-token', checks)
    ? { idTokenSub }
    : { idTokenSub, subProblem: own('The ID token is not verified.') };
}
