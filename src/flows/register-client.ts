import { listChecks } from '../checks/check-result.ts';
import { checkLinkLocalAddress } from '../checks/private-address.ts';
import { judgeRegistration } from '../checks/registration.ts';
import { NamedError } from '../errors.ts';
import { type HttpResponse, isSuccessStatus } from '../http-message.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { readErrorMembers } from '../protocol/error-members.ts';
import {
  buildRegistrationRequest,
  type RegistrationAction,
  readRegistrationResponse,
} from '../protocol/registration.ts';
import { readResponseBody } from '../protocol/response-body.ts';
import { own, recall, type Said, say } from '../say.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import { endpointError } from './endpoint-error.ts';
import type { ServerSettings } from './login-settings.ts';

/** Where a client is created, or the address of one that exists, and the token that is wanted there. */
export interface RegistrationPlace {
  readonly url: string;
  readonly token: string | undefined;
  /** Judges the address that the server gives the client. */
  readonly judgeAddress?: ServerSettings['judgeAddress'];
}

const step = 'registration';

/**
 * Registers a client (RFC 7591 §3), or reads or changes one (RFC 7592 §2), and judges the answer; the members as
 * received. An answer about another client than `clientId` is refused. A client that was just made and is not used is
 * deleted again, or its being there is told.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError, NetworkError
 */
export async function describeClient(
  conversation: Conversation,
  action: Exclude<RegistrationAction, 'delete'>,
  place: RegistrationPlace,
  metadata: JsonObject | undefined,
  now: Date,
  clientId?: string,
): Promise<JsonObject & { client_id: string }> {
  const unknown = () => {
    const text = say`The server may have registered a client; its answer does not say which, so it stays there.`;
    if (action === 'create') tellRemark(conversation, step, text);
  };
  const request = buildRegistrationRequest(action, place.url, place.token, metadata);
  const secretsIn = (answer: HttpResponse) => {
    const found = readRegistrationResponse(answer);
    return found.type === 'error' ? [] : secretsOf(found.members);
  };
  const { response } = await conversation.send(step, request, { secretsIn }).catch((error: unknown) => {
    // A request that was cut off may have arrived.
    if (error instanceof NamedError && /^(?:timeout|cancelled|invalid_response)$/.test(error.code)) unknown();
    throw error;
  });
  const reading = readRegistrationResponse(response);
  const judged = listChecks(judgeRegistration(request, reading, now, clientId));
  if (reading.type === 'error') {
    if (isSuccessStatus(response.status)) {
      unknown();
      conversation.requireChecks(step, judged);
    }
    const named = action === 'create' ? 'The registration endpoint' : 'The address of the client';
    throw endpointError(named, step, response, reading);
  }
  const { registration_client_uri: uri, ...others } = reading.members;
  const { judgeAddress = async (target: string) => checkLinkLocalAddress(place.url, target) } = place;
  const refusal = typeof uri === 'string' ? await judgeAddress(uri) : undefined;
  if (refusal)
    tellRemark(conversation, step, say`registration_client_uri is not used: ${recall(refusal.detail)}`);
  const members = refusal ? others : reading.members;
  try {
    conversation.requireChecks(step, judged);
  } catch (error) {
    if (action === 'create') await withdrawClient(conversation, members);
    throw error;
  }
  return { ...members, client_id: reading.clientId };
}

/** The credentials in the description of a client. */
export function secretsOf(members: JsonObject) {
  return ['client_secret', 'registration_access_token'].flatMap((kind) => {
    const value = textMember(members, kind);
    return value === undefined ? [] : [{ kind, value }];
  });
}

/**
 * Deletes a client at the server (RFC 7592 §2.3); one that the server does not know any more counts as deleted.
 * @throws ErrorResponseError, InvalidResponseError, NetworkError
 */
export async function deleteClient(
  conversation: Conversation,
  { url, token }: RegistrationPlace,
  signal?: AbortSignal,
): Promise<void> {
  const further = signal === undefined ? {} : { signal };
  const { response } = await conversation.send(step, buildRegistrationRequest('delete', url, token), further);
  if (isSuccessStatus(response.status)) return;
  if (response.status === 404)
    return tellRemark(conversation, step, say`The server does not know the client any more.`);
  const said = readErrorMembers(readResponseBody(response.body));
  throw endpointError('The address of the client', step, response, said);
}

/** How long a client that nothing uses may take to be deleted. */
const withdrawMs = 5000;

/** Deletes a client that is not used after all, in a bounded time, and tells how that went; nothing is thrown. */
export async function withdrawClient(conversation: Conversation, members: JsonObject): Promise<boolean> {
  const clientId = textMember(members, 'client_id') ?? '';
  const url = textMember(members, 'registration_client_uri');
  const token = textMember(members, 'registration_access_token');
  const stays = (why: Said) => {
    tellRemark(conversation, step, say`The client ${clientId} stays at the server, ${why}`);
    return false;
  };
  if (url === undefined) return stays(own('which gave no address to delete it at.'));
  try {
    await deleteClient(conversation, { url, token }, AbortSignal.timeout(withdrawMs));
    tellRemark(conversation, step, say`The client ${clientId} was deleted at the server.`);
    return true;
  } catch (error) {
    return stays(
      say`which did not delete it. ${error instanceof NamedError ? recall(error.message) : own('')}`,
    );
  }
}
