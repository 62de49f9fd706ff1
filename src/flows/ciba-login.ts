import { judgeBackchannelResponse } from '../checks/device-response.ts';
import { cibaGrant } from '../client/grants.ts';
import type { Context, ReceivedMessage } from '../context.ts';
import { UsageError } from '../errors.ts';
import { headerValue } from '../http-message.ts';
import { isJsonObject, parsePlainJson, textMember } from '../json/json.ts';
import { createUnguessableValue } from '../protocol/authorization-request.ts';
import {
  defaultIntervalSeconds,
  positiveNumber,
  readBackchannelResponse,
} from '../protocol/device-authorization.ts';
import { presentParameters } from '../protocol/parameters.ts';
import { own } from '../say.ts';
import type { LoginResult } from './complete-login.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import { type DiscoveredServer, requireEndpoint } from './discover-metadata.ts';
import {
  askedAccess,
  type BegunSignIn,
  type ElsewhereDoors,
  runLoginElsewhere,
  sendBeginning,
} from './login-elsewhere.ts';
import type { LoginSettings } from './login-settings.ts';

/**
 * Runs a login that the server begins with the user itself, on the device that it knows of them: it is polled, and may
 * ping where it was told to (CIBA Core §5, §7, §10).
 * @throws NamedError of every kind
 */
export async function runCibaFlow(
  doors: ElsewhereDoors,
  conversation: Conversation,
  settings: LoginSettings,
): Promise<LoginResult> {
  const { notification } = settings;
  // Bound first: a port that is taken ends the run before the user is asked.
  const pings = notification && (await receivePings(doors, conversation, notification));
  try {
    return await runLoginElsewhere(doors, conversation, settings, (server) =>
      askForSignIn(doors, conversation, server, settings, pings),
    );
  } finally {
    await pings?.close();
  }
}

/** Sends the backchannel authentication request (CIBA Core §7.1). */
async function askForSignIn(
  doors: ElsewhereDoors,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: LoginSettings,
  pings: Pings | undefined,
): Promise<BegunSignIn> {
  const step = 'backchannel_authentication';
  const endpoint = requireEndpoint(server, 'backchannel_authentication_endpoint');
  const { loginHint, acrValues, overrides } = settings.request;
  if (loginHint === undefined && !overrides.some(({ name }) => /^(?:id_token|login)_hint/.test(name))) {
    throw new UsageError('--flow ciba needs the user who is to be asked.', {
      hint: 'Add --login-hint NAME, or --param id_token_hint=… or --param login_hint_token=…',
    });
  }
  for (const one of overrides)
    if (one.type === 'set' && one.name === 'user_code')
      conversation.emit({ type: 'secret', kind: 'user_code', value: one.value });
  const { begun, request } = await sendBeginning(doors, conversation, server, settings, {
    step,
    endpoint,
    name: 'The backchannel authentication endpoint',
    parameters: [
      ...askedAccess(settings, true),
      ...presentParameters([
        ['login_hint', loginHint],
        ['binding_message', settings.bindingMessage],
        ['acr_values', acrValues],
        ['client_notification_token', pings?.token],
      ]),
    ],
    read: readBackchannelResponse,
    judge: judgeBackchannelResponse,
    begunBy(reading) {
      if (reading.type === 'error') return undefined;
      const id = textMember(reading.members, 'auth_req_id');
      return id === undefined ? undefined : { id, members: reading.members };
    },
    secretOf: ({ id: value }) => ({ kind: 'auth_req_id', value }),
  });
  const { id, members } = begun;
  return {
    request,
    grant: cibaGrant(id),
    url: endpoint,
    step,
    intervalSeconds: positiveNumber(members.interval) ?? defaultIntervalSeconds,
    expiresInSeconds: positiveNumber(members.expires_in),
    ...(pings === undefined ? {} : { pinged: (signal: AbortSignal) => pings.about(id, signal) }),
  };
}

/** The place where a server says that the user has decided (CIBA Core §10.2). */
interface Pings {
  /** What the server has to send with each. */
  readonly token: string;
  /** Resolves when one about this request has come. */
  about(authReqId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Binds the client notification endpoint. @throws UsageError when its port is taken */
async function receivePings(
  { receive }: Pick<Context, 'receive'>,
  { emit }: Conversation,
  notification: NonNullable<LoginSettings['notification']>,
): Promise<Pings> {
  const token = createUnguessableValue();
  emit({ type: 'secret', kind: 'client_notification_token', value: token });
  const server = await receive(notification);
  emit({ type: 'listening', redirect_uri: server.uri, addresses: server.addresses });
  return {
    token,
    async about(authReqId, signal) {
      for (;;) {
        const message = await server.next(signal);
        const status = judgePing(message, token, authReqId);
        await message.respond(status, '', { 'cache-control': 'no-store' });
        if (status === 204) return;
        const text = own(`ignored a notification that is not about this login: answered with ${status}`);
        tellRemark({ emit }, 'backchannel_authentication', text);
      }
    },
    close: () => server.close(),
  };
}

/** 204 for a ping with the token about the request that is waited for (CIBA Core §10.2). */
function judgePing(
  { method, headers, body = '' }: ReceivedMessage,
  token: string,
  authReqId: string,
): number {
  if (method !== 'POST') return 405;
  const [scheme, sent] = (headerValue(headers, 'authorization') ?? '').split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer' || sent !== token) return 401;
  const members = parsePlainJson(body);
  return isJsonObject(members) && members.auth_req_id === authReqId ? 204 : 400;
}
