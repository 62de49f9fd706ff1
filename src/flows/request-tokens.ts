import { listChecks } from '../checks/check-result.ts';
import { judgeErrorResponse } from '../checks/error-response.ts';
import type { RequestedAccess } from '../checks/requested-access.ts';
import { judgeTokenResponse } from '../checks/token-response.ts';
import type { Client } from '../client/client.ts';
import type { FlowStep, OutgoingRequest } from '../client/middleware.ts';
import { ErrorResponseError, InvalidResponseError, NetworkError } from '../errors.ts';
import { type HttpExchange, type HttpRequest, type HttpResponse, headerValue } from '../http-message.ts';
import { claimsOf, confirmationOf } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import type { ClientAuthenticationMethod } from '../protocol/client-authentication.ts';
import { tokenErrorCodes } from '../protocol/error-members.ts';
import {
  type ParameterOverride,
  type Parameters,
  parameterValue,
  urlWithoutValues,
} from '../protocol/parameters.ts';
import { buildTokenRequest } from '../protocol/token-request.ts';
import {
  type ErrorReading,
  readTokenResponse,
  type TokenResponseReading,
  type TokensReading,
  usedTokenType,
} from '../protocol/token-response.ts';
import { own, type Said, say } from '../say.ts';
import type { Conversation } from './conversation.ts';

/** Errors with which a server says that the user has not decided yet (RFC 8628 §3.5). */
export const pendingErrors: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down']);

/** Tokens as read from the response, and the exchange they came in. */
export interface IssuedTokens {
  readonly reading: TokensReading;
  readonly exchange: HttpExchange;
  /** How the client authenticated. */
  readonly method: ClientAuthenticationMethod;
  /** The audience of a client assertion: the one that was sent, or would have been. */
  readonly assertionAudience: string;
  /** It may open an encrypted ID token. */
  readonly clientSecret?: string | undefined;
}

/** Tokens with the access token that was asked for. */
export type GrantedTokens = IssuedTokens & { readonly reading: { readonly accessToken: string } };

/** One token request, whatever its grant. */
export interface TokenQuestion {
  readonly tokenEndpoint: string;
  /** Its parameters; a function makes them anew for each request, as an assertion counts only once. */
  readonly grant: Parameters | (() => Parameters);
  readonly client: Client;
  readonly overrides: readonly ParameterOverride[];
  readonly requestedScope: readonly string[];
  readonly now: Date;
  /** Advice for when the server failed and nothing usable came back. */
  readonly afterFailure: string;
  /** Whether a failure of the server is no answer yet, as at a poll. */
  readonly isPatient?: boolean;
}

/** The server cannot answer now, and the request may be sent again. */
export class BusyServerError extends NetworkError {}

/**
 * Sends one token request and reads the answer; tokens are not judged yet (RFC 6749 §3.2).
 * @throws ErrorResponseError for an OAuth error; InvalidResponseError for an answer that is neither; BusyServerError
 */
export async function askForTokens(
  conversation: Conversation,
  { tokenEndpoint, grant, client, overrides, requestedScope, now, afterFailure, isPatient }: TokenQuestion,
): Promise<IssuedTokens> {
  let grantType: string | undefined;
  const build = () => {
    const parameters = typeof grant === 'function' ? grant() : grant;
    grantType = parameterValue(parameters, 'grant_type');
    return buildTokenRequest(tokenEndpoint, parameters, client, overrides, now);
  };
  const read = (response: HttpResponse) =>
    readTokenResponse(response, { grant: grantType, scope: requestedScope });
  const exchange = await sendAsClient(conversation, 'token', client, build, (response) =>
    secretsIn(read(response)),
  );
  const reading = read(exchange.response);
  if (reading.type === 'tokens') {
    const { clientSecret } = client.credentials;
    return { reading, exchange, method: client.method, assertionAudience: client.audience, clientSecret };
  }
  // A plain redirect is told for what it is; nothing is missing in its body (RFC 9110 §15.4).
  const { status, body } = reading.response;
  const isRedirect = status >= 300 && status < 400 && body === '';
  const isBusy = (status >= 500 || status === 429) && !tokenErrorCodes.has(reading.error ?? '');
  if (isPatient && isBusy) {
    const said = reading.errorDescription ?? reading.error;
    const words = said === null ? own('') : say` (${said.length > 200 ? `${said.slice(0, 200)}…` : said})`;
    throw new BusyServerError('network', say`the server answered with status ${status}${words}`, {
      step: 'token',
    });
  }
  // The same answer comes again and again.
  const isPending = pendingErrors.has(reading.error ?? '');
  if (!isRedirect && !isPending) conversation.requireChecks('token', listChecks(judgeErrorResponse(reading)));
  throw tokenError(reading, exchange.response, client, afterFailure);
}

/** Sends a request with which a client authenticates, and tells how it does; `build` makes it anew for each try. */
export function sendAsClient(
  conversation: Conversation,
  step: FlowStep,
  { method, advertised }: Client,
  build: () => HttpRequest,
  secretsIn?: OutgoingRequest['secretsIn'],
): Promise<HttpExchange> {
  conversation.emit({ type: 'client_authentication', method, advertised: advertised ?? null });
  return conversation.send(step, build(), { rebuild: build, ...(secretsIn && { secretsIn }) });
}

/**
 * Judges a response with tokens (RFC 6749 §5.1).
 * @throws ValidationError; InvalidResponseError when no access token is among them
 */
