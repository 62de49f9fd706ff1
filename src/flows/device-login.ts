import { listChecks } from '../checks/check-result.ts';
import { judgeDeviceResponse } from '../checks/device-response.ts';
import { advertisedMethods, clientAt } from '../client/client.ts';
import { deviceCodeGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { textListMember, textMember } from '../json/json.ts';
import { authorizationRequestOf } from '../protocol/authorization-request.ts';
import { type DeviceCode, readDeviceResponse } from '../protocol/device-authorization.ts';
import { type Parameters, parameterValue, requestParameters } from '../protocol/parameters.ts';
import { buildTokenRequest } from '../protocol/token-request.ts';
import { finishLogin, type LoginResult } from './complete-login.ts';
import type { Conversation } from './conversation.ts';
import { type DiscoveredServer, discoverServer, requireEndpoint } from './discover-metadata.ts';
import { endpointError } from './endpoint-error.ts';
import { fetchKeys } from './fetch-keys.ts';
import { launchBrowser } from './launch-browser.ts';
import type { LoginSettings } from './login-settings.ts';
import { pollForTokens } from './poll-for-tokens.ts';
import { judgeTokens } from './request-tokens.ts';

type Doors = Pick<Context, 'signal' | 'now' | 'monotonicMs' | 'terminal' | 'openBrowser'>;

/**
 * Runs the device flow: the user signs in on any device with a code, while the server is asked whether that has
 * happened; then the tokens are judged as those of any login (RFC 8628 §3).
 * @throws NamedError of every kind
 */
export async function runDeviceFlow(
  doors: Doors,
  conversation: Conversation,
  settings: LoginSettings,
): Promise<LoginResult> {
  const server = await discoverServer(conversation, settings.server, 'first');
  conversation.requireChecks('discovery', server.checks);
  const { metadata, issuer } = server;
  const { dpop } = conversation;
  dpop?.fit(textListMember(metadata, 'dpop_signing_alg_values_supported'));
  const tokenEndpoint = requireEndpoint(server, 'token_endpoint');
  const { request, code, receivedAt } = await askForCode(doors, conversation, server, settings);
  const keys = request.sent.scope.includes('openid')
    ? fetchKeys(conversation, textMember(metadata, 'jwks_uri'))
    : undefined;
  keys?.catch(() => {});
  conversation.emit({ type: 'user-code', code, receivedAt });

  const over = new AbortController();
  const place = { issuer, metadata, endpoint: tokenEndpoint };
  const expiresInSeconds = Math.min(
    code.expiresInSeconds ?? Number.POSITIVE_INFINITY,
    settings.browserTimeoutSeconds,
  );
  const polling = pollForTokens(
    doors,
    conversation,
    { intervalSeconds: code.intervalSeconds, expiresInSeconds },
    () => ({
      tokenEndpoint,
      grant: deviceCodeGrant(code.deviceCode),
      client: clientAt(settings.client, place),
      advertised: advertisedMethods(place),
      overrides: settings.tokenOverrides,
      requestedScope: request.sent.scope,
      now: doors.now(),
      afterFailure: 'Run the login again.',
    }),
  );
  conversation.emit({
    type: 'awaiting',
    step: 'device_authorization',
    url: code.verificationUri,
    until: polling,
    timeoutSeconds: expiresInSeconds,
  });
  void openBrowser(doors, conversation, settings, code, over.signal);
  try {
    const issued = await polling;
    const tokens = await judgeTokens(conversation, issued, request.sent.scope, {
      authorizationDetails: parameterValue(request.parameters, 'authorization_details'),
      resources: settings.request.resources,
    });
    return await finishLogin(
      conversation,
      { settings, server, request, keys },
      { tokens, receivedAt: doors.now() },
    );
  } finally {
    over.abort();
  }
}

/** Sends the device authorization request (RFC 8628 §3.1). */
async function askForCode(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: LoginSettings,
) {
  const { metadata, issuer } = server;
  const endpoint = requireEndpoint(server, 'device_authorization_endpoint');
  const place = { issuer, metadata, endpoint };
  const client = clientAt(settings.client, place);
  const parameters = requestedAccess(settings, server.openid);
  conversation.emit({
    type: 'client_authentication',
    method: client.method,
    advertised: advertisedMethods(place) ?? null,
  });
  const build = () => buildTokenRequest(endpoint, parameters, client, settings.request.overrides, now());
  const exchange = await conversation.send('device_authorization', build(), {
    rebuild: build,
    secretsIn: (response) => {
      const reading = readDeviceResponse(response);
      const value = reading.type === 'device' ? reading.code?.deviceCode : undefined;
      return value === undefined ? [] : [{ kind: 'device_code', value }];
    },
  });
  const reading = readDeviceResponse(exchange.response);
  conversation.requireChecks('device_authorization', listChecks(judgeDeviceResponse(reading)));
  if (reading.type === 'error' || reading.code === undefined) {
    const said = reading.type === 'error' ? reading : { error: null, errorDescription: null, errorUri: null };
    throw endpointError('The device authorization endpoint', 'device_authorization', exchange.response, said);
  }
  const request = authorizationRequestOf(endpoint, requestParameters(exchange.request));
  return { request, code: reading.code, receivedAt: now() };
}

/** The parameters that say what is asked for (RFC 8628 §3.1, RFC 8707 §2, RFC 9396 §3). */
function requestedAccess({ client, request }: LoginSettings, openid: boolean): Parameters {
  const { scope, resources, audience, authorizationDetails } = request;
  const asked = scope.length === 0 && openid ? ['openid'] : scope;
  const wanted: (readonly [string, string | undefined])[] = [
    ['client_id', client.credentials.clientId],
    ['scope', asked.length === 0 ? undefined : asked.join(' ')],
    ...resources.map((resource) => ['resource', resource] as const),
    ['audience', audience],
    ['authorization_details', authorizationDetails],
  ];
  return wanted.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
}

/** Opens the address in a browser here, at once or when the user presses Enter. */
async function openBrowser(
  doors: Doors,
  conversation: Conversation,
  settings: LoginSettings,
  { completeUri, verificationUri }: DeviceCode,
  signal: AbortSignal,
): Promise<void> {
  const open = () => launchBrowser(doors, settings, completeUri ?? verificationUri, conversation.emit);
  if (settings.opensAtOnce) await open();
  else if (settings.acceptsPaste && settings.browser !== 'off') {
    for await (const _line of doors.terminal.lines(AbortSignal.any([doors.signal, signal])))
      return void open();
  }
}
