import type { Context, ReceivedMessage } from '../context.ts';
import { headerValue } from '../http-message.ts';
import { isJsonObject, parsePlainJson } from '../json/json.ts';
import { createUnguessableValue } from '../protocol/authorization-request.ts';
import { own, remember } from '../say.ts';
import type { Conversation } from './conversation.ts';
import type { LoginSettings } from './login-settings.ts';

/** The place where a server says that the user has decided (CIBA Core §10.2). */
export interface Pings {
  /** What the server has to send with each. */
  readonly token: string;
  /** Resolves when one about this request has come. */
  about(authReqId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Binds the client notification endpoint. @throws UsageError when its port is taken */
export async function receivePings(
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
        const text = remember(
          own(`ignored a notification that is not about this login: answered with ${status}`),
        );
        emit({ type: 'remark', step: 'backchannel_authentication', text });
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
  if (headerValue(headers, 'authorization') !== `Bearer ${token}`) return 401;
  const members = parsePlainJson(body);
  return isJsonObject(members) && members.auth_req_id === authReqId ? 204 : 400;
}
