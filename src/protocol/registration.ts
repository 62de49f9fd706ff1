import type { HttpRequest, HttpResponse } from '../http-message.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { type EndpointAnswer, readEndpointAnswer } from './endpoint-answer.ts';

/** The answer of a registration endpoint or of the address of one client; nothing is verified (RFC 7591 §3.2). */
export type RegistrationReading = EndpointAnswer<{
  readonly type: 'client';
  readonly members: JsonObject;
  readonly clientId: string;
}>;

/** What is done with a client, and the status of its answer (RFC 7591 §3.2.1, RFC 7592 §2). */
export const registrationActions = {
  create: { method: 'POST', status: 201 },
  read: { method: 'GET', status: 200 },
  update: { method: 'PUT', status: 200 },
  delete: { method: 'DELETE', status: 204 },
} as const;

/** One of {@link registrationActions}. */
export type RegistrationAction = keyof typeof registrationActions;

/** What a request of this method does; without one, it creates. */
export function actionOf(method: string | undefined): RegistrationAction {
  const actions = Object.keys(registrationActions) as RegistrationAction[];
  return actions.find((action) => registrationActions[action].method === method) ?? 'create';
}

/** Builds the request that registers, reads, changes or deletes a client (RFC 7591 §3.1, RFC 7592 §2). */
export function buildRegistrationRequest(
  action: RegistrationAction,
  url: string,
  token: string | undefined,
  metadata?: JsonObject,
): HttpRequest {
  return {
    method: registrationActions[action].method,
    url,
    headers: [
      ['accept', 'application/json'],
      ...(metadata === undefined ? [] : [['content-type', 'application/json'] as const]),
      ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
    ],
    ...(metadata === undefined ? {} : { body: JSON.stringify(metadata) }),
  };
}

/** Reads the description of a client (RFC 7591 §3.2.1). */
export function readRegistrationResponse(response: HttpResponse): RegistrationReading {
  return readEndpointAnswer(response, (members) => {
    const clientId = textMember(members, 'client_id');
    return clientId === undefined ? undefined : { type: 'client', members, clientId };
  });
}
