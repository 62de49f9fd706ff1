import { checksFromFindings, combineWithFindings } from '../checks/covered-findings.ts';
import { findErrorResponseDeviations } from '../checks/error-response-findings.ts';
import { checkTokenResponse } from '../checks/token-response.ts';
import { findTokenResponseDeviations } from '../checks/token-response-findings.ts';
import { ErrorResponseError, InvalidResponseError } from '../errors.ts';
import {
  type ClientAuthenticationMethod,
  chooseAuthenticationMethod,
} from '../protocol/client-authentication.ts';
import { type HttpExchange, type HttpResponse, headerValue } from '../protocol/http-message.ts';
import type { JsonObject } from '../protocol/json.ts';
import { textListMember, textMember } from '../protocol/json-members.ts';
import type { Parameters } from '../protocol/parameters.ts';
import { buildTokenRequest } from '../protocol/token-request.ts';
import { type ErrorReading, readTokenResponse, type TokensReading } from '../protocol/token-response.ts';
import type { LoginSettings } from './login-settings.ts';
import { send, type Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** Tokens as read from the response, and the exchange they came in. */
export interface IssuedTokens {
  readonly reading: TokensReading;
  readonly exchange: HttpExchange;
}

/** What the token request of a login is made from. */
export interface Redemption {
  readonly grant: Parameters;
  readonly metadata: JsonObject;
  readonly issuer: string | null;
  readonly settings: Pick<LoginSettings, 'client' | 'tokenOverrides'>;
  readonly requestedScope: readonly string[];
  readonly now: Date;
}

/**
 * Redeems the authorization code, once, and judges the answer (RFC 6749 §4.1.3, §5.1).
 * @throws ErrorResponseError for an OAuth error; InvalidResponseError for an answer that is neither.
 */
export async function redeemCode(
  wire: Wire,
  redemption: Redemption,
  settle: SettleChecks,
): Promise<IssuedTokens> {
  const { metadata, settings, requestedScope } = redemption;
  const { credentials } = settings.client;
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const method = settings.client.method ?? chooseAuthenticationMethod(credentials, advertised);
  wire.emit({ type: 'client-authentication', method, advertised });
  const tokenEndpoint = textMember(metadata, 'token_endpoint') ?? '';
  const request = buildTokenRequest(
    tokenEndpoint,
    redemption.grant,
    { method, credentials, audience: redemption.issuer ?? tokenEndpoint },
    settings.tokenOverrides,
    redemption.now,
  );
  const exchange = await send(wire, 'token', request);
  const { response } = exchange;
  const reading = readTokenResponse(response, { grant: 'authorization_code', scope: requestedScope });
  if (reading.type === 'error') {
    settle('token', checksFromFindings(findErrorResponseDeviations(reading)));
    throw tokenError(reading, response, method, advertised);
  }
  tellSecrets(wire, reading);
  const findings = findTokenResponseDeviations(reading);
  settle('token', combineWithFindings(checkTokenResponse({ reading, requestedScope }), findings));
  return { reading, exchange };
}

function tellSecrets({ emit }: Wire, reading: IssuedTokens['reading']): void {
  const secrets = [
    ['access_token', reading.accessToken],
    ['refresh_token', reading.refreshToken],
    ['id_token', reading.idToken],
  ] as const;
  for (const [kind, value] of secrets) if (value !== null) emit({ type: 'secret', kind, value });
}

function tokenError(
  reading: ErrorReading,
  response: HttpResponse,
  method: ClientAuthenticationMethod,
  advertised: readonly string[] | undefined,
): ErrorResponseError | InvalidResponseError {
  if (reading.error === null) return unreadableAnswer(response);
  const { error, errorDescription, errorUri } = reading;
  return new ErrorResponseError(
    'token_error',
    `The token endpoint refused the request: ${error}.${error === 'invalid_client' ? ` ${describeMethod(method, advertised)}` : ''}`,
    { error, error_description: errorDescription, error_uri: errorUri, status: response.status },
    { step: 'token' },
  );
}

function describeMethod(
  method: ClientAuthenticationMethod,
  advertised: readonly string[] | undefined,
): string {
  const list =
    advertised === undefined ? 'no methods, which means client_secret_basic' : advertised.join(', ');
  const used =
    method === 'none' ? 'No client authentication was used (none)' : `Client authentication was ${method}`;
  return `${used}; the server advertises ${list}.`;
}

function unreadableAnswer(response: HttpResponse): InvalidResponseError {
  const location = headerValue(response.headers, 'location');
  const status = response.status;
  if (status >= 300 && status < 400) {
    return new InvalidResponseError(`The token endpoint answered with a redirect (status ${status}).`, {
      step: 'token',
      hint: `Redirects are not followed with credentials. It points to ${location ?? 'nowhere'}: is the token endpoint right?`,
    });
  }
  return new InvalidResponseError(
    `The token endpoint answered with status ${status} and neither tokens nor an OAuth error.`,
    {
      step: 'token',
      hint:
        status >= 500
          ? 'The server failed. Its log may say more; -v shows the whole answer. The code is spent: log in again.'
          : 'Check the token endpoint; -v shows the whole answer.',
    },
  );
}
