import { checkPkce } from '../checks/authorization-request.ts';
import {
  checkAuthorizationResponse,
  findCallbackDeviations,
  findRepeatedParameters,
} from '../checks/authorization-response.ts';
import { type CheckResult, checkResult } from '../checks/check-result.ts';
import { combineWithFindings } from '../checks/covered-findings.ts';
import type { Context } from '../context.ts';
import { ErrorResponseError, InvalidResponseError } from '../errors.ts';
import type { JsonObject } from '../json/json.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { CodeReading } from '../protocol/authorization-response.ts';
import { authorizationCodeGrant } from '../protocol/token-request.ts';
import type { AuthorizationAnswer } from './await-authorization-response.ts';
import type { DiscoveredServer } from './discover-metadata.ts';
import type { FetchedKeys } from './fetch-keys.ts';
import { identifyUser } from './identify-user.ts';
import type { LoginSettings } from './login-settings.ts';
import { redeemCode } from './redeem-code.ts';
import type { IssuedTokens } from './request-tokens.ts';
import type { Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** What a finished login brought. */
export interface LoginResult {
  readonly issuer: string | null;
  readonly clientId: string;
  /** The server's, with the given members on top. */
  readonly metadata: JsonObject;
  readonly tokens: IssuedTokens;
  readonly requestedScope: readonly string[];
  readonly userinfo: JsonObject | null;
  /** When the token response had arrived: its lifetimes count from here. */
  readonly receivedAt: Date;
}

/** Everything that is known once the person's browser has come back. */
export interface LoginProgress {
  readonly settings: LoginSettings;
  readonly server: DiscoveredServer;
  readonly request: AuthorizationRequest;
  readonly codeVerifier: string;
  readonly answer: AuthorizationAnswer;
  /** Under way since the browser was opened; absent when no ID token was asked for. */
  readonly keys: Promise<FetchedKeys> | undefined;
}

/**
 * The second half of the flow: judges the authorization response, redeems the code, validates what came for it and
 * asks for UserInfo. Nothing further is sent after a check that makes it unsafe.
 * @throws ErrorResponseError, ValidationError, InvalidResponseError, NetworkError
 */
export async function completeLogin(
  doors: Pick<Context, 'now'>,
  wire: Wire,
  settle: SettleChecks,
  progress: LoginProgress,
): Promise<LoginResult> {
  const { settings, server, request } = progress;
  const { code } = judgeAnswer(wire, settle, progress);
  wire.emit({ type: 'secret', kind: 'code', value: code });

  const tokens = await redeemCode(
    wire,
    {
      grant: authorizationCodeGrant({
        code,
        resources: settings.request.resources,
        ...(request.sent.redirect_uri === undefined ? {} : { redirectUri: request.sent.redirect_uri }),
        ...(request.sent.code_challenge === undefined ? {} : { codeVerifier: progress.codeVerifier }),
      }),
      metadata: server.metadata,
      issuer: server.issuer,
      settings,
      requestedScope: request.sent.scope,
      now: doors.now(),
    },
    settle,
  );
  const receivedAt = doors.now();
  const userinfo = await identifyUser(wire, settle, progress, { tokens, code, receivedAt });
  return {
    issuer: server.issuer,
    clientId: settings.client.credentials.clientId,
    metadata: server.metadata,
    tokens,
    requestedScope: request.sent.scope,
    userinfo,
    receivedAt,
  };
}

function judgeAnswer(
  wire: Wire,
  settle: SettleChecks,
  { server, request, answer }: LoginProgress,
): CodeReading {
  const { reading } = answer;
  const issRequired = server.metadata.authorization_response_iss_parameter_supported === true;
  const sentState = request.sent.state;
  const checks = [
    ...(answer.by === 'bare-code'
      ? vouchedFor()
      : combineWithFindings(
          checkAuthorizationResponse({ reading, sentState, issuer: server.issuer, issRequired }),
          [...findCallbackDeviations(reading), ...findRepeatedParameters(reading)],
        )),
    checkPkce(request.sent.pkce),
  ];
  if (reading.type === 'code') {
    settle('authorization', checks);
    return reading;
  }
  // Nothing will be redeemed: the checks are shown, the server's error is what the run ends with.
  wire.emit({ type: 'checks', step: 'authorization', checks });
  if (reading.type === 'neither' || reading.error === null) {
    throw new InvalidResponseError('The authorization response holds neither a code nor an error.', {
      step: 'authorization',
    });
  }
  throw new ErrorResponseError(
    'authorization_error',
    `The authorization server refused: ${reading.error}.`,
    {
      error: reading.error,
      error_description: reading.errorDescription,
      error_uri: reading.errorUri,
      status: null,
    },
    { step: 'authorization' },
  );
}

/** A code pasted by itself brings nothing to compare: only the person knows that it belongs to this login. */
function vouchedFor(): CheckResult[] {
  const detail = 'A code was pasted by itself.';
  return [
    checkResult('authorization-response', 'pass', detail),
    checkResult('state', 'warn', `${detail} Nothing shows that it belongs to this login.`),
    checkResult('iss', 'skipped', detail),
  ];
}
