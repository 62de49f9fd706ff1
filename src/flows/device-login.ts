import { judgeDeviceResponse } from '../checks/device-response.ts';
import { deviceCodeGrant } from '../client/grants.ts';
import { type DeviceCode, readDeviceResponse } from '../protocol/device-authorization.ts';
import type { LoginResult, RegisterClient } from './complete-login.ts';
import type { Conversation } from './conversation.ts';
import { type DiscoveredServer, requireEndpoint } from './discover-metadata.ts';
import { launchBrowser } from './launch-browser.ts';
import {
  askedAccess,
  type BeginSignIn,
  type BegunSignIn,
  type ElsewhereDoors,
  runLoginElsewhere,
  sendBeginning,
} from './login-elsewhere.ts';
import type { LoginSettings } from './login-settings.ts';

/** Runs the device flow: the user signs in on any device with a code (RFC 8628 §3). @throws NamedError of every kind */
export function runDeviceFlow(
  doors: ElsewhereDoors,
  conversation: Conversation,
  given: LoginSettings,
  register?: RegisterClient,
): Promise<LoginResult> {
  const begin: BeginSignIn = (server, settings) => askForCode(doors, conversation, server, settings);
  return runLoginElsewhere(doors, conversation, given, begin, register);
}

/** Sends the device authorization request (RFC 8628 §3.1). */
async function askForCode(
  doors: ElsewhereDoors,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: LoginSettings,
): Promise<BegunSignIn> {
  const step = 'device_authorization';
  const { begun: code, request } = await sendBeginning(doors, conversation, server, settings, {
    step,
    endpoint: requireEndpoint(server, 'device_authorization_endpoint'),
    name: 'The device authorization endpoint',
    parameters: askedAccess(settings, server.openid),
    read: readDeviceResponse,
    judge: judgeDeviceResponse,
    begunBy: (reading) => (reading.type === 'device' ? reading.code : undefined),
    secretOf: ({ deviceCode: value }) => ({ kind: 'device_code', value }),
  });
  const receivedAt = doors.now();
  return {
    request,
    grant: deviceCodeGrant(code.deviceCode),
    url: code.verificationUri,
    step,
    intervalSeconds: code.intervalSeconds,
    expiresInSeconds: code.expiresInSeconds,
    begun(signal) {
      conversation.emit({ type: 'user-code', code, receivedAt });
      void openBrowser(doors, conversation, settings, code, signal);
    },
  };
}

/** Opens the address in a browser here, at once or when the user presses Enter. */
async function openBrowser(
  doors: ElsewhereDoors,
  conversation: Conversation,
  settings: LoginSettings,
  { page }: DeviceCode,
  signal: AbortSignal,
): Promise<void> {
  if (page === undefined) return;
  const open = () => launchBrowser(doors, settings, page, conversation.emit);
  if (settings.opensAtOnce) await open();
  else if (settings.acceptsPaste && settings.browser !== 'off') {
    for await (const _line of doors.terminal.lines(AbortSignal.any([doors.signal, signal])))
      return void open();
  }
}