export async function judgeTokens(
  conversation: Conversation,
  issued: IssuedTokens,
  requestedScope: readonly string[],
  asked: RequestedAccess = {},
): Promise<GrantedTokens> {
  conversation.requireChecks('token', listChecks(judgeTokenResponse(issued.reading, requestedScope)));
  if ((asked.authorizationDetails ?? asked.tokenType) !== undefined || (asked.resources ?? []).length > 0) {
    const { checkGrantedAccess } = await import('../checks/requested-access.ts');
    const { tokenMembers, accessToken } = issued.reading;
    conversation.requireChecks('token', checkGrantedAccess(asked, tokenMembers, accessToken));
  }
  await judgeBinding(conversation, issued.reading.accessToken ?? '', 'token', asked.isBound);
  const granted = withAccessToken(await withOpenIdToken(conversation, issued));
  if (granted !== undefined && conversation.dpop !== undefined)
    conversation.requireChecks('token', [conversation.dpop.judge(issued.reading)]);
  if (granted !== undefined) return granted;
  throw new InvalidResponseError('The token response has no access token.', {
    step: 'token',
    hint: 'Ask for a scope that the server issues an access token for; -v shows the whole answer.',
  });
}

/** An ID token that is encrypted gives way to the one inside it, which everything else is about (OIDC Core §3.1.3.7 1). */
export async function withOpenIdToken<Issued extends IssuedTokens>(
  conversation: Conversation,
  issued: Issued,
): Promise<Issued> {
  const { idToken } = issued.reading;
  if (idToken === null || idToken.split('.', 6).length !== 5) return issued;
  const { openEncrypted } = await import('./open-encrypted.ts');
  const inside = await openEncrypted(conversation, 'id_token', idToken, issued.clientSecret);
  if (inside === undefined) return issued;
  conversation.emit({ type: 'secret', kind: 'id_token', value: inside });
  return { ...issued, reading: { ...issued.reading, idToken: inside } };
}

/**
 * Judges whether an access token that may be bound to a certificate is bound to that of the client (RFC 8705 §3), by
 * its claims or by what is said of it. Once there is a token, it only warns: the API has the last word.
 * @throws ValidationError
 */
export async function judgeBinding(
  conversation: Conversation,
  token: string | JsonObject,
  step: FlowStep,
  isDemanded?: boolean,
): Promise<void> {
  const claims = typeof token === 'string' ? claimsOf(token) : token;
  if (conversation.certificate === undefined && confirmationOf(claims)['x5t#S256'] === undefined) return;
  const { checkCertificateBinding } = await import('../checks/certificate.ts');
  const check = checkCertificateBinding(claims, conversation.certificate, isDemanded);
  const isFatal = step === 'token' || check.outcome !== 'fail';
  conversation.requireChecks(step, [isFatal ? check : { ...check, outcome: 'warn' }]);
}

/** The same tokens when an access token is among them. */
export function withAccessToken(issued: IssuedTokens): GrantedTokens | undefined {
  const { reading } = issued;
  const { accessToken } = reading;
  if (accessToken === null) return undefined;
  return { ...issued, reading: { ...reading, accessToken, tokenType: usedTokenType(reading) } };
}

/** Under whatever names the tokens came, so that no name has to give them away. */
function secretsIn(reading: TokenResponseReading) {
  if (reading.type === 'error') return [];
  const { accessToken: access_token, refreshToken: refresh_token, idToken: id_token } = reading;
  return Object.entries({ access_token, refresh_token, id_token }).flatMap(([kind, value]) =>
    value === null ? [] : [{ kind, value }],
  );
}

function tokenError(
  reading: ErrorReading,
  response: HttpResponse,
  client: Client,
  afterFailure: string,
): ErrorResponseError | InvalidResponseError {
  if (reading.error === null) return unreadableAnswer(response, afterFailure);
  const { error, errorDescription, errorUri } = reading;
  return new ErrorResponseError(
    'token_error',
    say`The token endpoint refused the request: ${error}.${error === 'invalid_client' ? describeMethod(client) : ''}`,
    { error, error_description: errorDescription, error_uri: errorUri, status: response.status },
    { step: 'token' },
  );
}

function describeMethod({ method, advertised }: Client): Said {
  const used = own(
    method === 'none' ? ' The client did not authenticate (none)' : ` Client authentication was ${method}`,
  );
  if (advertised?.includes(method)) return say`${used}, which the server advertises.`;
  const list =
    advertised === undefined
      ? own('no methods, which means client_secret_basic')
      : advertised.length === 0
        ? own('none at all')
        : advertised.join(' or ');
  return say`${used}; the server advertises ${list}.`;
}

function unreadableAnswer(response: HttpResponse, afterFailure: string): InvalidResponseError {
  const location = headerValue(response.headers, 'location');
  const status = response.status;
  if (status >= 300 && status < 400) {
    return new InvalidResponseError(say`The token endpoint answered with a redirect (status ${status}).`, {
      step: 'token',
      hint: say`Redirects are not followed with credentials. It points to ${urlWithoutValues(location ?? 'nowhere')}: is the token endpoint right?`,
    });
  }
  return new InvalidResponseError(
    say`The token endpoint answered with status ${status} and neither tokens nor an OAuth error.`,
    {
      step: 'token',
      hint:
        status >= 500
          ? say`The server failed. Its log may say more; -v shows the whole answer. ${own(afterFailure)}`
          : own('Check the token endpoint; -v shows the whole answer.'),
    },
  );
}
